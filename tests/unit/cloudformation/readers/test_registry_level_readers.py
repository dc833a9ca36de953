from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

PARAMETER = {"Ref": "P"}
UNKNOWN = Unresolved("Ref: P", "parameter P")


def registry(resource_type: str, properties: Any) -> Registry:
    body = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {"R": {"Type": f"AWS::ECR::{resource_type}", "Properties": properties}},
    }
    (found,) = read_registries([Template.of(body, name="t.json")])
    return found


def scanning(properties: Any) -> ScanningConfiguration:
    return registry("RegistryScanningConfiguration", properties).scanning[0]


def creation_template(properties: Any) -> CreationTemplate:
    return registry("RepositoryCreationTemplate", properties).creation_templates[0]


def rule(frequency: Any, *filters: Any) -> dict[str, Any]:
    return {
        "ScanFrequency": frequency,
        "RepositoryFilters": [{"Filter": one, "FilterType": "WILDCARD"} for one in filters],
    }


def test_a_scanning_configuration_is_read() -> None:
    found = scanning(
        {"ScanType": "ENHANCED", "Rules": [rule("CONTINUOUS_SCAN", "prod/*"), rule("SCAN_ON_PUSH", "*")]}
    )

    assert found == ScanningConfiguration(
        source=found.source,
        scan_type=ScanType.ENHANCED,
        rules=(
            ScanningRule(frequency=ScanFrequency.CONTINUOUS_SCAN, filters=("prod/*",)),
            ScanningRule(frequency=ScanFrequency.SCAN_ON_PUSH, filters=("*",)),
        ),
    )


def test_what_is_wrong_with_a_scanning_configuration_is_kept() -> None:
    assert isinstance(scanning({}).scan_type, Malformed)
    assert scanning({}).rules == ()
    assert isinstance(scanning({"ScanType": "FULL"}).scan_type, Malformed)
    assert isinstance(scanning({"Rules": {}}).rules, Unresolved)
    for filters in ({}, ["prod"], [{}], [{"Filter": []}]):
        (one,) = scanning({"Rules": [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": filters}]}).rules
        assert isinstance(one, ScanningRule)
        assert isinstance(one.filters, Unresolved) or isinstance(one.filters[0], Unresolved)
    (first, second, third) = scanning({"Rules": [1, {}, rule("ALWAYS", [])]}).rules  # type: ignore[misc]
    assert isinstance(first, Unresolved)
    assert isinstance(second, ScanningRule)
    assert isinstance(second.frequency, Malformed)
    assert second.filters == ()
    assert isinstance(third, ScanningRule)
    assert isinstance(third.frequency, Malformed)
    assert isinstance(third.filters[0], Unresolved)  # type: ignore[index]


def test_what_is_unresolved_in_a_scanning_configuration_stays_in_its_place() -> None:
    assert scanning({"ScanType": PARAMETER}).scan_type == UNKNOWN
    assert scanning({"Rules": PARAMETER}).rules == UNKNOWN
    assert scanning({"Rules": [PARAMETER]}).rules == (UNKNOWN,)
    assert scanning({"Rules": [rule(PARAMETER, "a", PARAMETER)]}).rules == (
        ScanningRule(frequency=UNKNOWN, filters=("a", UNKNOWN)),
    )
    assert scanning({"Rules": [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": PARAMETER}]}).rules == (
        ScanningRule(frequency=ScanFrequency.SCAN_ON_PUSH, filters=UNKNOWN),
    )


def test_a_registry_policy_is_read() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "ecr:CreateRepository"}
    (found,) = registry("RegistryPolicy", {"PolicyText": {"Statement": [statement]}}).policies

    assert isinstance(found.policy, AccessPolicy)
    (missing,) = registry("RegistryPolicy", {}).policies
    assert missing == RegistryPolicy(source=missing.source, policy=Malformed("null", "PolicyText is missing"))


def test_a_creation_template_is_read() -> None:
    found = creation_template(
        {
            "Prefix": "docker-hub/",
            "AppliedFor": ["PULL_THROUGH_CACHE", "CREATE_ON_PUSH"],
            "ImageTagMutability": "IMMUTABLE",
            "EncryptionConfiguration": {"EncryptionType": "KMS"},
            "LifecyclePolicy": "{}",
            "ResourceTags": [{"Key": "team", "Value": "platform"}],
            "CustomRoleArn": "arn:aws:iam::111122223333:role/x",
        }
    )

    assert found == CreationTemplate(
        source=found.source,
        prefix="docker-hub/",
        applied_for=(AppliedFor.PULL_THROUGH_CACHE, AppliedFor.CREATE_ON_PUSH),
        tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE),
        encryption=Encryption(type=EncryptionType.KMS),
        lifecycle_policy="{}",
        resource_tags={"team": "platform"},
        custom_role_arn="arn:aws:iam::111122223333:role/x",
    )
    assert found.known_prefix == "docker-hub"


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({}, "prefix"),
        ({}, "applied_for"),
        ({"AppliedFor": "PULL_THROUGH_CACHE"}, "applied_for"),
        ({"AppliedFor": ["PUSH"]}, "applied_for"),
        ({"AppliedFor": [None]}, "applied_for"),
        ({"LifecyclePolicy": {"rules": []}}, "lifecycle_policy"),
        ({"RepositoryPolicy": {"Statement": []}}, "policy"),
    ],
)
def test_what_cloudformation_refuses_in_a_creation_template_is_malformed(properties: Any, field: str) -> None:
    assert isinstance(getattr(creation_template(properties), field), Malformed)


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"Prefix": PARAMETER}, "prefix"),
        ({"AppliedFor": PARAMETER}, "applied_for"),
        ({"AppliedFor": ["CREATE_ON_PUSH", PARAMETER]}, "applied_for"),
        ({"RepositoryPolicy": PARAMETER}, "policy"),
        ({"ResourceTags": PARAMETER}, "resource_tags"),
        ({"CustomRoleArn": PARAMETER}, "custom_role_arn"),
        ({"CustomRoleArn": []}, "custom_role_arn"),
    ],
)
def test_what_a_parameter_decides_in_a_creation_template_is_unresolved(properties: Any, field: str) -> None:
    assert isinstance(getattr(creation_template(properties), field), Unresolved)
