"""Our facts against ECR's service model in botocore: news from AWS turns these tests red.

A place where we differ on purpose stands in DIFFERENCES with its reason, and a reason that is no
longer needed fails too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import botocore.loaders
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecr_blueprints.domain import (
    account_setting,
    actions,
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
from ecr_blueprints.errors import InvalidValueError

PATTERNS = {
    "RepositoryName": repository_name.REPOSITORY_NAME_PATTERN,
    "ScanningRepositoryFilterValue": repository_filter.SCANNING_FILTER_PATTERN,
    "SigningRepositoryFilterValue": repository_filter.SIGNING_FILTER_PATTERN,
    "RepositoryFilterValue": repository_filter.REPLICATION_FILTER_PATTERN,
    "Prefix": repository_filter.PREFIX_PATTERN,
    "PullThroughCacheRuleRepositoryPrefix": repository_filter.PREFIX_PATTERN,
    "ImageTagMutabilityExclusionFilterValue": tags.EXCLUSION_FILTER_PATTERN,
    "CredentialArn": upstream_registry.CREDENTIAL_SECRET_ARN_PATTERN,
    "KmsKeyForRepositoryCreationTemplate": encryption.TEMPLATE_KMS_KEY_PATTERN,
    "PrincipalArn": principals.PULL_TIME_EXCLUSION_ARN_PATTERN,
    "RegistryId": principals.ACCOUNT_ID_PATTERN,
    "Region": principals.REGION_PATTERN,
}

LIMITS: dict[str, tuple[int | None, int | None]] = {
    # lengths
    "RepositoryName": (
        repository_name.MIN_REPOSITORY_NAME_LENGTH,
        repository_name.MAX_REPOSITORY_NAME_LENGTH,
    ),
    "ScanningRepositoryFilterValue": (
        repository_filter.MIN_SCANNING_FILTER_LENGTH,
        repository_filter.MAX_SCANNING_FILTER_LENGTH,
    ),
    "SigningRepositoryFilterValue": (
        repository_filter.MIN_SIGNING_FILTER_LENGTH,
        repository_filter.MAX_SIGNING_FILTER_LENGTH,
    ),
    "RepositoryFilterValue": (
        repository_filter.MIN_REPLICATION_FILTER_LENGTH,
        repository_filter.MAX_REPLICATION_FILTER_LENGTH,
    ),
    "Prefix": (
        repository_filter.MIN_CREATION_TEMPLATE_PREFIX_LENGTH,
        repository_filter.MAX_CREATION_TEMPLATE_PREFIX_LENGTH,
    ),
    "PullThroughCacheRuleRepositoryPrefix": (
        repository_filter.MIN_CACHE_PREFIX_LENGTH,
        repository_filter.MAX_CACHE_PREFIX_LENGTH,
    ),
    "ImageTag": (1, tags.MAX_IMAGE_TAG_LENGTH),
    "ImageTagMutabilityExclusionFilterValue": (1, tags.MAX_EXCLUSION_FILTER_LENGTH),
    "CredentialArn": (
        upstream_registry.MIN_CREDENTIAL_SECRET_ARN_LENGTH,
        upstream_registry.MAX_CREDENTIAL_SECRET_ARN_LENGTH,
    ),
    "PrincipalArn": (None, principals.MAX_PULL_TIME_EXCLUSION_ARN_LENGTH),
    "KmsKey": (1, encryption.MAX_KMS_KEY_LENGTH),
    "KmsKeyForRepositoryCreationTemplate": (1, encryption.MAX_KMS_KEY_LENGTH),
    "CustomRoleArn": (None, creation_template.MAX_CUSTOM_ROLE_ARN_LENGTH),
    "RepositoryTemplateDescription": (None, creation_template.MAX_DESCRIPTION_LENGTH),
    "LifecyclePolicyText": (100, quotas.LIFECYCLE_POLICY_LENGTH.value),
    "LifecyclePolicyTextForRepositoryCreationTemplate": (0, quotas.LIFECYCLE_POLICY_LENGTH.value),
    "RepositoryPolicyText": (0, quotas.POLICY_LENGTH.value),
    "RegistryPolicyText": (0, quotas.POLICY_LENGTH.value),
    # counts
    "ImageTagMutabilityExclusionFilters": (1, tags.MAX_EXCLUSIONS),
    "RegistryScanningRuleList": (0, scanning.MAX_SCANNING_RULES),
    "ScanningRepositoryFilterList": (0, scanning.MAX_FILTERS_PER_SCANNING_RULE),
    "SigningRuleList": (0, quotas.SIGNING_RULES.value),
    "SigningRepositoryFilterList": (1, quotas.FILTERS_PER_SIGNING_RULE.value),
    "ReplicationRuleList": (0, quotas.REPLICATION_RULES.value),
    "RepositoryFilterList": (1, quotas.FILTERS_PER_REPLICATION_RULE.value),
    "PullTimeUpdateExclusionList": (0, quotas.PULL_TIME_UPDATE_EXCLUSIONS.value),
    "LayerPartBlob": (0, quotas.LAYER_PART_SIZE.value * 1024 * 1024),
}

ENUMS: dict[str, Iterable[str]] = {
    "ImageTagMutability": tags.MutabilityMode,
    "ImageTagMutabilityExclusionFilterType": [tags.EXCLUSION_FILTER_TYPE],
    "ScanType": scanning.ScanType,
    "ScanFrequency": scanning.ScanFrequency,
    "ScanningRepositoryFilterType": [repository_filter.SCANNING_FILTER_TYPE],
    "SigningRepositoryFilterType": [repository_filter.SIGNING_FILTER_TYPE],
    "RepositoryFilterType": [repository_filter.REPLICATION_FILTER_TYPE],
    "EncryptionType": encryption.EncryptionType,
    "RCTAppliedFor": creation_template.AppliedFor,
    "UpstreamRegistry": upstream_registry.UpstreamRegistryKey,
}

DIFFERENCES = {
    ("ScanningRepositoryFilterValue", "pattern"): (
        "AWS's expression backtracks exponentially; ours is its linear form, shown equal below"
    ),
    ("KmsKeyForRepositoryCreationTemplate", "pattern"): (
        "AWS also takes the empty text, for which we write no key at all; its second half lacks anchors"
    ),
    ("KmsKeyForRepositoryCreationTemplate", "min"): "the same empty text",
    ("PrincipalArn", "pattern"): "AWS's \\w would take letters beyond ASCII in Python's reading",
    ("Region", "pattern"): "ECR's is so wide that it takes '12'; ours is the form of every Region's name",
    (
        "ImageTag",
        "max",
    ): "ECR allows 300 characters, the OCI distribution specification 128: no client pushes more",
    ("ReplicationRuleList", "max"): (
        "the API takes 25 rules, the quota is 10 (25 in ca-central-1): see quotas.REPLICATION_RULES"
    ),
    ("LayerPartBlob", "max"): "the API takes 20 MiB, the quota is 10 MiB: see quotas.LAYER_PART_SIZE",
}


def without_spelling(pattern: str) -> str:
    """The expression without anchors, capturing groups and escapes that change nothing."""
    text = pattern.removeprefix("^").removesuffix("$").replace("(?:", "(")
    return text.replace(r"\/", "/").replace("ecr\\-pull", "ecr-pull")


def judge(difference: tuple[str, str], ours: object, theirs: object) -> None:
    if difference in DIFFERENCES:
        assert ours != theirs, f"{difference} is no longer a difference: drop its reason"
    else:
        assert ours == theirs


@pytest.mark.parametrize("shape", PATTERNS)
def test_patterns_are_the_models(service_model: Any, shape: str) -> None:
    theirs = service_model["shapes"][shape]["pattern"]
    judge((shape, "pattern"), without_spelling(PATTERNS[shape]), without_spelling(theirs))


@pytest.mark.parametrize("shape", LIMITS)
def test_limits_are_the_models(service_model: Any, shape: str) -> None:
    for aspect, ours in zip(("min", "max"), LIMITS[shape], strict=True):
        judge((shape, aspect), ours, service_model["shapes"][shape].get(aspect))


@pytest.mark.parametrize("shape", ENUMS)
def test_names_are_the_models(service_model: Any, shape: str) -> None:
    judge((shape, "enum"), sorted(ENUMS[shape]), sorted(service_model["shapes"][shape]["enum"]))


def test_every_difference_is_of_a_fact_that_is_compared() -> None:
    compared = {(shape, "pattern") for shape in PATTERNS}
    compared |= {(shape, aspect) for shape in LIMITS for aspect in ("min", "max")}
    compared |= {(shape, "enum") for shape in ENUMS}
    assert set(DIFFERENCES) <= compared


def test_what_the_model_says_where_we_differ(service_model: Any) -> None:
    shapes = service_model["shapes"]
    assert shapes["ReplicationRuleList"]["max"] == quotas.REPLICATION_RULES_OF_API.value
    assert shapes["ImageTag"]["max"] == 300
    assert shapes["LayerPartBlob"]["max"] == 20_971_520


def test_linear_scanning_filter_accepts_what_aws_pattern_accepts(service_model: Any) -> None:
    theirs = re.compile(service_model["shapes"]["ScanningRepositoryFilterValue"]["pattern"])
    ours = re.compile(repository_filter.SCANNING_FILTER_PATTERN)
    texts = ("".join(text) for length in range(7) for text in itertools.product("a*./!", repeat=length))
    outcomes = {True: 0, False: 0}
    for text in texts:
        accepted = theirs.fullmatch(text) is not None
        assert (ours.fullmatch(text) is not None) == accepted, text
        outcomes[accepted] += 1
    assert min(outcomes.values()) > 500


class Grammar(Protocol):
    def __call__(self, value: str, /) -> object: ...


GRAMMARS: dict[str, Grammar] = {
    "RepositoryName": repository_name.RepositoryName,
    "ScanningRepositoryFilterValue": repository_filter.ScanningFilter,
    "SigningRepositoryFilterValue": repository_filter.SigningFilter,
    "RepositoryFilterValue": repository_filter.ReplicationFilter,
    "Prefix": repository_filter.CreationTemplatePrefix,
    "PullThroughCacheRuleRepositoryPrefix": repository_filter.CachePrefix,
    "ImageTagMutabilityExclusionFilterValue": tags.ExclusionFilter,
    "PrincipalArn": principals.check_pull_time_exclusion_arn,
}


def is_accepted(grammar: Grammar, text: str) -> bool:
    try:
        grammar(text)
    except InvalidValueError:
        return False
    return True


def is_published(model: Mapping[str, Any], text: str) -> bool:
    in_length = model.get("min", 0) <= len(text) <= model["max"]
    return in_length and re.fullmatch(model["pattern"], text) is not None


# Generating from these expressions is slow, and the enumeration below covers the short texts.
@pytest.mark.parametrize("shape", GRAMMARS)
@settings(max_examples=10)
@given(data=st.data())
def test_what_aws_pattern_generates_is_accepted(service_model: Any, shape: str, data: st.DataObject) -> None:
    model = service_model["shapes"][shape]
    ascii_only = st.characters(codec="ascii")
    text = data.draw(st.from_regex(model["pattern"], fullmatch=True, alphabet=ascii_only))
    assert is_accepted(GRAMMARS[shape], text) == is_published(model, text)


@pytest.mark.parametrize("shape", GRAMMARS)
def test_short_texts_are_accepted_as_by_aws_pattern(service_model: Any, shape: str) -> None:
    model = service_model["shapes"][shape]
    start = "arn:aws:iam::111122223333:role/" if shape == "PrincipalArn" else ""
    accepted = 0
    for length in range(6):
        for characters in itertools.product("aA*._-/", repeat=length):
            text = start + "".join(characters)
            expected = is_published(model, text)
            assert is_accepted(GRAMMARS[shape], text) == expected, text
            accepted += expected
    assert accepted > 20


# ------------------------------------------------------------------------------------ account settings


def test_account_settings_are_those_that_the_model_names(service_model: Any) -> None:
    members = service_model["shapes"]["PutAccountSettingRequest"]["members"]
    named = re.findall(r"<code>([A-Z0-9_]+)</code>", members["name"]["documentation"])
    assert sorted(named) == sorted(account_setting.AccountSetting)
    values = re.findall(r"<code>([A-Z0-9_]+)</code>", members["value"]["documentation"])
    assert sorted(values) == sorted(
        value for allowed in account_setting.ACCOUNT_SETTING_VALUES.values() for value in allowed
    )


# --------------------------------------------------------------------------------------------- actions

OPERATION_SETS = (
    actions.AUTHORIZE,
    actions.PULL,
    actions.PUSH,
    actions.CREATE,
    actions.DELETE,
    actions.ADMIN,
    actions.REGISTRY_ADMIN,
    actions.READ,
)
WITHOUT_OPERATION = {"ecr:BatchImportUpstreamImage", "ecr:GetImageCopyStatus", "ecr:ReplicateImage"}


def test_every_operation_is_in_exactly_one_set(service_model: Any) -> None:
    classified = sorted(action for group in OPERATION_SETS for action in group)
    assert classified == sorted(f"ecr:{operation}" for operation in service_model["operations"])


def test_actions_without_operation_are_in_the_authorization_reference(iam_actions: frozenset[str]) -> None:
    beyond = {*actions.IMPORT_UPSTREAM, *actions.REPLICATE, *actions.UPSTREAM_COPY}
    operations = {action for group in OPERATION_SETS for action in group}
    assert beyond - operations == WITHOUT_OPERATION
    assert {action.removeprefix("ecr:").lower() for action in WITHOUT_OPERATION} <= iam_actions


def test_authorization_reference_knows_no_action_that_we_do_not(iam_actions: frozenset[str]) -> None:
    known = {action for group in OPERATION_SETS for action in group} | WITHOUT_OPERATION
    assert iam_actions <= {action.removeprefix("ecr:").lower() for action in known}


# ------------------------------------------------------------------------------------- members in use


def test_replication_rule_can_replicate_deletions_by_api(service_model: Any) -> None:
    assert set(service_model["shapes"]["ReplicationRule"]["members"]) == {
        "destinations",
        "repositoryFilters",
        "deleteReplication",
    }


def test_creation_template_has_no_scanning_member(service_model: Any) -> None:
    assert set(service_model["shapes"]["RepositoryCreationTemplate"]["members"]) == {
        "prefix",
        "description",
        "encryptionConfiguration",
        "resourceTags",
        "imageTagMutability",
        "imageTagMutabilityExclusionFilters",
        "repositoryPolicy",
        "lifecyclePolicy",
        "appliedFor",
        "customRoleArn",
        "createdAt",
        "updatedAt",
    }


@pytest.mark.parametrize("key", upstream_registry.UpstreamRegistryKey)
def test_upstream_hosts_are_those_that_the_model_documents(
    service_model: Any, key: upstream_registry.UpstreamRegistryKey
) -> None:
    text = service_model["shapes"]["CreatePullThroughCacheRuleRequest"]["members"]["upstreamRegistryUrl"][
        "documentation"
    ]
    documented = {
        name: host.replace("&lt;", "<").replace("&gt;", ">")
        for name, host in re.findall(r"\(<code>([a-z0-9-]+)</code>\)[^<]*<code>(\S+)</code>", text)
    }
    ours = upstream_registry.UpstreamRegistry.parse(key).url_form
    if key is upstream_registry.UpstreamRegistryKey.CHAINGUARD:
        assert key not in documented, "the model documents Chainguard's host now: drop this exception"
        return
    renamed = {"<custom>.azurecr.io": "<registry>.azurecr.io"}
    documented[key] = documented[key].replace("<accountId>", "<account>")
    assert renamed.get(documented[key], documented[key]) == ours


# -------------------------------------------------------------------- other services' models in botocore


def test_partitions_are_the_sdks() -> None:
    theirs = botocore.loaders.Loader().load_data("partitions")["partitions"]
    assert {(partition.name, partition.dns_suffix) for partition in principals.PARTITIONS} == {
        (partition["id"], partition["outputs"]["dnsSuffix"]) for partition in theirs
    }
    regions = 0
    for partition in theirs:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                assert principals.partition_of(region).name == partition["id"]
                assert re.fullmatch(partition["regionRegex"], region)
                regions += 1
    assert regions > 30


def test_organization_paths_are_made_of_the_ids_of_organizations() -> None:
    shapes = botocore.loaders.Loader().load_service_model("organizations", "service-2")["shapes"]
    organization, root, unit = (
        shapes[name]["pattern"].strip("^$") for name in ("OrganizationId", "RootId", "OrganizationalUnitId")
    )
    assert organization == principals.ORGANIZATION_ID_PATTERN
    assert rf"{organization}/(?:\*|{root}/(?:{unit}/)*(?:\*|ou-\*)?)" == principals.ORGANIZATION_PATH_PATTERN
