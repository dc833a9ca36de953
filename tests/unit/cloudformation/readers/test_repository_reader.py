from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

PARAMETER = {"Ref": "P"}


def repository(properties: Any = None, **attributes: Any) -> Repository:
    declaration: dict[str, Any] = {"Type": "AWS::ECR::Repository", **attributes}
    if properties is not None:
        declaration["Properties"] = properties
    body = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"R": declaration}}
    (registry,) = read_registries([Template.of(body, name="t.json")])
    return registry.repositories[0]


def test_what_is_not_set_has_cloudformations_default() -> None:
    found = repository()

    assert found == Repository(source=found.source, name=None)
    assert found.deletion_policy == DeletionPolicy(on_delete="Delete", on_replace="Delete")
    assert found.tag_mutability.mode is MutabilityMode.MUTABLE  # type: ignore[union-attr]


def test_every_property_is_read() -> None:
    found = repository(
        {
            "RepositoryName": "team/app",
            "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
            "ImageTagMutabilityExclusionFilters": [
                {
                    "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                    "ImageTagMutabilityExclusionFilterValue": "dev-*",
                }
            ],
            "LifecyclePolicy": {"LifecyclePolicyText": "{}"},
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": "alias/x"},
            "ImageScanningConfiguration": {"ScanOnPush": "true"},
            "EmptyOnDelete": True,
            "Tags": [{"Key": "team", "Value": "payments"}, {"Key": "n", "Value": 1}],
        },
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )

    assert found == Repository(
        source=found.source,
        name="team/app",
        tag_mutability=TagMutability(
            mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("dev-*"),)
        ),
        lifecycle_policy="{}",
        encryption=Encryption(type=EncryptionType.KMS, kms_key="alias/x"),
        scan_on_push=True,
        empty_on_delete=True,
        tags={"team": "payments", "n": "1"},
        deletion_policy=DeletionPolicy(on_delete="RetainExceptOnCreate", on_replace="Retain"),
    )


@pytest.mark.parametrize(
    ("properties", "field", "reason"),
    [
        ({"RepositoryName": ["a"]}, "name", "RepositoryName is a list, not text"),
        ({"RepositoryName": None}, "name", "null"),
        ({"ImageTagMutability": "immutable"}, "tag_mutability", "none of MUTABLE, IMMUTABLE"),
        ({"ImageTagMutability": {}}, "tag_mutability", "a mapping, not text"),
        ({"ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}, "tag_mutability", "0 exclusion filters"),
        ({"ImageTagMutabilityExclusionFilters": {}}, "tag_mutability", "not a list"),
        ({"ImageTagMutabilityExclusionFilters": ["dev-*"]}, "tag_mutability", "no mapping"),
        (
            {"ImageTagMutabilityExclusionFilters": [{"ImageTagMutabilityExclusionFilterType": "WILDCARD"}]},
            "tag_mutability",
            "ImageTagMutabilityExclusionFilterValue is missing",
        ),
        (
            {"ImageTagMutabilityExclusionFilters": [{"ImageTagMutabilityExclusionFilterValue": "x"}]},
            "tag_mutability",
            "is not WILDCARD",
        ),
        (
            {
                "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                "ImageTagMutabilityExclusionFilters": [
                    {
                        "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                        "ImageTagMutabilityExclusionFilterValue": "a b",
                    }
                ],
            },
            "tag_mutability",
            "not a tag mutability exclusion filter",
        ),
        ({"LifecyclePolicy": "{}"}, "lifecycle_policy", "no mapping with LifecyclePolicyText"),
        ({"LifecyclePolicy": {"LifecyclePolicyText": {"rules": []}}}, "lifecycle_policy", "takes JSON text"),
        ({"RepositoryPolicyText": [1]}, "policy", "no policy document"),
        ({"EncryptionConfiguration": {}}, "encryption", "no EncryptionType"),
        ({"EncryptionConfiguration": {"EncryptionType": "kms"}}, "encryption", "none of AES256"),
        ({"EncryptionConfiguration": "KMS"}, "encryption", "no mapping"),
    ],
)
def test_what_cloudformation_or_ecr_refuses_is_malformed(properties: Any, field: str, reason: str) -> None:
    value = getattr(repository(properties), field)

    assert isinstance(value, Malformed)
    assert reason in value.reason


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"ImageScanningConfiguration": "x"}, "scan_on_push"),
        ({"ImageScanningConfiguration": {"ScanOnPush": "x"}}, "scan_on_push"),
        ({"EmptyOnDelete": "perhaps"}, "empty_on_delete"),
        ({"EmptyOnDelete": None}, "empty_on_delete"),
        ({"Tags": {"team": "x"}}, "tags"),
        ({"Tags": [{"Value": "x"}]}, "tags"),
        ("text", "name"),
        ([], "policy"),
        ([], "tag_mutability"),
    ],
)
def test_a_wrong_value_without_a_place_for_it_is_unresolved_and_says_so(properties: Any, field: str) -> None:
    value = getattr(repository(properties), field)

    assert isinstance(value, Unresolved)
    assert "well-formed value" in value.depends_on


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        (PARAMETER, "name"),
        ({"Fn::If": ["X", {}, {"RepositoryName": "a"}]}, "policy"),
        ({"RepositoryName": PARAMETER}, "name"),
        ({"ImageTagMutability": PARAMETER}, "tag_mutability"),
        ({"ImageTagMutabilityExclusionFilters": [PARAMETER]}, "tag_mutability"),
        (
            {"ImageTagMutabilityExclusionFilters": [{"ImageTagMutabilityExclusionFilterType": PARAMETER}]},
            "tag_mutability",
        ),
        ({"LifecyclePolicy": PARAMETER}, "lifecycle_policy"),
        ({"LifecyclePolicy": {"LifecyclePolicyText": PARAMETER}}, "lifecycle_policy"),
        ({"RepositoryPolicyText": PARAMETER}, "policy"),
        ({"EncryptionConfiguration": PARAMETER}, "encryption"),
        ({"ImageScanningConfiguration": PARAMETER}, "scan_on_push"),
        ({"ImageScanningConfiguration": {"ScanOnPush": PARAMETER}}, "scan_on_push"),
        ({"EmptyOnDelete": PARAMETER}, "empty_on_delete"),
        ({"Tags": PARAMETER}, "tags"),
        ({"Tags": [{"Key": PARAMETER, "Value": "x"}]}, "tags"),
    ],
)
def test_what_a_parameter_decides_is_unresolved(properties: Any, field: str) -> None:
    assert isinstance(getattr(repository(properties), field), Unresolved)


def test_a_part_that_is_unresolved_leaves_the_rest_known() -> None:
    found = repository(
        {
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": PARAMETER},
            "Tags": [{"Key": "team", "Value": PARAMETER}],
        },
        DeletionPolicy=PARAMETER,
    )

    unknown = Unresolved("Ref: P", "parameter P")
    assert found.encryption == Encryption(type=EncryptionType.KMS, kms_key=unknown)
    assert found.tags == {"team": unknown}
    assert found.deletion_policy == DeletionPolicy(on_delete=unknown)


def test_no_value_is_not_set() -> None:
    found = repository({"RepositoryName": {"Ref": "AWS::NoValue"}}, DeletionPolicy={"Ref": "AWS::NoValue"})

    assert found == Repository(source=found.source, name=None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cdk-hnb659fds-container-assets-111122223333-eu-west-1", True),
        (
            {
                "Fn::If": [
                    "HasCustomContainerAssetsRepositoryName",
                    {"Fn::Sub": "${ContainerAssetsRepositoryName}"},
                    {"Fn::Sub": "cdk-${Qualifier}-container-assets-${AWS::AccountId}-${AWS::Region}"},
                ]
            },
            True,
        ),
        ("team/cdk-x-container-assets-1", False),
        ("cdk-tools", False),
        (PARAMETER, False),
        (None, False),
    ],
)
def test_the_cdks_own_asset_repository_is_recognized(name: Any, expected: bool) -> None:
    properties = {} if name is None else {"RepositoryName": name}

    assert repository(properties).is_cdk_asset_repository is expected


def test_a_long_value_is_shortened_for_display() -> None:
    value = repository({"RepositoryName": ["x" * 500]}).name

    assert isinstance(value, Malformed)
    assert len(value.value) == 80
    assert value.value.endswith("…")
