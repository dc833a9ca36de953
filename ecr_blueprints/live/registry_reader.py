"""Reads one account and Region's registry through ECR's API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.live.session import ecr_client
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.policy_document import parse_policy
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["EcrClient", "read_blob_mounting", "read_live_registry"]

_STACK_TAG = "aws:cloudformation:stack-name"
"""CloudFormation sets it on what it creates; what was released may keep it, so that it names no owner.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
"""


class EcrClient(Protocol):
    """What the reader needs of ``boto3.client("ecr")``: any of its read operations."""

    def get_paginator(self, operation_name: str) -> Any:
        """A paginator, as botocore makes it."""

    def describe_registry(self) -> Mapping[str, Any]:
        """Replication and the registry's id."""

    def get_registry_scanning_configuration(self) -> Mapping[str, Any]:
        """Scan type and rules."""

    def get_registry_policy(self) -> Mapping[str, Any]:
        """The registry policy, or RegistryPolicyNotFoundException."""

    def get_repository_policy(self, *, repositoryName: str) -> Mapping[str, Any]:
        """The repository policy, or RepositoryPolicyNotFoundException."""

    def get_lifecycle_policy(self, *, repositoryName: str) -> Mapping[str, Any]:
        """The lifecycle policy, or LifecyclePolicyNotFoundException."""

    def get_signing_configuration(self) -> Mapping[str, Any]:
        """The signing rules, or SigningConfigurationNotFoundException."""

    def list_pull_time_update_exclusions(self, **arguments: str) -> Mapping[str, Any]:
        """One page of the principals whose pulls do not count."""

    def get_account_setting(self, *, name: str) -> Mapping[str, Any]:
        """One setting of the account in the Region."""

    def list_tags_for_resource(self, *, resourceArn: str) -> Mapping[str, Any]:
        """A repository's tags."""


def read_live_registry(
    region: str,
    *,
    client: EcrClient | None = None,
    production: ProductionScope | None = None,
    concurrency: int = 1,
) -> Registry:
    """Reads everything that the read model holds, and changes nothing.

    Args:
        region: The Region.
        client: A boto3 ECR client of that Region. Default: one from the environment's credentials.
        production: How production is declared; a live registry does not say. Default: not declared.
        concurrency: The number of repositories that are asked about at the same time; each takes three
            calls. Default: one.

    Raises:
        MissingDependencyError: boto3 is not installed and no client was given.
        botocore.exceptions.ClientError: ECR refuses a read; the policy ``AmazonEC2ContainerRegistryReadOnly``
            and the ``ecr:Describe…``/``ecr:Get…`` actions of the registry level are needed.
    """
    ecr: EcrClient = ecr_client(region) if client is None else client
    described = ecr.describe_registry()
    account = str(described["registryId"])
    registry = Registry(
        account=account,
        region=region,
        production=ProductionScope() if production is None else production,
        repositories=tuple(_repositories(ecr, concurrency)),
        creation_templates=tuple(_templates(ecr, account, region)),
        cache_rules=tuple(_cache_rules(ecr, account, region)),
        pull_time_exclusions=tuple(_pull_time_exclusions(ecr)),
    )
    place = f"arn:aws:ecr:{region}:{account}"
    registry = registry.with_scanning(_scanning(ecr, SourceLocation(arn=f"{place}:registry-scanning")))
    text = _optional(ecr.get_registry_policy, "RegistryPolicyNotFoundException", "policyText")
    if text is not None:
        registry = registry.with_policy(
            RegistryPolicy(source=SourceLocation(arn=f"{place}:registry-policy"), policy=parse_policy(text))
        )
    replicated = described.get("replicationConfiguration", {}).get("rules", ())
    if replicated:
        registry = registry.with_replication(
            _replication(replicated, SourceLocation(arn=f"{place}:replication-configuration"))
        )
    signed = _present(ecr.get_signing_configuration, "SigningConfigurationNotFoundException")
    if signed is not None:
        registry = registry.with_signing(
            _signing(signed["signingConfiguration"], SourceLocation(arn=f"{place}:signing-configuration"))
        )
    return replace(registry, has_contract=True)


def read_blob_mounting(client: EcrClient) -> bool:
    """Whether a layer that one repository of the registry holds need not be pushed to another (facts §11).

    Args:
        client: A boto3 ECR client.
    """
    return bool(client.get_account_setting(name="BLOB_MOUNTING").get("value") == "ENABLED")


def _optional(call: Any, absent: str, member: str, **arguments: str) -> str | None:
    """One member of an answer, or None where ECR says that there is nothing."""
    answer = _present(call, absent, **arguments)
    return None if answer is None else str(answer[member])


def _present(call: Any, absent: str, **arguments: str) -> Mapping[str, Any] | None:
    """An answer, or None where ECR says that there is nothing."""
    from botocore.exceptions import ClientError

    try:
        answer: Mapping[str, Any] = call(**arguments)
        return answer
    except ClientError as error:
        if error.response["Error"]["Code"] == absent:
            return None
        raise


def _pages(ecr: EcrClient, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
    for page in ecr.get_paginator(operation).paginate():
        yield from page[member]


def _repositories(ecr: EcrClient, concurrency: int) -> Iterator[Repository]:
    found = sorted(
        _pages(ecr, "describe_repositories", "repositories"), key=lambda one: str(one["repositoryName"])
    )
    if concurrency == 1:
        yield from (_repository(ecr, one) for one in found)
        return
    with ThreadPoolExecutor(max_workers=concurrency) as workers:
        yield from workers.map(partial(_repository, ecr), found)


def _repository(ecr: EcrClient, found: Mapping[str, Any]) -> Repository:
    name, arn = str(found["repositoryName"]), str(found["repositoryArn"])
    policy = _optional(
        ecr.get_repository_policy, "RepositoryPolicyNotFoundException", "policyText", repositoryName=name
    )
    tags = ecr.list_tags_for_resource(resourceArn=arn).get("tags", [])
    return Repository(
        source=SourceLocation(arn=arn),
        name=name,
        tag_mutability=_mutability(found),
        lifecycle_policy=_optional(
            ecr.get_lifecycle_policy,
            "LifecyclePolicyNotFoundException",
            "lifecyclePolicyText",
            repositoryName=name,
        ),
        policy=None if policy is None else parse_policy(policy),
        encryption=_encryption(found),
        scan_on_push=bool(found.get("imageScanningConfiguration", {}).get("scanOnPush", False)),
        deletion_policy=None,
        tags={str(tag["Key"]): str(tag["Value"]) for tag in tags if not _is_system_tag(tag)},
        tagged_stack=next((str(tag["Value"]) for tag in tags if tag["Key"] == _STACK_TAG), None),
        is_cdk_asset_repository=name.startswith("cdk-") and "-container-assets-" in name,
    )


def _is_system_tag(tag: Mapping[str, Any]) -> bool:
    """Whether AWS set it: CloudFormation tags what it creates, and nobody can declare such a tag."""
    return str(tag["Key"]).startswith("aws:")


def _mutability(found: Mapping[str, Any]) -> TagMutability:
    return TagMutability(
        mode=MutabilityMode(found.get("imageTagMutability", MutabilityMode.MUTABLE)),
        exclusions=tuple(
            ExclusionFilter(str(one["filter"])) for one in found.get("imageTagMutabilityExclusionFilters", ())
        ),
    )


def _encryption(found: Mapping[str, Any]) -> Encryption:
    configuration = found.get("encryptionConfiguration") or {}
    return Encryption(
        type=EncryptionType(configuration.get("encryptionType", EncryptionType.AES256)),
        kms_key=configuration.get("kmsKey"),
    )


def _templates(ecr: EcrClient, account: str, region: str) -> Iterator[CreationTemplate]:
    for found in _pages(ecr, "describe_repository_creation_templates", "repositoryCreationTemplates"):
        policy = found.get("repositoryPolicy")
        yield CreationTemplate(
            source=SourceLocation(
                arn=f"arn:aws:ecr:{region}:{account}:repository-creation-template/{found['prefix']}"
            ),
            prefix=str(found["prefix"]),
            applied_for=tuple(AppliedFor(one) for one in found.get("appliedFor", ())),
            tag_mutability=_mutability(found),
            encryption=_encryption(found),
            lifecycle_policy=found.get("lifecyclePolicy"),
            policy=None if not policy else parse_policy(str(policy)),
            resource_tags={str(tag["Key"]): str(tag["Value"]) for tag in found.get("resourceTags", ())},
            custom_role_arn=found.get("customRoleArn"),
        )


def _cache_rules(ecr: EcrClient, account: str, region: str) -> Iterator[CacheRule]:
    for found in _pages(ecr, "describe_pull_through_cache_rules", "pullThroughCacheRules"):
        yield CacheRule(
            source=SourceLocation(
                arn=f"arn:aws:ecr:{region}:{account}:pull-through-cache-rule/{found['ecrRepositoryPrefix']}"
            ),
            prefix=str(found["ecrRepositoryPrefix"]),
            upstream_registry=found.get("upstreamRegistry"),
            upstream_registry_url=found.get("upstreamRegistryUrl"),
            upstream_prefix=_other_than(ROOT, found.get("upstreamRepositoryPrefix")),
            credential_arn=found.get("credentialArn"),
            custom_role_arn=found.get("customRoleArn"),
        )


def _scanning(ecr: EcrClient, source: SourceLocation) -> ScanningConfiguration:
    found = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    return ScanningConfiguration(
        source=source,
        scan_type=ScanType(found.get("scanType", ScanType.BASIC)),
        rules=tuple(
            ScanningRule(
                frequency=ScanFrequency(rule["scanFrequency"]),
                filters=_filters(rule),
            )
            for rule in found.get("rules", ())
        ),
    )


def _replication(rules: Sequence[Mapping[str, Any]], source: SourceLocation) -> ReplicationConfiguration:
    return ReplicationConfiguration(
        source=source,
        rules=tuple(
            ReplicationRule(
                source=source,
                destinations=tuple(
                    ReplicationDestination(region=str(one["region"]), registry_id=str(one["registryId"]))
                    for one in rule.get("destinations", ())
                ),
                filters=_filters(rule),
            )
            for rule in rules
        ),
    )


def _signing(configuration: Mapping[str, Any], source: SourceLocation) -> SigningConfiguration:
    return SigningConfiguration(
        source=source,
        rules=tuple(
            SigningRule(source=source, profile_arn=str(rule["signingProfileArn"]), filters=_filters(rule))
            for rule in configuration.get("rules", ())
        ),
    )


def _filters(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["filter"]) for one in rule.get("repositoryFilters", ()))


def _pull_time_exclusions(ecr: EcrClient) -> Iterator[PullTimeExclusion]:
    token: dict[str, str] = {}
    while True:
        page = ecr.list_pull_time_update_exclusions(**token)
        for arn in page.get("pullTimeUpdateExclusions", ()):
            yield PullTimeExclusion(source=SourceLocation(arn=str(arn)), principal_arn=str(arn))
        if not page.get("nextToken"):
            return
        token = {"nextToken": str(page["nextToken"])}


def _other_than(default: str, value: object) -> str | None:
    """A value that says more than the default does, which the read model leaves out."""
    return None if value is None or value == default else str(value)
