"""API parameters are held to the service model: what a client's own check lets through."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from emulator_process import Account, Emulator, error_of

from ecr_emulator.model_validation import EcrModel, matches


@pytest.mark.parametrize(
    ("call", "parameters", "where"),
    [
        ("create_repository", {}, "repositoryName"),
        ("create_repository", {"repositoryName": "A"}, "repositoryName"),
        ("create_repository", {"repositoryName": "aa", "imageTagMutability": "X"}, "imageTagMutability"),
        (
            "create_repository",
            {"repositoryName": "aa", "encryptionConfiguration": {"encryptionType": "NONE"}},
            "encryptionConfiguration.encryptionType",
        ),
        (
            "create_repository",
            {"repositoryName": "aa", "imageScanningConfiguration": {"scanOnPush": "x"}},
            "imageScanningConfiguration.scanOnPush",
        ),
        ("describe_repositories", {"repositoryNames": []}, "repositoryNames"),
        ("describe_repositories", {"maxResults": 1001}, "maxResults"),
        (
            "put_lifecycle_policy",
            {"repositoryName": "aa", "lifecyclePolicyText": "{}"},
            "lifecyclePolicyText",
        ),
        (
            "create_pull_through_cache_rule",
            {"ecrRepositoryPrefix": "a", "upstreamRegistryUrl": "quay.io"},
            "ecrRepositoryPrefix",
        ),
        (
            "put_registry_scanning_configuration",
            {"rules": [{"scanFrequency": "DAILY", "repositoryFilters": []}]},
            "rules[0].scanFrequency",
        ),
        ("put_replication_configuration", {"replicationConfiguration": {}}, "replicationConfiguration.rules"),
    ],
)
def test_refused_parameters(account: Account, call: str, parameters: dict[str, Any], where: str) -> None:
    code, message = error_of(getattr(account.ecr, call), **parameters)
    assert code == "InvalidParameterException"
    assert message.startswith(f"Invalid parameter at '{where}' failed to satisfy constraint")


def test_unknown_members_are_refused(tmp_path: Path) -> None:
    model = EcrModel.load()
    problems = list(model.problems("CreateRepositoryRequest", {"repositoryName": "aa", "color": 1}, ""))
    assert [member for member, _ in problems] == ["color"]


def test_operations_without_input_members(account: Account) -> None:
    assert account.ecr.describe_registry()["registryId"] == account.id


def test_what_is_not_emulated_says_so(account: Account) -> None:
    code, message = error_of(account.ecr.start_image_scan, repositoryName="aa", imageId={"imageTag": "x"})
    assert code == "UnsupportedOperationException"
    assert message == "ecr-emulator: StartImageScan is not emulated"


def test_no_calls_into_other_registries(account: Account) -> None:
    code, _ = error_of(account.ecr.describe_repositories, registryId="999999999999")
    assert code == "AccessDeniedException"


def test_tags(account: Account) -> None:
    arn = account.ecr.create_repository(repositoryName="aa")["repository"]["repositoryArn"]
    account.ecr.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    account.ecr.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert account.ecr.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "b", "Value": "2"}]
    code, _ = error_of(account.ecr.tag_resource, resourceArn=arn, tags=[{"Key": "aws:x", "Value": "1"}])
    assert code == "InvalidTagParameterException"
    many = [{"Key": str(number), "Value": "x"} for number in range(50)]
    assert error_of(account.ecr.tag_resource, resourceArn=arn, tags=many)[0] == "TooManyTagsException"


def test_the_scanning_filter_pattern_is_linear() -> None:
    published = r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$"
    started = time.monotonic()
    assert not matches(published, "a" * 255 + "!")
    assert time.monotonic() - started < 0.5
    for value, expected in {"prod": True, "prod/*": True, "*": True, "prod/": False, "a..b": False}.items():
        assert matches(published, value) is expected


def test_another_model_can_be_given(tmp_path: Path) -> None:
    import botocore

    installed = Path(botocore.__file__).parent / "data/ecr/2015-09-21/service-2.json.gz"
    model = json.loads(gzip.decompress(installed.read_bytes()))
    model["shapes"]["ImageTagMutability"]["enum"].append("FROZEN")
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(model))
    with Emulator("--model-path", str(path)) as emulator:
        ecr = Account(emulator.endpoint, "100000000000", "eu-west-1").ecr
        answer = ecr.create_repository(repositoryName="aa", imageTagMutability="FROZEN")
        assert answer["repository"]["imageTagMutability"] == "FROZEN"
