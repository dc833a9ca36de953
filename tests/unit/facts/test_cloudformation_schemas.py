"""Our facts against CloudFormation's resource schemas, as cfn-lint ships them.

A place where we differ on purpose stands in DIFFERENCES with its reason, and a reason that is no
longer needed fails too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from ecr_blueprints.cloudformation import property_types
from ecr_blueprints.domain import (
    creation_template,
    encryption,
    principals,
    quotas,
    repository_filter,
    repository_name,
    scanning,
    tags,
    upstream_registry,
)

TYPES = {
    "AWS::ECR::PublicRepository",
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::PullTimeUpdateExclusion",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::Repository",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::ECR::SigningConfiguration",
}

REPOSITORY = "AWS::ECR::Repository"
TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"
CACHE = "AWS::ECR::PullThroughCacheRule"
SCANNING = "AWS::ECR::RegistryScanningConfiguration"
SIGNING = "AWS::ECR::SigningConfiguration"
REPLICATION = "AWS::ECR::ReplicationConfiguration"
EXCLUSION = "AWS::ECR::PullTimeUpdateExclusion"
SCANNING_FILTER = "Rules/items/RepositoryFilters/items"
SIGNING_FILTER = "Rules/items/RepositoryFilters/items"
REPLICATION_RULE = "ReplicationConfiguration/Rules/items"
MUTABILITY_FILTER = "ImageTagMutabilityExclusionFilters/items"

PATTERNS = {
    (REPOSITORY, "RepositoryName"): repository_name.REPOSITORY_NAME_PATTERN,
    (
        REPOSITORY,
        f"{MUTABILITY_FILTER}/ImageTagMutabilityExclusionFilterValue",
    ): tags.EXCLUSION_FILTER_PATTERN,
    (TEMPLATE, f"{MUTABILITY_FILTER}/ImageTagMutabilityExclusionFilterValue"): tags.EXCLUSION_FILTER_PATTERN,
    (TEMPLATE, "Prefix"): repository_filter.PREFIX_PATTERN,
    (TEMPLATE, "CustomRoleArn"): creation_template.CUSTOM_ROLE_ARN_PATTERN,
    (TEMPLATE, "EncryptionConfiguration/KmsKey"): encryption.TEMPLATE_KMS_KEY_PATTERN,
    (CACHE, "EcrRepositoryPrefix"): repository_filter.PREFIX_PATTERN,
    (CACHE, "UpstreamRepositoryPrefix"): repository_filter.PREFIX_PATTERN,
    (CACHE, "CredentialArn"): upstream_registry.CREDENTIAL_SECRET_ARN_PATTERN,
    (SCANNING, f"{SCANNING_FILTER}/Filter"): repository_filter.SCANNING_FILTER_PATTERN,
    (SIGNING, f"{SIGNING_FILTER}/Filter"): repository_filter.SIGNING_FILTER_PATTERN,
    (
        REPLICATION,
        f"{REPLICATION_RULE}/RepositoryFilters/items/Filter",
    ): repository_filter.REPLICATION_FILTER_PATTERN,
    (REPLICATION, f"{REPLICATION_RULE}/Destinations/items/Region"): principals.REGION_PATTERN,
    (REPLICATION, f"{REPLICATION_RULE}/Destinations/items/RegistryId"): principals.ACCOUNT_ID_PATTERN,
    (EXCLUSION, "PrincipalArn"): principals.PULL_TIME_EXCLUSION_ARN_PATTERN,
}

LENGTHS: dict[tuple[str, str], tuple[int | None, int | None]] = {
    (REPOSITORY, "RepositoryName"): (
        repository_name.MIN_REPOSITORY_NAME_LENGTH,
        repository_name.MAX_REPOSITORY_NAME_LENGTH,
    ),
    (REPOSITORY, "EncryptionConfiguration/KmsKey"): (1, encryption.MAX_KMS_KEY_LENGTH),
    (REPOSITORY, f"{MUTABILITY_FILTER}/ImageTagMutabilityExclusionFilterValue"): (
        1,
        tags.MAX_EXCLUSION_FILTER_LENGTH,
    ),
    (REPOSITORY, "LifecyclePolicy/LifecyclePolicyText"): (100, quotas.LIFECYCLE_POLICY_LENGTH.value),
    (TEMPLATE, "Prefix"): (
        repository_filter.MIN_CREATION_TEMPLATE_PREFIX_LENGTH,
        repository_filter.MAX_CREATION_TEMPLATE_PREFIX_LENGTH,
    ),
    (TEMPLATE, "Description"): (0, creation_template.MAX_DESCRIPTION_LENGTH),
    (TEMPLATE, "CustomRoleArn"): (0, creation_template.MAX_CUSTOM_ROLE_ARN_LENGTH),
    (TEMPLATE, "LifecyclePolicy"): (100, quotas.LIFECYCLE_POLICY_LENGTH.value),
    (TEMPLATE, "RepositoryPolicy"): (0, quotas.POLICY_LENGTH.value),
    (CACHE, "EcrRepositoryPrefix"): (
        repository_filter.MIN_CACHE_PREFIX_LENGTH,
        repository_filter.MAX_CACHE_PREFIX_LENGTH,
    ),
    (CACHE, "UpstreamRepositoryPrefix"): (
        repository_filter.MIN_CACHE_PREFIX_LENGTH,
        repository_filter.MAX_CACHE_PREFIX_LENGTH,
    ),
    (CACHE, "CredentialArn"): (
        upstream_registry.MIN_CREDENTIAL_SECRET_ARN_LENGTH,
        upstream_registry.MAX_CREDENTIAL_SECRET_ARN_LENGTH,
    ),
    (SCANNING, f"{SCANNING_FILTER}/Filter"): (
        repository_filter.MIN_SCANNING_FILTER_LENGTH,
        repository_filter.MAX_SCANNING_FILTER_LENGTH,
    ),
    (SIGNING, f"{SIGNING_FILTER}/Filter"): (
        repository_filter.MIN_SIGNING_FILTER_LENGTH,
        repository_filter.MAX_SIGNING_FILTER_LENGTH,
    ),
    (REPLICATION, f"{REPLICATION_RULE}/RepositoryFilters/items/Filter"): (
        repository_filter.MIN_REPLICATION_FILTER_LENGTH,
        repository_filter.MAX_REPLICATION_FILTER_LENGTH,
    ),
    (EXCLUSION, "PrincipalArn"): (0, principals.MAX_PULL_TIME_EXCLUSION_ARN_LENGTH),
    ("AWS::ECR::RegistryPolicy", "PolicyText"): (0, quotas.POLICY_LENGTH.value),
}

COUNTS: dict[tuple[str, str], tuple[int | None, int | None]] = {
    (REPOSITORY, "ImageTagMutabilityExclusionFilters"): (1, tags.MAX_EXCLUSIONS),
    (REPOSITORY, "Tags"): (None, quotas.REPOSITORY_TAGS.value),
    (TEMPLATE, "ImageTagMutabilityExclusionFilters"): (1, tags.MAX_EXCLUSIONS),
    (TEMPLATE, "ResourceTags"): (None, quotas.REPOSITORY_TAGS.value),
    (SCANNING, "Rules"): (0, scanning.MAX_SCANNING_RULES),
    (SCANNING, "Rules/items/RepositoryFilters"): (0, scanning.MAX_FILTERS_PER_SCANNING_RULE),
    (SIGNING, "Rules"): (0, quotas.SIGNING_RULES.value),
    (SIGNING, "Rules/items/RepositoryFilters"): (1, quotas.FILTERS_PER_SIGNING_RULE.value),
    (REPLICATION, "ReplicationConfiguration/Rules"): (0, quotas.REPLICATION_RULES.value),
    (REPLICATION, f"{REPLICATION_RULE}/RepositoryFilters"): (0, quotas.FILTERS_PER_REPLICATION_RULE.value),
    (REPLICATION, f"{REPLICATION_RULE}/Destinations"): (1, quotas.REPLICATION_DESTINATIONS.value),
}

ENUMS: dict[tuple[str, str], Iterable[str]] = {
    (REPOSITORY, "ImageTagMutability"): tags.MutabilityMode,
    (REPOSITORY, "EncryptionConfiguration/EncryptionType"): encryption.EncryptionType,
    (REPOSITORY, f"{MUTABILITY_FILTER}/ImageTagMutabilityExclusionFilterType"): [tags.EXCLUSION_FILTER_TYPE],
    (TEMPLATE, "ImageTagMutability"): tags.MutabilityMode,
    (TEMPLATE, "EncryptionConfiguration/EncryptionType"): encryption.EncryptionType,
    (TEMPLATE, "AppliedFor/items"): creation_template.AppliedFor,
    (CACHE, "UpstreamRegistry"): upstream_registry.UpstreamRegistryKey,
    (SCANNING, "ScanType"): scanning.ScanType,
    (SCANNING, "Rules/items/ScanFrequency"): scanning.ScanFrequency,
    (SCANNING, f"{SCANNING_FILTER}/FilterType"): [repository_filter.SCANNING_FILTER_TYPE],
    (SIGNING, f"{SIGNING_FILTER}/FilterType"): [repository_filter.SIGNING_FILTER_TYPE],
    (REPLICATION, f"{REPLICATION_RULE}/RepositoryFilters/items/FilterType"): [
        repository_filter.REPLICATION_FILTER_TYPE
    ],
}

DIFFERENCES = {
    (
        REPOSITORY,
        "RepositoryName",
        "pattern",
    ): "CloudFormation's also holds the length, which we check apart",
    (SCANNING, f"{SCANNING_FILTER}/Filter", "pattern"): (
        "AWS's expression backtracks exponentially; ours is linear, shown equal in test_botocore_model"
    ),
    (TEMPLATE, "CustomRoleArn", "pattern"): (
        "CloudFormation would take a role without a name, and we do not; both refuse a path"
    ),
    (TEMPLATE, "EncryptionConfiguration/KmsKey", "pattern"): (
        "CloudFormation takes any text; the API wants a key's ARN and fails at deploy"
    ),
    (
        CACHE,
        "CredentialArn",
        "pattern",
    ): "CloudFormation takes any partition, the API aws and its relatives",
    (EXCLUSION, "PrincipalArn", "pattern"): "AWS's \\w would take letters beyond ASCII in Python's reading",
    (REPLICATION, f"{REPLICATION_RULE}/Destinations/items/Region", "pattern"): (
        "AWS's is so wide that it takes '12'; ours is the form of every Region's name"
    ),
    (
        SIGNING,
        "Rules",
        "maxItems",
    ): "CloudFormation says 50, the API 10: see quotas.SIGNING_RULES",
    (REPLICATION, "ReplicationConfiguration/Rules", "maxItems"): (
        "CloudFormation and the API say 25, the quota is 10: see quotas.REPLICATION_RULES"
    ),
    (REPLICATION, f"{REPLICATION_RULE}/Destinations", "maxItems"): (
        "the schema says 100 per rule, the quota 25 unique destinations over all rules"
    ),
    (SCANNING, "Rules/items/ScanFrequency", "enum"): "MANUAL is what the API reports; no rule can ask for it",
}


def without_spelling(pattern: str | None) -> str | None:
    """The expression without anchors, capturing groups and escapes that change nothing."""
    if pattern is None:
        return None
    text = pattern.removeprefix("^").removesuffix("$").replace("(?:", "(")
    return text.replace(r"\/", "/").replace("ecr\\-pull", "ecr-pull")


def judge(difference: tuple[str, str, str], ours: object, theirs: object) -> None:
    if difference in DIFFERENCES:
        assert ours != theirs, f"{difference} is no longer a difference: drop its reason"
    else:
        assert ours == theirs


def test_ecr_has_nine_resource_types(resource_schemas: Any) -> None:
    by_region = resource_schemas.types_by_region()
    assert len(by_region) > 30
    assert {name for names in by_region.values() for name in names if name.startswith("AWS::ECR::")} == TYPES


@pytest.mark.parametrize(("resource_type", "pointer"), PATTERNS)
def test_patterns_are_the_schemas(resource_schemas: Any, resource_type: str, pointer: str) -> None:
    theirs = resource_schemas.definition(resource_type, pointer).get("pattern")
    ours = PATTERNS[resource_type, pointer]
    judge((resource_type, pointer, "pattern"), without_spelling(ours), without_spelling(theirs))


@pytest.mark.parametrize(("resource_type", "pointer"), LENGTHS)
def test_lengths_are_the_schemas(resource_schemas: Any, resource_type: str, pointer: str) -> None:
    node = resource_schemas.definition(resource_type, pointer)
    for aspect, ours in zip(("minLength", "maxLength"), LENGTHS[resource_type, pointer], strict=True):
        judge((resource_type, pointer, aspect), ours, node.get(aspect))


@pytest.mark.parametrize(("resource_type", "pointer"), COUNTS)
def test_counts_are_the_schemas(resource_schemas: Any, resource_type: str, pointer: str) -> None:
    node = resource_schemas.definition(resource_type, pointer)
    for aspect, ours in zip(("minItems", "maxItems"), COUNTS[resource_type, pointer], strict=True):
        judge((resource_type, pointer, aspect), ours, node.get(aspect))


@pytest.mark.parametrize(("resource_type", "pointer"), ENUMS)
def test_names_are_the_schemas(resource_schemas: Any, resource_type: str, pointer: str) -> None:
    theirs = resource_schemas.definition(resource_type, pointer)["enum"]
    judge((resource_type, pointer, "enum"), sorted(ENUMS[resource_type, pointer]), sorted(theirs))


def test_every_difference_is_of_a_fact_that_is_compared() -> None:
    compared = {(*fact, "pattern") for fact in PATTERNS}
    compared |= {(*fact, aspect) for fact in LENGTHS for aspect in ("minLength", "maxLength")}
    compared |= {(*fact, aspect) for fact in COUNTS for aspect in ("minItems", "maxItems")}
    compared |= {(*fact, "enum") for fact in ENUMS}
    assert set(DIFFERENCES) <= compared


def test_what_the_schemas_say_where_we_differ(resource_schemas: Any) -> None:
    signing = resource_schemas.definition(SIGNING, "Rules")
    assert signing["maxItems"] == quotas.SIGNING_RULES_OF_CLOUDFORMATION.value
    replication = resource_schemas.definition(REPLICATION, "ReplicationConfiguration/Rules")
    assert replication["maxItems"] == quotas.REPLICATION_RULES_OF_API.value
    frequencies = resource_schemas.definition(SCANNING, "Rules/items/ScanFrequency")["enum"]
    allowed = set().union(*scanning.ALLOWED_SCAN_FREQUENCIES.values())
    assert set(frequencies) == allowed


def test_replication_rule_cannot_replicate_deletions(resource_schemas: Any) -> None:
    rule = resource_schemas.definition(REPLICATION, REPLICATION_RULE)
    assert set(rule["properties"]) == {"Destinations", "RepositoryFilters"}


def test_creation_template_has_no_scanning_property(resource_schemas: Any) -> None:
    assert set(resource_schemas.schema(TEMPLATE)["properties"]) == {
        "AppliedFor",
        "CreatedAt",
        "CustomRoleArn",
        "Description",
        "EncryptionConfiguration",
        "ImageTagMutability",
        "ImageTagMutabilityExclusionFilters",
        "LifecyclePolicy",
        "Prefix",
        "RepositoryPolicy",
        "ResourceTags",
        "UpdatedAt",
    }


@pytest.mark.parametrize(
    ("resource_type", "create_only"),
    [
        (
            REPOSITORY,
            {
                "RepositoryName",
                "EncryptionConfiguration",
                "EncryptionConfiguration/EncryptionType",
                "EncryptionConfiguration/KmsKey",
            },
        ),
        (TEMPLATE, {"Prefix"}),
        (
            CACHE,
            {
                "EcrRepositoryPrefix",
                "UpstreamRegistryUrl",
                "CredentialArn",
                "UpstreamRegistry",
                "CustomRoleArn",
                "UpstreamRepositoryPrefix",
            },
        ),
        (EXCLUSION, {"PrincipalArn"}),
    ],
)
def test_properties_whose_change_replaces_the_resource(
    resource_schemas: Any, resource_type: str, create_only: set[str]
) -> None:
    theirs = resource_schemas.schema(resource_type)["createOnlyProperties"]
    assert {pointer.removeprefix("/properties/") for pointer in theirs} == create_only


def test_scanning_rules_are_required(resource_schemas: Any) -> None:
    assert set(resource_schemas.schema(SCANNING)["required"]) == {"Rules", "ScanType"}


def test_a_role_with_a_path_is_refused_by_the_schema_too(resource_schemas: Any) -> None:
    theirs = resource_schemas.definition(TEMPLATE, "CustomRoleArn")["pattern"]
    assert re.search(theirs, "arn:aws:iam::111122223333:role/ecr-templates")
    assert not re.search(theirs, "arn:aws:iam::111122223333:role/platform/ecr-templates")


def test_the_review_knows_every_property_and_its_type(resource_schemas: Any) -> None:
    def compare(resource_type: str, shape: property_types.Shape, path: str) -> None:
        node = resource_schemas.definition(resource_type, path)
        if isinstance(shape, dict):
            assert set(shape) == set(node["properties"]), path
            for name, member in shape.items():
                compare(resource_type, member, f"{path}/{name}")
        elif isinstance(shape, list):
            assert node["type"] == "array", path
            compare(resource_type, shape[0], f"{path}/items")
        elif isinstance(shape, tuple):
            assert set(shape) == set(node["enum"]), path
        elif shape is not property_types.Kind.JUDGED:
            assert node["type"] == {"TEXT": "string", "BOOLEAN": "boolean"}[shape.name], path

    for resource_type, properties in property_types.PROPERTY_TYPES.items():
        schema = resource_schemas.schema(resource_type)
        read_only = {pointer.rpartition("/")[2] for pointer in schema.get("readOnlyProperties", ())}
        assert set(properties) == set(schema["properties"]) - read_only, resource_type
        for name, shape in properties.items():
            compare(resource_type, shape, name)
