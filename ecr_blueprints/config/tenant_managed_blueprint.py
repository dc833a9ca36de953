"""The blueprint of the tenant-managed operating model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.baseline import BaselineModel
from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.guardrails import GuardrailsModel
from ecr_blueprints.config.organization import OrganizationModel
from ecr_blueprints.config.security import SecurityModel
from ecr_blueprints.config.tenant import TenantModel
from ecr_blueprints.config.values import RegionName

__all__ = ["TenantManagedBlueprint"]


class TenantManagedBlueprint(Blueprint):
    """Each team's account owns its registry; the platform keeps every registry to a baseline."""

    model: Literal["tenant-managed"] = Field(description="The operating model.")
    organization: OrganizationModel = Field(description="The organization that the accounts belong to.")
    regions: tuple[RegionName, ...] = Field(
        strict=False,
        min_length=1,
        description="The Regions of the baseline, and of every team's registry unless the team names fewer; "
        "the first is the main one.",
    )
    baseline: BaselineModel = Field(description="What the platform puts into every account.")
    guardrails: GuardrailsModel = Field(
        default_factory=GuardrailsModel, description="What nobody in those accounts can do."
    )
    security: SecurityModel | None = Field(
        default=None,
        description="Where the findings of all accounts arrive. Default: each team's stay there.",
    )
    teams: tuple[TenantModel, ...] = Field(
        default=(), strict=False, description="Teams that have no file of their own."
    )

    @property
    def management_account(self) -> str:
        """The organization's management account."""
        return self.organization.management or self.organization.administrator

    def regions_of(self, team: TenantModel) -> tuple[str, ...]:
        """The Regions of a team's registry.

        Args:
            team: The team.
        """
        return self.regions if team.regions is None else team.regions
