from __future__ import annotations

import json
from typing import Any

import pytest

from ecr_blueprints.review.rules.repository.resource_property import ResourcePropertyRule as RULE
from ecr_blueprints.review.verdict import Severity


def template(properties: Any, kind: str = "AWS::ECR::Repository", **sections: Any) -> str:
    return json.dumps({"Resources": {"Api": {"Type": kind, "Properties": properties}}, **sections})


@pytest.mark.parametrize(
    ("properties", "path", "fix"),
    [
        ({"EmptyOnDelete": {"a": 1}}, "EmptyOnDelete", "write true or false"),
        ({"EmptyOnDelete": None}, "EmptyOnDelete", "write true or false"),
        (
            {"ImageScanningConfiguration": True},
            "ImageScanningConfiguration",
            "write a mapping with ScanOnPush",
        ),
        ({"Tags": "x"}, "Tags", "write a list"),
        ({"Tags": {"owner": "x"}}, "Tags", "write a list"),
        ({"Tags": [{"Key": "a", "Value": ["b"]}]}, "Tags[0].Value", "write text"),
        (
            {"EncryptionConfiguration": {"EncryptionType": "kms"}},
            "EncryptionConfiguration.EncryptionType",
            "write AES256 or KMS or KMS_DSSE",
        ),
    ],
)
def test_a_value_of_a_wrong_type_is_an_error(judge, properties, path, fix):
    found = judge(RULE, template(properties)).only("Api")
    assert (found.granular, found.severity) == ("type", Severity.ERROR)
    assert (found.resource.property_path, found.fix) == (path, fix)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("LifeCyclePolicy", "LifecyclePolicy"),
        ("RepositoryPolicy", "RepositoryPolicyText"),
        ("repositoryName", "RepositoryName"),
        ("Tag", "Tags"),
    ],
)
def test_a_misspelled_property_is_an_error_with_the_name_that_is_meant(judge, name, nearest):
    found = judge(RULE, template({name: "x"})).only("Api")
    assert (found.granular, found.severity, found.resource.property_path) == ("unknown", Severity.ERROR, name)
    assert found.fix == f"write {nearest!r} if that is meant; else leave it out"


def test_a_property_like_no_other_may_be_newer_than_this_release(judge):
    found = judge(RULE, template({"Quantum": 1})).only("Api")
    assert (found.granular, found.severity) == ("unknown", Severity.WARNING)
    assert "EmptyOnDelete, EncryptionConfiguration" in found.fix


def test_members_of_lists_are_looked_into(judge):
    rules = [
        {"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": [{"FilterType": "PREFIX", "Filter": "*"}]}
    ]
    kind = "AWS::ECR::RegistryScanningConfiguration"
    found = judge(RULE, template({"ScanType": "BASIC", "Rules": rules}, kind)).only("Api")
    assert found.resource.property_path == "Rules[0].RepositoryFilters[0].FilterType"
    assert found.fix == "write WILDCARD"


@pytest.mark.parametrize(
    "properties",
    [
        {
            "EmptyOnDelete": "true",
            "Tags": [{"Key": "a", "Value": 5}],
            "RepositoryName": ["judged by its own rule"],
        },
        {"EmptyOnDelete": {"Ref": "Empty"}, "Tags": {"Fn::If": ["IsTagged", [], {"Ref": "AWS::NoValue"}]}},
        {"EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]}}},
        {"RepositoryPolicyText": {"anything": [1]}, "LifecyclePolicy": {"LifecyclePolicyText": {}}},
        {},
    ],
)
def test_right_values_and_those_of_the_deployment_are_taken(judge, properties):
    assert judge(RULE, template(properties)).findings == ()


def test_what_a_macro_rewrites_is_left_alone(judge):
    assert judge(RULE, template({"Retention": 5}, Transform="Company::Defaults")).findings == ()
