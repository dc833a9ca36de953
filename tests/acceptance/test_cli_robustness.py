"""Whatever a template holds, the review answers: no defect, no line too wide, no broken contract."""

from __future__ import annotations

import copy
import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecr_blueprints.cli.main import main

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "finding-schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["v*", "release-*"],
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 30,
            },
            "action": {"type": "expire"},
        }
    ]
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": ["*", "arn:aws:iam::111122223333:root"]},
            "Action": ["ecr:BatchGetImage", "ecr:PutImages"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-exampleorg"]}},
        }
    ],
}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String", "Default": "prod/a"}},
    "Mappings": {"Stage": {"prod": {"Name": "b"}}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Name"}, "prod/a"]}},
    "Resources": {
        "Api": {
            "Type": "AWS::ECR::Repository",
            "Condition": "IsProd",
            "Properties": {
                "RepositoryName": {"Fn::Sub": ["${Name}/${Part}", {"Part": {"Ref": "Name"}}]},
                "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                "ImageTagMutabilityExclusionFilters": [
                    {
                        "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                        "ImageTagMutabilityExclusionFilterValue": "v*",
                    }
                ],
                "LifecyclePolicy": {"LifecyclePolicyText": json.dumps(LIFECYCLE)},
                "RepositoryPolicyText": POLICY,
                "EncryptionConfiguration": {
                    "EncryptionType": "KMS",
                    "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]},
                },
                "Tags": [{"Key": "owner", "Value": {"Fn::FindInMap": ["Stage", "prod", "Name"]}}],
                "EmptyOnDelete": True,
            },
            "DeletionPolicy": "Retain",
            "Metadata": {"aws:cdk:path": "Payments/Api/Resource"},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Name": "ecr-pullthroughcache/hub",
                "GenerateSecretString": {"SecretStringTemplate": "{}"},
            },
        },
        "Cache": {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {
                "EcrRepositoryPrefix": "hub",
                "UpstreamRegistry": "docker-hub",
                "UpstreamRegistryUrl": "registry-1.docker.io",
                "CredentialArn": {"Ref": "Secret"},
            },
        },
        "Template": {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {
                "Prefix": "hub",
                "AppliedFor": ["PULL_THROUGH_CACHE"],
                "LifecyclePolicy": json.dumps(LIFECYCLE),
                "RepositoryPolicy": json.dumps(POLICY),
                "ResourceTags": [{"Key": "a", "Value": "b"}],
            },
        },
        "Scanning": {
            "Type": "AWS::ECR::RegistryScanningConfiguration",
            "Properties": {
                "ScanType": "ENHANCED",
                "Rules": [
                    {
                        "ScanFrequency": "SCAN_ON_PUSH",
                        "RepositoryFilters": [{"Filter": "prod/*", "FilterType": "WILDCARD"}],
                    }
                ],
            },
        },
        "RegistryPolicy": {"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": POLICY}},
    },
}
JUNK = st.sampled_from(
    [
        *(None, True, 0, -1, 1.5, "", " ", "*", "größe\x1b\n", "x" * 300, [], {}, [[]], [None], {"": None}),
        *({"Ref": "Name"}, {"Ref": None}, {"Ref": "No"}, {"Fn::Join": 1}, {"Fn::Join": ["", ["a", None]]}),
        *({"Fn::Sub": []}, {"Fn::Sub": "${"}, {"Fn::GetAtt": "Api"}, {"Fn::If": ["IsProd", "a"]}),
        *(
            {"Fn::If": ["IsProd", "a", {"Ref": "AWS::NoValue"}]},
            {"Fn::FindInMap": [1]},
            {"Fn::Select": ["9", []]},
        ),
        *("{", "[]", "null", '{"rules": null}', '{"rules": [{"selection": []}]}', '{"Statement": [1]}'),
        {"Fn::Transform": {"Name": "AWS::Include"}},
    ]
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, entry in entries:
        yield from places(entry, (*path, key))


PLACES = [path for path in places(TEMPLATE) if path != ("Resources",)]


def changed(changes: list[tuple[tuple[str | int, ...], Any]]) -> dict[str, Any]:
    template = copy.deepcopy(TEMPLATE)
    for path, junk in changes:
        value: Any = template
        try:
            for key in path[:-1]:
                value = value[key]
            value[path[-1]] = copy.deepcopy(junk)
        except (KeyError, IndexError, TypeError):
            continue  # An earlier change took this place away.
    return template


def review(template: dict[str, Any], *options: str) -> tuple[int, str, str]:
    given_input = sys.stdin
    sys.stdin = io.StringIO(json.dumps(template))
    try:
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            code = main(["review", "-", *options])
    finally:
        sys.stdin = given_input
    return code, out.getvalue(), err.getvalue()


def test_the_template_itself_is_read() -> None:
    code, out, err = review(TEMPLATE, "--format", "json")

    assert (code, err) == (1, "")
    assert json.loads(out)["summary"]["repositories"] == 1


@example([(("Resources", "Secret", "Type"), [])])
@example([(("Resources", "Api", "Properties", "RepositoryName", "Fn::Sub", 1, "Part"), None)])
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4))
def test_no_value_anywhere_is_a_defect(changes: list[tuple[tuple[str | int, ...], Any]]) -> None:
    template = changed(changes)

    code, out, err = review(template, "--show-open")
    json_code, document, json_err = review(template, "--show-open", "--format", "json")

    assert "unexpected" not in err
    assert (code, err) == (json_code, json_err)
    if code == 2:
        assert out == ""
        assert err.count("\n") == 1
    else:
        assert err == ""
        assert [line for line in out.splitlines() if len(line) > 80 or not line.isprintable()] == []
        assert list(VALIDATOR.iter_errors(json.loads(document))) == []


def test_a_path_that_is_an_unset_variable_is_not_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "template.json").write_text(json.dumps(TEMPLATE))
    monkeypatch.chdir(tmp_path)

    assert main(["review", ""]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "one of the paths is empty" in output.err


@pytest.mark.parametrize("properties", [[], "text", 1, None])
def test_properties_that_are_no_mapping_are_one_mistake(
    properties: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "template.json"
    resource = {
        "Type": "AWS::ECR::Repository",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }
    path.write_text(json.dumps({"Resources": {"Api": resource}}))

    assert main(["review", str(path), "--format", "json", "--fail-on", "note"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["granularId"] == "ECR105[type]"
    assert finding["resource"]["property"] == "Properties"
