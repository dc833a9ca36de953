"""The settings that a registry has once, as resources that follow its ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from ecr_blueprints.constructs.registry_ledger import RegistryLedger, SingletonSources
from ecr_blueprints.constructs.registry_management import Ownership
from ecr_blueprints.constructs.registry_policy import RegistryPolicyDocument
from ecr_blueprints.constructs.registry_replication_configuration import RegistryReplicationConfiguration
from ecr_blueprints.constructs.registry_scanning_configuration import RegistryScanningConfiguration
from ecr_blueprints.constructs.registry_signing_configuration import RegistrySigningConfiguration
from ecr_blueprints.registry.replication_configuration import ReplicationRule
from ecr_blueprints.registry.scanning_configuration import ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.singleton import SingletonKind
from ecr_blueprints.registry.source_location import SourceLocation

if TYPE_CHECKING:
    from ecr_blueprints.constructs.registry_management import RegistryManagement
    from ecr_blueprints.constructs.registry_owner import RegistryOwner

__all__ = ["POLICY_ID", "RegistrySingletons", "part_source", "singleton_sources"]

_SCANNING_ID: Final = "ScanningConfiguration"
_REPLICATION_ID: Final = "ReplicationConfiguration"
_SIGNING_ID: Final = "SigningConfiguration"
POLICY_ID: Final = "RegistryPolicy"
"""The construct id of the registry policy."""


def part_source(path: str, construct_id: str, kind: SingletonKind) -> SourceLocation:
    """The place of a setting under its registry.

    Args:
        path: The registry's construct path.
        construct_id: The setting's id.
        kind: Which setting.
    """
    return SourceLocation(construct_path=f"{path}/{construct_id}", resource_type=str(kind))


def singleton_sources(path: str, manage: RegistryManagement) -> SingletonSources:
    """The places of the settings that a registry owns, or of which it knows what their owner makes of them.

    Args:
        path: The registry's construct path.
        manage: Who owns which setting.
    """

    def place(ownership: Ownership, construct_id: str, kind: SingletonKind) -> SourceLocation | None:
        return None if ownership is Ownership.UNMANAGED else part_source(path, construct_id, kind)

    known = Ownership.MANAGED if manage.scanning_follows else manage.scanning
    return SingletonSources(
        scanning=place(known, _SCANNING_ID, SingletonKind.SCANNING),
        replication=place(manage.replication, _REPLICATION_ID, SingletonKind.REPLICATION),
        signing=place(manage.signing, _SIGNING_ID, SingletonKind.SIGNING),
    )


class RegistrySingletons:
    """The scanning, replication and signing configuration and the registry policy of one registry.

    The scanning configuration is there from the beginning; the others appear with their first rule or
    statement, since ECR has no empty ones. What another party owns is not rendered.

    Args:
        registry: The registry, under which the resources appear.
        manage: Who owns which setting.
        ledger: What the registry holds.
    """

    def __init__(
        self, registry: RegistryOwner, *, manage: RegistryManagement, ledger: RegistryLedger
    ) -> None:
        self._registry = registry
        self._manage = manage
        self._owner: cdk.CfnResource | None = None
        self._scanning_rules: tuple[ScanningRule, ...] = ()
        self._replication_rules: tuple[ReplicationRule, ...] = ()
        self._signing_rules: tuple[SigningRule, ...] = ()
        self.replication: RegistryReplicationConfiguration | None = None
        self.signing: RegistrySigningConfiguration | None = None
        self.policy = RegistryPolicyDocument(
            registry,
            POLICY_ID,
            removal_policy=_policy_removal(manage.registry_policy),
            rendered=manage.registry_policy is not Ownership.UNMANAGED,
        )
        self.scanning: RegistryScanningConfiguration | None = None
        if manage.scanning is not Ownership.UNMANAGED:
            self.scanning = RegistryScanningConfiguration(registry, _SCANNING_ID, plan=ledger.scanning_plan)
            self._scanning_rules = ledger.scanning_plan.rules

    def wait_for(self, owner: cdk.CfnResource) -> None:
        """Have nothing made before the parameter that marks the owner.

        A second owner fails at the parameter, and nothing of the first one's is overwritten before it does.
        What is imported is there already, and is imported without it.

        Args:
            owner: The parameter.
        """
        self._owner = owner
        self.policy.wait_for(None if self._manage.registry_policy is Ownership.IMPORT else owner)
        self._wait(self.scanning, self._manage.scanning)

    def _wait(self, resource: cdk.CfnResource | None, ownership: Ownership) -> None:
        if resource is not None and self._owner is not None and ownership is not Ownership.IMPORT:
            resource.add_resource_dependency(self._owner)

    def render(self, ledger: RegistryLedger) -> None:
        """Bring the resources up to what the ledger says; what has not changed is left alone."""
        if self.scanning is not None and ledger.scanning_plan.rules != self._scanning_rules:
            self._scanning_rules = ledger.scanning_plan.rules
            self.scanning.render(ledger.scanning_plan)
        if ledger.replication_rules != self._replication_rules:
            self._replication_rules = ledger.replication_rules
            self._render_replication()
        if ledger.signing_rules != self._signing_rules:
            self._signing_rules = ledger.signing_rules
            self._render_signing()

    def _render_replication(self) -> None:
        if self._manage.replication is Ownership.UNMANAGED:
            return
        if self.replication is None:
            self.replication = RegistryReplicationConfiguration(
                self._registry, _REPLICATION_ID, rules=self._replication_rules
            )
            self._wait(self.replication, self._manage.replication)
            if self._manage.replication is Ownership.IMPORT:
                self.replication.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        else:
            self.replication.render(self._replication_rules)

    def _render_signing(self) -> None:
        if self._manage.signing is Ownership.UNMANAGED:
            return
        if self.signing is None:
            self.signing = RegistrySigningConfiguration(
                self._registry, _SIGNING_ID, rules=self._signing_rules
            )
            self._wait(self.signing, self._manage.signing)
            if self._manage.signing is Ownership.IMPORT:
                self.signing.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        else:
            self.signing.render(self._signing_rules)


def _policy_removal(ownership: Ownership) -> cdk.RemovalPolicy:
    """Retained; but a policy that a rolled-back creation left behind would make the next one fail."""
    if ownership is Ownership.IMPORT:
        return cdk.RemovalPolicy.RETAIN
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
