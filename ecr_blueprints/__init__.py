"""Amazon ECR, done right, as code.

The names below are imported when they are first used, so that the command line and the review
never load the CDK. Constructs need the extra ``cdk``: ``pip install "ecr-blueprints[cdk]"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_blueprints._version import __version__

if TYPE_CHECKING:
    from ecr_blueprints.constructs.accepted_replication import AcceptedReplication
    from ecr_blueprints.constructs.alert_topics import AlertTopics
    from ecr_blueprints.constructs.asset_repository import AssetRepository
    from ecr_blueprints.constructs.baseline_report import BaselineChange, BaselineRemainder
    from ecr_blueprints.constructs.bridge_access import BridgeAccess
    from ecr_blueprints.constructs.bridge_role import BridgeRole
    from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
    from ecr_blueprints.constructs.cache_validation import CacheValidation, OnInvalid
    from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
    from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
    from ecr_blueprints.constructs.create_on_push import CreateOnPush
    from ecr_blueprints.constructs.created_repository_baseline import CreatedRepositoryBaseline
    from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
    from ecr_blueprints.constructs.endpoint_registries import CacheToSeed
    from ecr_blueprints.constructs.federated_role import FederatedGrant, FederatedRole
    from ecr_blueprints.constructs.helm_chart_repository import HelmChartRepository
    from ecr_blueprints.constructs.helm_chart_template import HelmChartTemplate
    from ecr_blueprints.constructs.image_asset_synthesizer import image_asset_synthesizer
    from ecr_blueprints.constructs.image_puller_role import ImagePullerRole
    from ecr_blueprints.constructs.image_pusher_role import ImagePusherRole
    from ecr_blueprints.constructs.image_repository import ImageRepository
    from ecr_blueprints.constructs.managed_signing import ManagedSigning
    from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
    from ecr_blueprints.constructs.organization_stack_set import OrganizationStackSet, StackSetOperation
    from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
    from ecr_blueprints.constructs.private_registry import PrivateRegistry
    from ecr_blueprints.constructs.public_repository import PublicRepository
    from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
    from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
    from ecr_blueprints.constructs.push_grants import PusherToAllowSigning
    from ecr_blueprints.constructs.registry_encryption import RegistryEncryption
    from ecr_blueprints.constructs.registry_encryption_key import RegistryEncryptionKey
    from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints
    from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
    from ecr_blueprints.constructs.registry_replication import RegistryReplication
    from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
    from ecr_blueprints.constructs.registry_settings import InspectorRescan, RegistrySettings
    from ecr_blueprints.constructs.replication_target import ReplicationTarget
    from ecr_blueprints.constructs.repository_baseline import RepositoryBaseline
    from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
    from ecr_blueprints.constructs.repository_defaults import RepositoryDefaults
    from ecr_blueprints.constructs.repository_grants import RepositoryGrants
    from ecr_blueprints.constructs.repository_tagging import RepositoryTagging
    from ecr_blueprints.constructs.scan_finding_alerts import EnhancedDetail, ScanFindingAlerts
    from ecr_blueprints.constructs.signing_profile import SigningProfile
    from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
    from ecr_blueprints.domain.creation_template import AppliedFor
    from ecr_blueprints.domain.encryption import EncryptionType
    from ecr_blueprints.domain.enterprise_registry import EnterpriseRegistry
    from ecr_blueprints.domain.finding_severity import FindingSeverity
    from ecr_blueprints.domain.inspector_rescan import RescanMode, RescanWindow
    from ecr_blueprints.domain.naming_convention import NamingConvention
    from ecr_blueprints.domain.pipeline_identity import FederatedIdentity, GitHubActions, GitLabPipelines
    from ecr_blueprints.domain.public_repository import PublicArchitecture, PublicOperatingSystem
    from ecr_blueprints.domain.scanning import ScanType
    from ecr_blueprints.domain.signing import SignatureValidity, SignatureValidityUnit
    from ecr_blueprints.domain.stack_set import CallAs, RegionConcurrency
    from ecr_blueprints.domain.stages import Stages
    from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
    from ecr_blueprints.domain.token_subject import TokenSubject
    from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
    from ecr_blueprints.domain.vpc_endpoint import EndpointService, FipsEndpoints
    from ecr_blueprints.lifecycle.policy import LifecyclePolicy
    from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
    from ecr_blueprints.lifecycle.rule import LifecycleRule
    from ecr_blueprints.registry.existing_repositories import ExistingRepositories, ExistingRepository

__all__ = [
    "AcceptedReplication",
    "AlertTopics",
    "AppliedFor",
    "AssetRepository",
    "BaselineChange",
    "BaselineRemainder",
    "BridgeAccess",
    "BridgeRole",
    "BuildCacheRepository",
    "CacheToSeed",
    "CacheValidation",
    "CallAs",
    "ClusterEndpoints",
    "ConsumerPolicy",
    "CreateOnPush",
    "CreatedRepositoryBaseline",
    "CreationTemplateOptions",
    "DevelopmentScanning",
    "EncryptionType",
    "EndpointService",
    "EnhancedDetail",
    "EnterpriseRegistry",
    "ExclusionFilter",
    "ExistingRepositories",
    "ExistingRepository",
    "FederatedGrant",
    "FederatedIdentity",
    "FederatedRole",
    "FindingSeverity",
    "FipsEndpoints",
    "GitHubActions",
    "GitLabPipelines",
    "HelmChartRepository",
    "HelmChartTemplate",
    "ImagePullerRole",
    "ImagePusherRole",
    "ImageRepository",
    "InspectorRescan",
    "LifecyclePolicy",
    "LifecycleRule",
    "ManagedSigning",
    "MutabilityMode",
    "NamingConvention",
    "OnInvalid",
    "OperationalAlerts",
    "OrganizationStackSet",
    "Ownership",
    "PipelineIdentityProvider",
    "PrivateRegistry",
    "PublicArchitecture",
    "PublicOperatingSystem",
    "PublicRepository",
    "PullThroughCache",
    "PullTimeUpdateExclusion",
    "PusherToAllowSigning",
    "RegionConcurrency",
    "RegistryEncryption",
    "RegistryEncryptionKey",
    "RegistryEndpoints",
    "RegistryManagement",
    "RegistryReplication",
    "RegistryScanning",
    "RegistrySettings",
    "ReplicationTarget",
    "RepositoryBaseline",
    "RepositoryCreationTemplate",
    "RepositoryDefaults",
    "RepositoryGrants",
    "RepositoryKind",
    "RepositoryTagging",
    "RescanMode",
    "RescanWindow",
    "Retention",
    "ScanFindingAlerts",
    "ScanType",
    "SignatureValidity",
    "SignatureValidityUnit",
    "SigningProfile",
    "StackSetOperation",
    "Stages",
    "TagMutability",
    "TokenSubject",
    "TrustedAccounts",
    "UpstreamRegistry",
    "__version__",
    "image_asset_synthesizer",
]

_MODULES = {
    "AcceptedReplication": "ecr_blueprints.constructs.accepted_replication",
    "AlertTopics": "ecr_blueprints.constructs.alert_topics",
    "AppliedFor": "ecr_blueprints.domain.creation_template",
    "AssetRepository": "ecr_blueprints.constructs.asset_repository",
    "BaselineChange": "ecr_blueprints.constructs.baseline_report",
    "BaselineRemainder": "ecr_blueprints.constructs.baseline_report",
    "BridgeAccess": "ecr_blueprints.constructs.bridge_access",
    "BridgeRole": "ecr_blueprints.constructs.bridge_role",
    "BuildCacheRepository": "ecr_blueprints.constructs.build_cache_repository",
    "CacheToSeed": "ecr_blueprints.constructs.endpoint_registries",
    "CacheValidation": "ecr_blueprints.constructs.cache_validation",
    "CallAs": "ecr_blueprints.domain.stack_set",
    "ClusterEndpoints": "ecr_blueprints.constructs.cluster_endpoints",
    "ConsumerPolicy": "ecr_blueprints.constructs.consumer_policy",
    "CreateOnPush": "ecr_blueprints.constructs.create_on_push",
    "CreatedRepositoryBaseline": "ecr_blueprints.constructs.created_repository_baseline",
    "CreationTemplateOptions": "ecr_blueprints.constructs.creation_template_options",
    "DevelopmentScanning": "ecr_blueprints.constructs.registry_scanning",
    "EncryptionType": "ecr_blueprints.domain.encryption",
    "EndpointService": "ecr_blueprints.domain.vpc_endpoint",
    "EnhancedDetail": "ecr_blueprints.constructs.scan_finding_alerts",
    "EnterpriseRegistry": "ecr_blueprints.domain.enterprise_registry",
    "ExclusionFilter": "ecr_blueprints.domain.tags",
    "ExistingRepositories": "ecr_blueprints.registry.existing_repositories",
    "ExistingRepository": "ecr_blueprints.registry.existing_repositories",
    "FederatedGrant": "ecr_blueprints.constructs.federated_role",
    "FederatedIdentity": "ecr_blueprints.domain.pipeline_identity",
    "FederatedRole": "ecr_blueprints.constructs.federated_role",
    "FindingSeverity": "ecr_blueprints.domain.finding_severity",
    "FipsEndpoints": "ecr_blueprints.domain.vpc_endpoint",
    "GitHubActions": "ecr_blueprints.domain.pipeline_identity",
    "GitLabPipelines": "ecr_blueprints.domain.pipeline_identity",
    "HelmChartRepository": "ecr_blueprints.constructs.helm_chart_repository",
    "HelmChartTemplate": "ecr_blueprints.constructs.helm_chart_template",
    "ImagePullerRole": "ecr_blueprints.constructs.image_puller_role",
    "ImagePusherRole": "ecr_blueprints.constructs.image_pusher_role",
    "ImageRepository": "ecr_blueprints.constructs.image_repository",
    "InspectorRescan": "ecr_blueprints.constructs.registry_settings",
    "LifecyclePolicy": "ecr_blueprints.lifecycle.policy",
    "LifecycleRule": "ecr_blueprints.lifecycle.rule",
    "ManagedSigning": "ecr_blueprints.constructs.managed_signing",
    "MutabilityMode": "ecr_blueprints.domain.tags",
    "NamingConvention": "ecr_blueprints.domain.naming_convention",
    "OnInvalid": "ecr_blueprints.constructs.cache_validation",
    "OperationalAlerts": "ecr_blueprints.constructs.operational_alerts",
    "OrganizationStackSet": "ecr_blueprints.constructs.organization_stack_set",
    "Ownership": "ecr_blueprints.constructs.registry_management",
    "PipelineIdentityProvider": "ecr_blueprints.constructs.pipeline_identity_provider",
    "PrivateRegistry": "ecr_blueprints.constructs.private_registry",
    "PublicArchitecture": "ecr_blueprints.domain.public_repository",
    "PublicOperatingSystem": "ecr_blueprints.domain.public_repository",
    "PublicRepository": "ecr_blueprints.constructs.public_repository",
    "PullThroughCache": "ecr_blueprints.constructs.pull_through_cache",
    "PullTimeUpdateExclusion": "ecr_blueprints.constructs.pull_time_update_exclusion",
    "PusherToAllowSigning": "ecr_blueprints.constructs.push_grants",
    "RegionConcurrency": "ecr_blueprints.domain.stack_set",
    "RegistryEncryption": "ecr_blueprints.constructs.registry_encryption",
    "RegistryEncryptionKey": "ecr_blueprints.constructs.registry_encryption_key",
    "RegistryEndpoints": "ecr_blueprints.constructs.registry_endpoints",
    "RegistryManagement": "ecr_blueprints.constructs.registry_management",
    "RegistryReplication": "ecr_blueprints.constructs.registry_replication",
    "RegistryScanning": "ecr_blueprints.constructs.registry_scanning",
    "RegistrySettings": "ecr_blueprints.constructs.registry_settings",
    "ReplicationTarget": "ecr_blueprints.constructs.replication_target",
    "RepositoryBaseline": "ecr_blueprints.constructs.repository_baseline",
    "RepositoryCreationTemplate": "ecr_blueprints.constructs.repository_creation_template",
    "RepositoryDefaults": "ecr_blueprints.constructs.repository_defaults",
    "RepositoryGrants": "ecr_blueprints.constructs.repository_grants",
    "RepositoryKind": "ecr_blueprints.lifecycle.retention",
    "RepositoryTagging": "ecr_blueprints.constructs.repository_tagging",
    "RescanMode": "ecr_blueprints.domain.inspector_rescan",
    "RescanWindow": "ecr_blueprints.domain.inspector_rescan",
    "Retention": "ecr_blueprints.lifecycle.retention",
    "ScanFindingAlerts": "ecr_blueprints.constructs.scan_finding_alerts",
    "ScanType": "ecr_blueprints.domain.scanning",
    "SignatureValidity": "ecr_blueprints.domain.signing",
    "SignatureValidityUnit": "ecr_blueprints.domain.signing",
    "SigningProfile": "ecr_blueprints.constructs.signing_profile",
    "StackSetOperation": "ecr_blueprints.constructs.organization_stack_set",
    "Stages": "ecr_blueprints.domain.stages",
    "TagMutability": "ecr_blueprints.domain.tags",
    "TokenSubject": "ecr_blueprints.domain.token_subject",
    "TrustedAccounts": "ecr_blueprints.constructs.trusted_accounts",
    "UpstreamRegistry": "ecr_blueprints.domain.upstream_registry",
    "image_asset_synthesizer": "ecr_blueprints.constructs.image_asset_synthesizer",
}


def __getattr__(name: str) -> object:
    """Imports a public name when it is first used.

    Raises:
        MissingDependencyError: The name is a construct and the extra ``cdk`` is not installed.
        AttributeError: There is no such name.
    """
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted({*globals(), *__all__})
