"""One ECR estate that uses every public construct, with every option set somewhere.

Two apps, as two teams would have them: that of the registry's account, with a registry in two Regions and a
public repository, and that of a workload account, which knows the registry by its contract alone.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from ecr_blueprints.constructs.accepted_replication import AcceptedReplication
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.asset_repository import AssetRepository
from ecr_blueprints.constructs.bridge_access import BridgeAccess
from ecr_blueprints.constructs.bridge_role import BridgeRole
from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.cache_credential_secret import CacheCredentialSecret
from ecr_blueprints.constructs.cache_validation import CacheValidation, OnInvalid
from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
from ecr_blueprints.constructs.create_on_push import CreateOnPush
from ecr_blueprints.constructs.created_repository_baseline import CreatedRepositoryBaseline
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY
from ecr_blueprints.constructs.event_forwarding import EventForwarding
from ecr_blueprints.constructs.federated_role import FederatedRole
from ecr_blueprints.constructs.helm_chart_repository import HelmChartRepository
from ecr_blueprints.constructs.helm_chart_template import HelmChartTemplate
from ecr_blueprints.constructs.image_asset_synthesizer import image_asset_synthesizer
from ecr_blueprints.constructs.image_puller_role import ImagePullerRole
from ecr_blueprints.constructs.image_pusher_role import ImagePusherRole
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.inspector_organization import InspectorAdministrator, InspectorOrganization
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
from ecr_blueprints.constructs.organization_stack_set import OrganizationStackSet, StackSetOperation
from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.public_repository import PublicRepository
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
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
from ecr_blueprints.constructs.secret_ready import SecretReady
from ecr_blueprints.constructs.signing_profile import SigningProfile
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.enterprise_registry import EnterpriseRegistry
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.inspector_rescan import RescanMode, RescanWindow
from ecr_blueprints.domain.pipeline_identity import GitHubActions, GitLabPipelines
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.domain.signing import SignatureValidity
from ecr_blueprints.domain.stack_set import CallAs, RegionConcurrency
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.domain.token_subject import TokenSubject
from ecr_blueprints.domain.upstream_registry import CredentialSecretName
from ecr_blueprints.domain.vpc_endpoint import EndpointService, FipsEndpoints
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.registry.existing_repositories import ExistingRepositories

__all__ = [
    "DELETED",
    "MAIN",
    "OTHER",
    "PUBLIC",
    "Accounts",
    "SynthesizedEstate",
    "build_registries",
    "build_workload",
    "synthesize_estate",
]

MAIN: Final = "eu-west-1"
OTHER: Final = "eu-central-1"
PUBLIC: Final = "us-east-1"
ORGANIZATION: Final = "o-exampleorg"
ORGANIZATION_PATH: Final = "o-exampleorg/r-ab12/ou-ab12-11111111/*"

DELETED: Final = "dev/payments/trial"
"""The one repository that goes with its stack: both keys to its deletion are there."""

HUB: Final = GitHubActions("acme/payments", environment="prod")
LAB: Final = GitLabPipelines("acme/search", branch="main")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Whose estate it is.

    Attributes:
        registry: The account of the registry.
        consumer: The workload account.
        stranger: An account outside, from which images are replicated and customers pull.
    """

    registry: str = "111122223333"
    consumer: str = "444455556666"
    stranger: str = "777788889999"


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesizedEstate:
    """Both assemblies on disk.

    Attributes:
        registries: The folder of the registry account's app.
        workload: The folder of the workload account's app.
        constructs: The classes of all constructs in both apps, and their bases.
    """

    registries: Path
    workload: Path
    constructs: frozenset[type]

    @property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Stack name → template."""
        return {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for folder in (self.registries, self.workload)
            for path in sorted(folder.glob("*.template.json"))
        }

    @property
    def regions(self) -> dict[str, str]:
        """Stack name → its Region."""
        return {
            name: str(artifact["environment"]).rpartition("/")[2]
            for folder in (self.registries, self.workload)
            for name, artifact in json.loads((folder / "manifest.json").read_text())["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }


def synthesize_estate(
    folder: Path,
    accounts: Accounts | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    retention_days: int = 90,
    plugins: Callable[[cdk.App], None] | None = None,
) -> SynthesizedEstate:
    """Synthesize both apps, each into a folder of its own.

    Args:
        folder: Where the two folders are made.
        accounts: The accounts. Default: those of AWS's documentation.
        flags: The context. Default: none.
        retention_days: How long builds are kept, for an update.
        plugins: Called with each app before its synthesis, which it may make fail. Default: nothing.
    """
    # A VPC with zones of its own asks for the account's all the same; the CLI would look them up.
    consumer = (accounts or Accounts()).consumer
    zones = f"availability-zones:account={consumer}:region={MAIN}"
    context = {DELETION_CONTEXT_KEY: [DELETED], zones: [f"{MAIN}a", f"{MAIN}b"], **(flags or {})}
    registries, workload = folder / "registries", folder / "workload"
    app = cdk.App(outdir=str(registries), context=context, analytics_reporting=False)
    build_registries(app, accounts, retention_days=retention_days)
    _synthesize(app, plugins)
    second = cdk.App(outdir=str(workload), context=context, analytics_reporting=False)
    build_workload(second, registries / "registry.json", accounts)
    _synthesize(second, plugins)
    found = {base for one in (app, second) for node in one.node.find_all() for base in type(node).__mro__}
    return SynthesizedEstate(registries=registries, workload=workload, constructs=frozenset(found))


def _synthesize(app: cdk.App, plugins: Callable[[cdk.App], None] | None) -> None:
    if plugins is None:
        app.synth()
        return
    plugins(app)
    with contextlib.suppress(RuntimeError):  # what a plugin finds; its report tells
        app.synth()


def build_registries(app: cdk.App, accounts: Accounts | None = None, *, retention_days: int = 90) -> None:
    """Fill the app of the registry's account.

    Args:
        app: The app.
        accounts: The accounts. Default: those of AWS's documentation.
        retention_days: How long builds are kept, for an update.
    """
    chosen = Accounts() if accounts is None else accounts

    def stack(name: str, region: str) -> cdk.Stack:
        return cdk.Stack(app, f"estate-{name}", env=cdk.Environment(account=chosen.registry, region=region))

    home, abroad = stack("registry", MAIN), stack("registry-other", OTHER)
    key = RegistryEncryptionKey(
        abroad,
        "ImagesKey",
        alias="estate-images",
        description="Images of the estate",
        pending_days=14,
        administrators=[f"arn:aws:iam::{chosen.registry}:role/key-administrator"],
        creators=[f"arn:aws:iam::{chosen.registry}:role/deployer"],
        alert_topic=sns.Topic(abroad, "KeyAlerts", enforce_ssl=True),
    )
    other = PrivateRegistry(
        abroad,
        "Registry",
        production=True,
        scanning=RegistryScanning(scan_type=ScanType.BASIC, allow_basic_for_production=True),
        manage=RegistryManagement(
            scanning=Ownership.MANAGED,
            registry_policy=Ownership.MANAGED,
            root_template=Ownership.MANAGED,
            replication=Ownership.UNMANAGED,
            signing=Ownership.UNMANAGED,
            scanning_follows=False,
            settings=True,
            owner_parameter=True,
        ),
        tagging=RepositoryTagging(required=["owner"], of_templates={"owner": "platform"}),
        encryption=RegistryEncryption(
            key=key, existing=ExistingRepositories.none(), known_arn=_key_arn(chosen.registry)
        ),
    )
    main = PrivateRegistry(
        home,
        "Registry",
        convention="{stage}/{team}/{app}",
        stages={"dev": False, "prod": True},
        scanning=RegistryScanning(development=DevelopmentScanning.ON_PUSH),
        root_template=CreationTemplateOptions(
            description="For everything else", tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE)
        ),
        base_prefixes=["base", "golden"],
    )
    _fill_other(abroad, other, chosen)
    _fill_main(home, main, other, chosen)
    repositories = stack("repositories", MAIN)
    _fill_repositories(repositories, main, chosen, retention_days)
    _fill_access(stack("access", MAIN), main, chosen)
    _fill_alerts(stack("alerts", MAIN), main)
    _fill_bridge(stack("bridge", MAIN), main)
    _fill_alerts_with_a_key(stack("alerts-other", OTHER), other)
    _fill_foreign(stack("foreign", MAIN))
    _fill_public(stack("public", PUBLIC), chosen)
    _fill_organization(stack("organization", MAIN), chosen)


def build_workload(app: cdk.App, contract: Path, accounts: Accounts | None = None) -> None:
    """Fill the app of the workload account.

    Args:
        app: The app.
        contract: The ``registry.json`` that the app of the registry's account wrote.
        accounts: The accounts. Default: those of AWS's documentation.
    """
    chosen = Accounts() if accounts is None else accounts
    stack = cdk.Stack(app, "estate-workload", env=cdk.Environment(account=chosen.consumer, region=MAIN))
    registry = PrivateRegistry.from_contract(
        stack, "Registry", path=contract, account=chosen.registry, region=MAIN
    )
    node = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    ConsumerPolicy(
        stack,
        "Pull",
        registry=registry,
        pull=["prod/*"],
        caches=["docker-hub", "k8s"],
        create=True,
        description="Pulls what production runs",
        managed_policy_name="estate-pull",
        roles=[node],
    )
    ConsumerPolicy(
        stack, "PullOther", account=chosen.registry, regions=[OTHER], pull=["prod/*"], create=False
    )
    kubernetes = registry.cache("k8s")
    kubernetes.grant_pull(node, create=True)
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("Pause", image=kubernetes.image("pause", tag="3.10"))
    _fill_network(stack, registry, chosen)
    InspectorOrganization(stack, "Inspector", members=[chosen.registry])


def _fill_network(stack: cdk.Stack, registry: Any, accounts: Accounts) -> None:
    vpc = _vpc(stack, "Vpc")
    endpoints = RegistryEndpoints(
        stack,
        "Endpoints",
        vpc=vpc,
        registries=[registry],
        push=True,
        organization=ORGANIZATION,
        cluster=ClusterEndpoints(
            optional=[EndpointService.XRAY], without=[EndpointService.EKS_AUTH], addon_registry=True
        ),
        dual_stack=False,
        subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        s3_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        vpc_cidrs=["10.0.0.0/16"],
        s3_statements=[
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                principals=[iam.AnyPrincipal()],
                resources=["arn:aws:s3:::estate-artifacts/releases/app.tar"],
            )
        ],
    )
    seeds = ", ".join(one.prefix for one in endpoints.caches_to_seed)
    cdk.CfnOutput(stack, "CachesToSeed", value=seeds or "none")
    shared = RegistryEndpoints(
        stack,
        "SharedEndpoints",
        vpc=_vpc(stack, "SharedVpc"),
        registries=accounts.registry,
        fill_caches=False,
        accounts=[accounts.stranger],
        fips=FipsEndpoints.NONE,
        existing=[EndpointService.ECR_DKR],
        ecr_statements=[
            iam.PolicyStatement(
                actions=["ecr:DescribeImages"],
                principals=[iam.AnyPrincipal()],
                resources=[f"arn:aws:ecr:{MAIN}:{accounts.registry}:repository/prod/payments/api"],
                conditions={"StringEquals": {"aws:PrincipalAccount": accounts.consumer}},
            )
        ],
    )
    shared.add_ecr_statement(
        iam.PolicyStatement(
            actions=["ecr:DescribeRepositories"],
            principals=[iam.AnyPrincipal()],
            resources=[f"arn:aws:ecr:{MAIN}:{accounts.registry}:repository/prod/payments/api"],
            conditions={"StringEquals": {"aws:PrincipalAccount": accounts.consumer}},
        )
    )
    shared.add_s3_statement(
        iam.PolicyStatement(
            actions=["s3:GetObject"],
            principals=[iam.AnyPrincipal()],
            resources=["arn:aws:s3:::estate-artifacts/releases/app.sha256"],
        )
    )


def _vpc(stack: cdk.Stack, construct_id: str) -> ec2.Vpc:
    return ec2.Vpc(
        stack,
        construct_id,
        availability_zones=[f"{MAIN}a", f"{MAIN}b"],
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        ],
    )


def _fill_other(stack: cdk.Stack, registry: PrivateRegistry, accounts: Accounts) -> None:
    AcceptedReplication(
        stack,
        "FromStranger",
        registry=registry,
        source_account=accounts.stranger,
        prefixes=["vendor/"],
        template=CreationTemplateOptions(resource_tags={"origin": "vendor"}, lifecycle=_keep_releases()),
        source_lifecycle=_keep_releases(),
    )


def _fill_main(
    stack: cdk.Stack, registry: PrivateRegistry, other: PrivateRegistry, accounts: Accounts
) -> None:
    account = accounts.registry
    registry.deny_outside_organization(ORGANIZATION, except_accounts=[accounts.stranger])
    registry.allow_cache_upstream(accounts.stranger, prefixes=["base"])
    registry.add_to_registry_policy(
        iam.PolicyStatement(
            sid="ReplicateFromStranger",
            actions=["ecr:ReplicateImage"],
            principals=[iam.AccountPrincipal(accounts.stranger)],
            resources=[registry.repository_arn_under("partner")],
        )
    )
    _fill_caches(stack, registry, accounts)
    given_key = RegistryEncryptionKey(stack, "GivenKey", key=_key_arn(account, MAIN))
    RepositoryCreationTemplate(
        stack,
        "Sandbox",
        registry=registry,
        prefix="sandbox",
        applied_for=[AppliedFor.CREATE_ON_PUSH, AppliedFor.REPLICATION],
        options=CreationTemplateOptions(
            description="Trials",
            tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE),
            lifecycle=Retention(builds=["*"], builds_days=14),
            encryption=EncryptionType.KMS,
            resource_tags={"purpose": "trial"},
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
        frozen=False,
    )
    RepositoryCreationTemplate(
        stack,
        "Vault",
        registry=registry,
        prefix="vault",
        applied_for=[AppliedFor.REPLICATION],
        options=CreationTemplateOptions(
            encryption_key=given_key, role=f"arn:aws:iam::{account}:role/vault-creator"
        ),
    )
    registry.add_creation_template(
        "imported",
        applied_for=[AppliedFor.REPLICATION],
        description="From elsewhere",
        repository_policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{accounts.consumer}:root"},
                    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                }
            ],
        },
    )
    CreateOnPush(
        stack,
        "Trials",
        registry=registry,
        prefix="trials",
        pusher_accounts=[accounts.consumer],
        options=CreationTemplateOptions(lifecycle=Retention(builds=["*"], builds_days=7)),
    )
    CreateOnPush(stack, "Spikes", registry=registry, prefix="spikes", organization_id=ORGANIZATION)
    HelmChartTemplate(
        stack,
        "Charts",
        registry=registry,
        prefix="templates",
        prefix_exception="templates were here before the convention of charts/",
        versions=30,
        keep=["1.*"],
        created_on_push=True,
        replicated=True,
        pusher_accounts=[accounts.consumer],
        repository_policy=None,
        resource_tags={"kind": "chart"},
        encryption=EncryptionType.KMS,
        encryption_key=_key_arn(account, MAIN),
        role=f"arn:aws:iam::{account}:role/chart-creator",
    )
    HelmChartTemplate(
        stack, "SharedCharts", registry=registry, prefix="shared-charts", organization_id=ORGANIZATION
    )
    RegistryReplication(
        stack,
        "ToOther",
        registry=registry,
        prefixes=["prod/"],
        destinations=[other],
        template=CreationTemplateOptions(lifecycle=_keep_releases()),
        source_lifecycle=_keep_releases(),
    )
    RegistryReplication(
        stack,
        "ToStranger",
        registry=registry,
        prefixes=["base/"],
        destinations=[ReplicationTarget(region=MAIN, account=accounts.stranger)],
        all_repositories=False,
    )
    _fill_signing(stack, registry, accounts)
    RegistrySettings(
        stack,
        "Settings",
        registry=registry,
        blob_mounting=True,
        policy_scope_v2=True,
        native_basic_scanning=True,
        inspector_rescan=InspectorRescan(
            since_push=RescanWindow.LIFETIME, since_pull=RescanWindow.DAYS_90, mode=RescanMode.LAST_PULL_DATE
        ),
    )
    PullTimeUpdateExclusion(
        stack, "Scanner", registry=registry, principal=f"arn:aws:iam::{account}:role/scanner"
    )


def _fill_caches(stack: cdk.Stack, registry: PrivateRegistry, accounts: Accounts) -> None:
    hub = PullThroughCache(
        stack,
        "DockerHub",
        registry=registry,
        upstream="docker-hub",
        secret_name="ecr-pullthroughcache/estate-hub",
        template=CreationTemplateOptions(resource_tags={"cache": "docker-hub"}),
        wait_for_secret=True,
    )
    hub.grant_pull_to_account(accounts.consumer)
    hub.grant_pull_to_organization(ORGANIZATION, create=False)
    quay = registry.add_pull_through_cache("quay", prefix="mirrors/quay")
    quay.grant_pull_to_organization_paths(ORGANIZATION_PATH)
    kubernetes = registry.add_pull_through_cache("k8s", frozen=True)
    kubernetes.grant_pull_to_account(accounts.consumer)
    kubernetes.grant_pull_to_role(f"arn:aws:iam::{accounts.consumer}:role/node")
    kubernetes.grant_pull(iam.Role(stack, "Puller", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")))
    secret = CacheCredentialSecret(
        stack,
        "GitHubToken",
        name=CredentialSecretName("ecr-pullthroughcache/estate-github"),
        upstream="github-container-registry",
    )
    ready = SecretReady(stack, "GitHubTokenReady", secret_arn=secret.secret_arn)
    github = registry.add_pull_through_cache("github-container-registry", credential=secret.secret_arn)
    github.resource.node.add_dependency(ready)
    CacheValidation(
        stack,
        "GitHubCheck",
        rule=github.resource,
        prefix=github.prefix,
        on_invalid=OnInvalid.WARN,
        revision="1",
        patience_seconds=0,
    )
    registry.add_pull_through_cache(
        f"{accounts.stranger}.dkr.ecr.{MAIN}.amazonaws.com",
        prefix="partner-images",
        upstream_prefix="base",
        validate=True,
    )
    registry.add_pull_through_cache(
        f"{accounts.consumer}.dkr.ecr.{MAIN}.amazonaws.com",
        prefix="workload-images",
        role=f"arn:aws:iam::{accounts.registry}:role/cache-upstream",
    )


def _fill_signing(stack: cdk.Stack, registry: PrivateRegistry, accounts: Accounts) -> None:
    release = SigningProfile(stack, "Release", profile_name="estate_release", validity=SignatureValidity(12))
    release.allow_signing_by_account(accounts.consumer)
    release.allow_signing_by_role(f"arn:aws:iam::{accounts.stranger}:role/ci")
    ManagedSigning(stack, "Production", registry=registry, repositories=["prod/*"], profile=release)
    ManagedSigning(
        stack,
        "Development",
        registry=registry,
        repositories=["dev/*"],
        profile_name="estate_development",
        validity=SignatureValidity(6),
    )


def _keep_releases() -> LifecyclePolicy:
    return Retention(keep=["v*"], builds=["sha-*"], builds_days=90).policy(immutable_tags=False)


def _fill_repositories(
    stack: cdk.Stack, registry: PrivateRegistry, accounts: Accounts, retention_days: int
) -> None:
    account = accounts.registry
    api = ImageRepository(
        stack,
        "Api",
        registry=registry,
        repository_name="prod/payments/api",
        owner="payments",
        tags={"cost-centre": "cc-4100"},
        kind=RepositoryKind.APPLICATION,
        retention=Retention(keep=["v*"], builds=["sha-*"], builds_days=retention_days),
        encryption=EncryptionType.AES256,
        existing_encryption=EncryptionType.AES256,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("edge-*")],
    )
    trial = ImageRepository(
        stack,
        "Trial",
        registry=registry,
        repository_name=DELETED,
        lifecycle_policy=LifecyclePolicy.in_order(
            LifecycleRule(
                priority=1, tag_status="any", count_type="sinceImagePushed", count_number=7, action="expire"
            )
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
    )
    legacy = ImageRepository(
        stack,
        "Legacy",
        registry=registry,
        repository_name="legacy",
        convention_exception="it was here before the convention",
        encryption_key=_key_arn(account, MAIN),
        lifecycle_registry_id=account,
        lifecycle_rules=[ecr.LifecycleRule(max_image_count=500)],
        image_scan_on_push=True,
    )
    legacy.add_lifecycle_rule(tag_prefix_list=["sha-"], max_image_age=cdk.Duration.days(60))
    legacy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    _grant(stack, api, trial, legacy, accounts)
    chart = HelmChartRepository(
        stack,
        "LedgerChart",
        chart="ledger",
        prefix="packages",
        prefix_exception="packages were here before the convention of charts/",
        versions=40,
        keep=["1.*"],
        registry=registry,
        owner="payments",
        tags={"cost-centre": "cc-4100"},
        encryption=EncryptionType.KMS,
        encryption_key=_key_arn(account, MAIN),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    chart.grant_pull_to_account(accounts.consumer)
    HelmChartRepository(
        stack,
        "TrialChart",
        chart="trial",
        registry=registry,
        owner="payments",
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
    )
    cache = BuildCacheRepository(
        stack,
        "BuildCache",
        build="payments/api",
        prefix="layers",
        days=7,
        registry=registry,
        owner="payments",
        tags={"cost-centre": "cc-4100"},
        encryption=EncryptionType.AES256,
    )
    BuildCacheRepository(
        stack,
        "TrialCache",
        build="payments/trial",
        registry=registry,
        owner="payments",
        encryption_key=_key_arn(account, MAIN),
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
    )
    builder = iam.Role(stack, "Builder", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
    cache.grant_pull_push(builder)
    assets = AssetRepository(stack, "Assets", qualifier="hnb659fds", registry=registry)
    assets.grant_pull(builder)
    AssetRepository(stack, "SharedAssets", repository_name="shared/assets", registry=registry)
    images = ImageRepository(stack, "AssetImages", repository_name="dev/payments/assets")
    app_stack = cdk.Stack(
        cdk.Stage.of(stack) or stack,
        "estate-app",
        env=cdk.Environment(account=account, region=MAIN),
        synthesizer=image_asset_synthesizer(
            images,
            tag_prefix="estate-",
            qualifier="hnb659fds",
            publishing_role_arn=f"arn:aws:iam::{account}:role/"
            f"cdk-hnb659fds-image-publishing-role-{account}-{MAIN}",
        ),
    )
    app_stack.node.add_dependency(images)
    sns.Topic(app_stack, "Something", enforce_ssl=True)


def _grant(
    stack: cdk.Stack,
    api: ImageRepository,
    trial: ImageRepository,
    legacy: ImageRepository,
    accounts: Accounts,
) -> None:
    """Every grant at least once."""
    other = accounts.consumer
    builder = iam.Role(stack, "Grantee", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
    elsewhere = iam.Role.from_role_arn(stack, "Elsewhere", f"arn:aws:iam::{other}:role/deploy")
    api.grant_pull(builder)
    api.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
    api.grant_pull(elsewhere)
    api.grant_push(HUB)
    api.grant_promote(builder, source=trial)
    api.grant_read(builder)
    api.grant_administer(builder)
    api.grant_delete_images(builder)
    api.grant(builder, "ecr:StartImageScan")
    api.grant_pull_to_account(other)
    api.grant_pull_to_organization(ORGANIZATION)
    api.grant_pull_to_organization_paths(ORGANIZATION_PATH)
    api.grant_pull_to_role(f"arn:aws:iam::{other}:role/node")
    api.grant_push_to_role(f"arn:aws:iam::{accounts.registry}:role/ci")
    api.grant_pull_to_lambda(accounts.stranger)
    api.grant_pull_to_service("codebuild.amazonaws.com", source_account=accounts.registry)
    api.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Audit", actions=["ecr:DescribeImages"], principals=[iam.AccountPrincipal(accounts.stranger)]
        )
    )
    trial.grant_pull_push(builder)
    legacy.grant_pull(LAB)
    legacy.grant_pull_to_service(
        "codebuild.amazonaws.com",
        source_arn=f"arn:aws:codebuild:{MAIN}:{accounts.registry}:project/legacy-*",
    )
    plain = ecr.Repository(
        stack,
        "Plain",
        repository_name="dev/plain/api",
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        lifecycle_rules=[ecr.LifecycleRule(max_image_count=100)],
    )
    grants = RepositoryGrants.from_repository(plain)
    grants.pull_to_account(other)
    grants.push_by_pipeline(LAB)


def _fill_bridge(stack: cdk.Stack, registry: PrivateRegistry) -> None:
    harbor = BridgeRole(
        stack,
        "Harbor",
        assumed_by=TokenSubject(
            "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
            "system:serviceaccount:harbor:harbor-replication",
            audience="sts.amazonaws.com",
        ),
        create_provider=True,
        role_name="estate-harbor",
    )
    BridgeAccess(
        stack,
        "HarborAccess",
        registry=registry,
        role=harbor.role,
        product=EnterpriseRegistry.HARBOR,
        prefix="prod/harbor",
        may_create=True,
    )
    CreatedRepositoryBaseline(
        stack,
        "FromHarbor",
        registry=registry,
        prefix="prod/harbor",
        creators=[harbor.role.role_arn],
        options=CreationTemplateOptions(resource_tags={"origin": "harbor"}),
        topics=AlertTopics(stack, "BridgeAlerts", severities=["HIGH"]),
    )
    copier = BridgeRole(stack, "Copier", assumed_by=None)
    BridgeAccess(
        stack,
        "CopierAccess",
        registry=registry,
        role=copier.role,
        product="artifactory",
        prefix="prod/artifactory",
    )


def _fill_access(stack: cdk.Stack, registry: PrivateRegistry, accounts: Accounts) -> None:
    boundary = iam.ManagedPolicy(
        stack,
        "Boundary",
        statements=[
            iam.PolicyStatement(
                actions=["ecr:GetAuthorizationToken"],
                resources=["*"],
            )
        ],
    )
    hub = PipelineIdentityProvider(stack, "GitHub", identity=HUB)
    FederatedRole(stack, "Pipeline", identity=HUB, provider=hub.arn)
    ImagePullerRole(
        stack,
        "Customer",
        registry=registry,
        assumed_by=TrustedAccounts(accounts=[accounts.stranger], external_id="customer-4711"),
        prefixes=["prod/payments"],
        repositories=["base/python"],
        caches=["k8s"],
        create=False,
        role_name="estate-customer",
        max_session_duration=cdk.Duration.hours(2),
        permissions_boundary=boundary,
    )
    ImagePullerRole(
        stack,
        "Laboratory",
        registry=registry,
        assumed_by=LAB,
        create_provider=True,
        prefixes=["dev/search"],
    )
    ImagePullerRole(
        stack,
        "Reviewer",
        registry=registry,
        assumed_by=GitHubActions("acme/payments", pull_request=True),
        provider=hub.arn,
        prefixes=["dev/payments"],
    )
    ImagePusherRole(
        stack,
        "Payments",
        registry=registry,
        assumed_by=GitHubActions("acme/payments", environment="release", owner_id=123, repository_id=456),
        provider=hub.arn,
        prefixes=["prod/payments", "dev/payments"],
        repositories=["base/python"],
        can_pull=True,
        role_name="estate-payments",
        max_session_duration=cdk.Duration.hours(1),
        permissions_boundary=boundary,
    )
    ImagePusherRole(
        stack,
        "Search",
        registry=registry,
        assumed_by=GitLabPipelines("acme/search", tag="v1"),
        prefixes=["dev/search"],
        create_provider=False,
    )
    ImagePusherRole(
        stack,
        "Vendor",
        registry=registry,
        assumed_by=TrustedAccounts(
            roles=[f"arn:aws:iam::{accounts.stranger}:role/ci"],
            organization_id=ORGANIZATION,
            organization_paths=[ORGANIZATION_PATH],
        ),
        prefixes=["dev/vendor"],
    )


def _fill_alerts(stack: cdk.Stack, registry: PrivateRegistry) -> None:
    topics = AlertTopics(stack, "Alerts")
    topics.add_subscription(
        subscriptions.EmailSubscription("payments@example.com"),
        severities=["CRITICAL", "HIGH"],
        prefixes=["prod/payments"],
        repositories=["base/python"],
    )
    ScanFindingAlerts(
        stack,
        "Findings",
        registry=registry,
        severities=["CRITICAL", "HIGH", "MEDIUM"],
        enhanced_detail=EnhancedDetail.BOTH,
        topics=topics,
    )
    bus = events.CfnEventBus(stack, "Bus", name="estate-findings")
    passed_on = (
        ScanFindingAlerts(
            stack,
            "PassedOnFindings",
            topics=topics,
            event_bus_name="estate-findings",
            scan_type=ScanType.ENHANCED,
        ),
        OperationalAlerts(
            stack,
            "PassedOnFailures",
            signing=None,
            lifecycle=None,
            quotas=None,
            topics=topics,
            event_bus_name="estate-findings",
        ),
    )
    for alerts in passed_on:
        alerts.node.add_dependency(bus)
    OperationalAlerts(
        stack,
        "Operations",
        registry=registry,
        replication="HIGH",
        caches="HIGH",
        signing="MEDIUM",
        lifecycle="LOW",
        quotas="MEDIUM",
        quota_percentage=70,
        counted_repositories=["prod/payments/api"],
        topics=topics,
    )


def _fill_alerts_with_a_key(stack: cdk.Stack, registry: PrivateRegistry) -> None:
    AlertTopics(stack, "Alerts", severities=["LOW"], encryption_key=_key_arn(str(registry.account)))
    findings = ScanFindingAlerts(
        stack, "Findings", registry=registry, encryption_key=_key_arn(str(registry.account))
    )
    findings.add_subscription(subscriptions.EmailSubscription("security@example.com"))
    operations = OperationalAlerts(
        stack,
        "Operations",
        registry=registry,
        signed=["prod/*"],
        encryption_key=_key_arn(str(registry.account)),
    )
    operations.add_subscription(
        subscriptions.EmailSubscription("operations@example.com"), severities=["HIGH"]
    )


def _fill_foreign(stack: cdk.Stack) -> None:
    """Repositories of others, brought up to the baseline."""
    cdk.PropertyInjectors.of(stack).add(
        RepositoryDefaults(retention=Retention(keep=["v*"]), immutable_tags=True)
    )
    ecr.Repository(stack, "Theirs", repository_name="dev/theirs/api")
    ecr.CfnRepository(stack, "Low", repository_name="dev/theirs/low")
    baseline = RepositoryBaseline(
        retention=Retention(keep=["v*"]),
        replace_lifecycle=False,
        immutable_tags=True,
        keep_mutable=["dev/theirs/low"],
        tags={"owner": "them"},
        skip=["dev/theirs/skipped"],
    )
    cdk.Mixins.of(stack).apply(baseline)
    told = f"{len(baseline.changes)} changed, {len(baseline.left)} left as they are"
    cdk.CfnOutput(stack, "Baseline", value=told)


def _fill_public(stack: cdk.Stack, accounts: Accounts) -> None:
    agent = PublicRepository(
        stack,
        "Agent",
        reason="Customers install the agent from here; approved by security, 2026-10-01",
        repository_name="estate/agent",
        description="The agent that customers run",
        about="# Agent\nWhat it does.",
        usage="Run it.",
        architectures=["x86-64", "ARM 64"],
        operating_systems=["Linux"],
        owner="agents",
        tags={"cost-centre": "cc-4200"},
    )
    agent.grant_push(iam.Role(stack, "Release", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com")))
    agent.grant_push_to_role(f"arn:aws:iam::{accounts.registry}:role/agent-ci")


def _fill_organization(stack: cdk.Stack, accounts: Accounts) -> None:
    """What goes into other accounts of the organization, or comes from them."""
    InspectorAdministrator(stack, "Administrator", account=accounts.consumer)
    EventForwarding(
        stack,
        "Forward",
        bus_arn=f"arn:aws:events:{MAIN}:{accounts.stranger}:event-bus/findings",
        severities=[FindingSeverity.CRITICAL],
        name_prefix="estate",
    )
    OrganizationStackSet(
        stack,
        "Everywhere",
        stack_set_name="estate-everywhere",
        build=lambda inner: PrivateRegistry(inner, "Registry"),
        units=["ou-ab12-11111111"],
        regions=[MAIN, OTHER],
        description="A registry in every account",
        call_as=CallAs.DELEGATED_ADMIN,
        operation=StackSetOperation(
            max_concurrent_percentage=50,
            failure_tolerance_percentage=20,
            region_concurrency=RegionConcurrency.PARALLEL,
        ),
        retain_on_account_removal=False,
    )


def _key_arn(account: str, region: str = OTHER) -> str:
    return f"arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
