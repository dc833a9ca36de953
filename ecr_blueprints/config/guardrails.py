"""What nobody in a tenant's account can do, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import AccountId, OrganizationalUnitId, RoleNamePattern
from ecr_blueprints.registry.guardrails import Guardrail

__all__ = ["GuardrailsModel"]


class GuardrailsModel(BlueprintModel):
    """Policies of the organization that hold for everybody in the units, administrators too."""

    units: tuple[OrganizationalUnitId, ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="Ids of the organizational units that they are attached to. Default: the baseline's.",
    )
    scanning: bool = Field(default=True, description="Nobody switches off the scanning of images.")
    keys: bool = Field(
        default=True, description="Nobody disables the key of a registry or schedules its deletion."
    )
    baseline: bool = Field(default=True, description="Nobody deletes or changes what the baseline has made.")
    membership: bool = Field(default=True, description="Nobody takes the account out of the organization.")
    private: bool = Field(
        default=True,
        description="Nobody outside the organization reaches a repository, whatever its policy says.",
    )
    platform_roles: tuple[RoleNamePattern, ...] = Field(
        default=(),
        strict=False,
        description="Names of roles of the platform that may do it all the same, in every account, with * "
        "for any run of characters. Nobody else can make or change a role of such a name.",
    )
    partners: tuple[AccountId, ...] = Field(
        default=(),
        strict=False,
        description="Accounts outside the organization that repository policies may admit.",
    )

    @property
    def chosen(self) -> tuple[Guardrail, ...]:
        """Which guardrails there are."""
        said = {
            Guardrail.KEEP_SCANNING: self.scanning,
            Guardrail.KEEP_KEYS: self.keys,
            Guardrail.KEEP_BASELINE: self.baseline,
            Guardrail.STAY_IN_ORGANIZATION: self.membership,
            Guardrail.NO_OUTSIDERS: self.private,
        }
        return tuple(guardrail for guardrail, is_chosen in said.items() if is_chosen)
