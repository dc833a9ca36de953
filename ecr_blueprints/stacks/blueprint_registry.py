"""The registry that a blueprint describes, and what belongs to it in one account and Region."""

from __future__ import annotations

from typing import Literal

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.encryption import NO_RECORD
from ecr_blueprints.config.settings import SettingsModel
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
from ecr_blueprints.constructs.registry_encryption import RegistryEncryption
from ecr_blueprints.constructs.registry_encryption_key import RegistryEncryptionKey
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
from ecr_blueprints.constructs.registry_settings import InspectorRescan, RegistrySettings
from ecr_blueprints.constructs.scan_finding_alerts import ScanFindingAlerts
from ecr_blueprints.constructs.stage_patterns import stage_patterns
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.domain.stages import STAGE_SEGMENT, Stages
from ecr_blueprints.domain.wildcard import WILDCARD
from ecr_blueprints.registry.existing_repositories import ExistingRepositories

__all__ = ["BlueprintRegistry", "add_settings", "whole_registry"]

_OPERATIONS = (FindingSeverity.HIGH, FindingSeverity.MEDIUM, FindingSeverity.INFORMATIONAL)
"""The severities of `OperationalAlerts` where nothing else is said."""


class BlueprintRegistry:
    """What every operating model has in a registry's account and Region.

    It is no construct, so that nothing stands between the stack and what it holds: logical IDs follow from
    the ids ``Registry``, ``Key``, ``Alerts``, ``Settings``, ``Sign…``, ``Findings`` and ``Operations``.

    Create it first and call `complete` once the caches have been added: signing and the alerts look at them.

    Args:
        scope: The stack.
        blueprint: The blueprint.
        scanning_follows: Whether the scanning configuration is another owner's, who makes it of the same
            blueprint. Default: nothing is known of it.

    Attributes:
        registry: The owner of the registry-level settings.
        key: The key of the registry's images; None where AES-256 is used.
        topics: Where alerts go; None where there are none.

    Practices: OPS-1, OPS-2, OPS-3
    """

    def __init__(self, scope: Construct, *, blueprint: Blueprint, scanning_follows: bool = False) -> None:
        self._scope = scope
        self._blueprint = blueprint
        self.topics = self._topics()
        self.key: RegistryEncryptionKey | None = None
        encryption = None
        if blueprint.encryption.kms:
            known = blueprint.encryption.kms_keys.get(Stack.of(scope).region)
            with blueprint.at("encryption"):
                self.key = RegistryEncryptionKey(scope, "Key", key=known, alert_topic=self.topics)
                encryption = RegistryEncryption(key=self.key, existing=_existing(blueprint), known_arn=known)
        manage = blueprint.manage
        with blueprint.at("stages"):
            self.registry = PrivateRegistry(
                scope,
                "Registry",
                convention=blueprint.convention,
                stages=Stages.of({name: stage.production for name, stage in blueprint.stages.items()}),
                scanning=RegistryScanning(development=DevelopmentScanning(blueprint.scanning.development)),
                production=whole_registry(blueprint),
                encryption=encryption,
                manage=RegistryManagement(
                    scanning=_ownership(manage.scanning),
                    registry_policy=_ownership(manage.registry_policy),
                    root_template=_ownership(manage.root_template),
                    replication=_ownership(manage.replication),
                    signing=_ownership(manage.signing),
                    scanning_follows=scanning_follows,
                    settings=manage.settings,
                    # Where all that every registry has is another owner's, the parameter is, too.
                    owner_parameter=bool(manage.scanning or manage.root_template or manage.settings),
                ),
            )

    def complete(self) -> None:
        """Adds signing, settings, exclusions and alerts."""
        scope, registry, blueprint = self._scope, self.registry, self._blueprint
        if blueprint.manage.settings:
            with blueprint.at("settings"):
                add_settings(scope, registry, blueprint.settings)
        if blueprint.signing.production:
            with blueprint.at("signing", "production"):
                self._sign("SignProduction", production=True)
        if blueprint.signing.development:
            with blueprint.at("signing", "development"):
                self._sign("SignDevelopment", production=False)
        taken: set[str] = set()
        for index, role in enumerate(blueprint.pull_time_exclusions):
            construct_id = _exclusion_id(role, taken)
            with blueprint.at("pull_time_exclusions", index):
                exclusion = PullTimeUpdateExclusion(scope, construct_id, registry=registry, principal=role)
            if blueprint.manage.pull_time_exclusions == "import":
                exclusion.resource.apply_removal_policy(RemovalPolicy.RETAIN)
        if self.topics is None:
            return
        if blueprint.alerts.findings:
            with blueprint.at("alerts", "findings"):
                ScanFindingAlerts(
                    scope,
                    "Findings",
                    registry=registry,
                    severities=list(blueprint.alerts.findings),
                    topics=self.topics,
                    # Whoever owns the scanning: a blueprint knows no basic one.
                    scan_type=ScanType.ENHANCED,
                )
        if blueprint.alerts.operations:
            with blueprint.at("alerts", "operations"):
                OperationalAlerts(scope, "Operations", registry=registry, topics=self.topics)

    def _topics(self) -> AlertTopics | None:
        alerts = self._blueprint.alerts
        severities = [*alerts.findings, *(_OPERATIONS if alerts.operations else ())]
        if not severities:
            return None
        topics = AlertTopics(self._scope, "Alerts", severities=list(dict.fromkeys(severities)))
        for address in alerts.email:
            topics.add_subscription(subscriptions.EmailSubscription(address))
        return topics

    def _sign(self, construct_id: str, *, production: bool) -> None:
        profiles = self._blueprint.signing.profiles
        known = profiles.production if production else profiles.development
        ManagedSigning(
            self._scope,
            construct_id,
            registry=self.registry,
            repositories=self._signed(production),
            profile=known.get(Stack.of(self._scope).region),
        )

    def _signed(self, production: bool) -> list[str]:
        """The filters of the stages that are, or are not, production; base images go with production."""
        scope = self.registry.ledger.production
        if scope.whole_registry is production:
            return [WILDCARD]
        patterns = stage_patterns(scope, production=production)
        return [*patterns, *(f"{prefix}/*" for prefix in self.registry.ledger.base_prefixes if production)]


def whole_registry(blueprint: Blueprint) -> bool | None:
    """Whether the whole registry is production, where names tell no stage; None where they tell it.

    Without the stage in its convention, a blueprint has one stage: that of every repository.

    Args:
        blueprint: The blueprint.
    """
    if STAGE_SEGMENT in NamingConvention(blueprint.convention).segments:
        return None
    return all(stage.production for stage in blueprint.stages.values())


def add_settings(scope: Construct, registry: PrivateRegistry, settings: SettingsModel) -> RegistrySettings:
    """The settings of a registry that have no resource, as the blueprint says them.

    Args:
        scope: The stack.
        registry: The registry.
        settings: The settings.
    """
    return RegistrySettings(
        scope,
        "Settings",
        registry=registry,
        blob_mounting=settings.blob_mounting,
        policy_scope_v2=settings.policy_scope_v2,
        native_basic_scanning=settings.native_basic_scanning,
        inspector_rescan=InspectorRescan() if settings.inspector_rescan else None,
    )


def _exclusion_id(role: str, taken: set[str]) -> str:
    """A construct id of a role's name; with its account and path where another role has that of its name."""
    *_, account, name = role.split(":", 5)
    found = f"Exclude-{name.replace('/', '-')}"
    if found in taken:
        found = f"Exclude-{account}-{name.replace('/', ':')}"
    taken.add(found)
    return found


def _existing(blueprint: Blueprint) -> ExistingRepositories:
    record = blueprint.encryption.existing
    if record in (None, NO_RECORD):
        return ExistingRepositories.none()
    return ExistingRepositories.from_file(str(record))


def _ownership(manage: bool | Literal["import"]) -> Ownership:
    if manage == "import":
        return Ownership.IMPORT
    return Ownership.MANAGED if manage else Ownership.UNMANAGED
