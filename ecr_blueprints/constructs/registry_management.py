"""Who owns each registry-level setting of an account and Region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments, member_of
from ecr_blueprints.errors import InvalidValueError

__all__ = ["OWNER_PARAMETER_NAME", "Ownership", "RegistryManagement"]

OWNER_PARAMETER_NAME = "/ecr-blueprints/registry/owner"
"""The SSM parameter by which the owner of a registry is known, and a second one fails, across apps."""


_WHERE = "RegistryManagement"


class Ownership(StrEnum):
    """Who owns one registry-level setting."""

    MANAGED = "managed"
    """This app creates it. Creating one that exists fails at deploy (registry policy, ROOT template) or
    overwrites what is there (scanning): use `IMPORT` for what exists."""

    UNMANAGED = "unmanaged"
    """Somebody else owns it; it is not rendered. What it would need from here is listed instead."""

    IMPORT = "import"
    """It exists and shall become this stack's. It is rendered, retained, and listed in
    ``registry-import.json`` beside the contract: run ``cdk import --resource-mapping`` with that file before
    the first ``cdk deploy``. The file is made without looking at the registry; ``ecr-blueprints adopt --map``
    looks, and writes one of everything that is there, repositories too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryManagement:
    """Who owns the registry-level settings.

    Attributes:
        scanning: The registry scanning configuration. **Removing** it may switch Amazon Inspector off for the
            registry, so that it is retained when its stack goes (facts §5).
        registry_policy: The registry policy; rendered as soon as something contributes a statement.
        root_template: The ``ROOT`` repository creation template.
        replication: The replication configuration; rendered with its first rule.
        signing: The signing configuration; rendered with its first rule.
        scanning_follows: Whether an unmanaged scanning configuration is known to hold
            ``required_scanning_rules``, since its owner makes it of the same choices: then the contract says
            so. Default: nothing is known of it.
        settings: Whether `RegistrySettings` are this app's to make. False: somebody else's, who has set the
            registry policy's scope to V2. Default: yes.
        owner_parameter: Whether an SSM parameter of a fixed name marks the owner, so that a second owner
            fails at deploy even if it comes from another app. Default: yes.

    Raises:
        InvalidValueError: A value that is none of these.

    Practices: REG-4
    """

    scanning: Ownership = Ownership.MANAGED
    registry_policy: Ownership = Ownership.MANAGED
    root_template: Ownership = Ownership.MANAGED
    replication: Ownership = Ownership.MANAGED
    signing: Ownership = Ownership.MANAGED
    scanning_follows: bool = False
    settings: bool = True
    owner_parameter: bool = True

    def __post_init__(self) -> None:
        """Take the words for the members too."""
        for name in ("scanning", "registry_policy", "root_template", "replication", "signing"):
            object.__setattr__(self, name, _ownership(getattr(self, name), name))
        given = {
            "scanning_follows": self.scanning_follows,
            "settings": self.settings,
            "owner_parameter": self.owner_parameter,
        }
        check_arguments(given, dict.fromkeys(given, FLAG), where=_WHERE, required=given)

    def check(self, *, account: str | None, has_root_template: bool, where: str) -> None:
        """Refuse what cannot be imported.

        Args:
            account: The registry's account; None if the stack leaves it open.
            has_root_template: Whether there shall be a ``ROOT`` template.
            where: The registry, for the error.

        Raises:
            InvalidValueError: CloudFormation could not find what is to be imported, or nothing is.
        """
        if self.root_template is Ownership.IMPORT and not has_root_template:
            raise InvalidValueError(
                "the ROOT template is to be imported, and there shall be none",
                where=where,
                fix="leave out root_template=False, or manage the ROOT template otherwise",
            )
        by_account = (self.scanning, self.registry_policy, self.replication, self.signing)
        if Ownership.IMPORT in by_account and account is None:
            raise InvalidValueError(
                "something is to be imported, and the stack leaves open from which account",
                where=where,
                fix="give the stack env=cdk.Environment(account=…, region=…)",
            )


def _ownership(value: object, name: str) -> Ownership:
    if isinstance(value, bool):
        meant = Ownership.MANAGED if value else Ownership.UNMANAGED
        raise InvalidValueError(
            f"{name} is {value}",
            where=_WHERE,
            allowed=", ".join(Ownership),
            fix=f"write Ownership.{meant.name}",
        )
    return member_of(Ownership, value, argument=name, where=_WHERE)
