"""What a registry has to say when everything has been constructed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from constructs import IValidation

from ecr_blueprints.constructs.push_grants import PushersAtSynthesis
from ecr_blueprints.constructs.quota_warning import QUOTA_WARNING
from ecr_blueprints.constructs.registry_management import Ownership
from ecr_blueprints.constructs.second_owner import second_owners
from ecr_blueprints.registry.quota_use import near_quotas

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["RegistryAtSynthesis"]

_POLICY_SCOPE: Final = "ecr-blueprints:registry-policy-needs-scope-v2"
"""The id of the warning that part of the registry policy may be idle."""


@jsii.implements(IValidation)
class RegistryAtSynthesis:
    """CDK's hook at synthesis, for one registry.

    Args:
        registry: The registry.
    """

    def __init__(self, registry: PrivateRegistry) -> None:
        self._registry = registry
        self._noted: set[str] = set()
        self._pushers = PushersAtSynthesis(registry, registry.push_grants)

    def validate(self) -> list[str]:
        """Note what somebody should know, each once; give what is wrong, an error of the synthesis."""
        for note in self._notes():
            if note not in self._noted:
                cdk.Annotations.of(self._registry).add_info(note)
                self._noted.add(note)
        unmet = self._registry.unmet_policy_scope
        if unmet and _POLICY_SCOPE not in self._noted:
            self._noted.add(_POLICY_SCOPE)
            cdk.Validations.of(self._registry).add_warning(
                _POLICY_SCOPE,
                f"in the registry policy, {' and '.join(unmet)} take effect in policy scope V2 only; add "
                "RegistrySettings, or acknowledge this where the registry is known to be in V2",
            )
        self._warn_of_quotas()
        errors = second_owners(self._registry)
        self._pushers.validate()
        manage = self._registry.manage
        if manage.registry_policy is Ownership.IMPORT and self._registry.registry_policy is None:
            errors.append(
                f"{self._registry.node.path}: the registry policy is to be imported, and nothing contributes "
                "a statement; fix: add the existing statements with add_to_registry_policy, or leave it "
                "unmanaged"
            )
        return errors

    def _warn_of_quotas(self) -> None:
        registry = self._registry
        for use in near_quotas(registry.ledger, policy_length=registry.registry_policy_length):
            warning = f"{QUOTA_WARNING}{use.name}"
            if warning in self._noted:
                continue
            self._noted.add(warning)
            what_then = (
                "ask AWS for more before it is used up"
                if use.quota.adjustable
                else "AWS raises it for nobody, and beyond it synthesis is refused"
            )
            place = f" of {use.place}" if use.place else ""
            cdk.Validations.of(registry).add_warning(
                warning, f"{use.used:,} of {use.limit:,} {use.quota.name}{place} are used; {what_then}"
            )

    def _notes(self) -> list[str]:
        notes = []
        if self._registry.unscanned:
            notes.append(f"Not scanned for vulnerabilities, as chosen: {', '.join(self._registry.unscanned)}")
        required = len(self._registry.required_registry_policy_statements)
        if required:
            notes.append(
                f"The registry policy is unmanaged; its owner has to add {required} "
                f"statement{'' if required == 1 else 's'}: required_registry_policy_statements"
            )
        return notes
