"""Lifecycle policy texts that ECR refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_process import Account, error_of

from ecr_emulator.errors import EcrError
from ecr_emulator.lifecycle_grammar import check_lifecycle_policy

DAYS = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
COUNT = {"countType": "imageCountMoreThan", "countNumber": 3}
PULLED = {"countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90}
ARCHIVED = {
    "storageClass": "archive",
    "countType": "sinceImageTransitioned",
    "countUnit": "days",
    "countNumber": 365,
}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def rule(
    priority: Any, status: str, count: dict[str, Any], action: dict[str, Any], **more: Any
) -> dict[str, Any]:
    selection = {"tagStatus": status, **count, **more}
    return {"rulePriority": priority, "selection": selection, "action": action}


@pytest.mark.parametrize(
    "rules",
    [
        [rule(1, "any", DAYS, EXPIRE)],
        [rule(1, "untagged", COUNT, EXPIRE)],
        [rule(1, "tagged", DAYS, EXPIRE, tagPatternList=["prod*"])],
        [rule(7, "tagged", COUNT, EXPIRE, tagPrefixList=["prod"]) | {"description": "keep three"}],
        [rule(1, "any", PULLED, ARCHIVE), rule(2, "any", ARCHIVED, EXPIRE)],
        [rule(2, "any", COUNT, EXPIRE), rule(1, "untagged", DAYS, EXPIRE)],
        [
            rule(1, "tagged", DAYS, ARCHIVE, tagPatternList=["r-*"]),
            rule(2, "tagged", ARCHIVED, EXPIRE, tagPatternList=["r-*"]),
        ],
    ],
)
def test_valid(rules: list[dict[str, Any]]) -> None:
    check_lifecycle_policy(json.dumps({"rules": rules}), "LifecyclePolicyText")


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ([], "1 to 50 rules"),
        ([rule(1, "any", DAYS, EXPIRE)] * 51, "1 to 50 rules"),
        (["x"], "rule must be an object"),
        ([{"rulePriority": 1}], "member 'action' of rule is missing"),
        ([rule(1, "any", DAYS, EXPIRE) | {"extra": 1}], "unknown member 'extra' of rule"),
        ([rule(0, "any", DAYS, EXPIRE)], "rulePriority must be an integer"),
        ([rule("1", "any", DAYS, EXPIRE)], "rulePriority must be an integer"),
        ([rule(1, "some", DAYS, EXPIRE)], "tagStatus 'some'"),
        ([rule(1, "tagged", DAYS, EXPIRE)], "Must specify tagPrefixList or tagPatternList"),
        ([rule(1, "any", DAYS, EXPIRE, tagPatternList=["x"])], "only allowed with tagStatus tagged"),
        ([rule(1, "tagged", DAYS, EXPIRE, tagPatternList=[])], "list of at least one string"),
        ([rule(1, "tagged", DAYS, EXPIRE, tagPatternList=["*" * 5])], "at most 4 wildcards"),
        (
            [rule(1, "tagged", DAYS, EXPIRE, tagPatternList=["a"], tagPrefixList=["a"])],
            "exclude each other",
        ),
        ([rule(1, "any", DAYS, EXPIRE, countType="age")], "countType 'age'"),
        ([rule(1, "any", DAYS, {"type": "archive"})], "action type 'archive'"),
        ([rule(1, "any", DAYS, {"type": "transition"})], "needs targetStorageClass archive"),
        (
            [rule(1, "any", DAYS, {"type": "expire", "targetStorageClass": None})],
            "member 'targetStorageClass' of action is null",
        ),
        ([rule(1, "any", DAYS, ARCHIVE | {"type": "expire"})], "not allowed with expire"),
        ([rule(1, "any", PULLED, EXPIRE)], "sinceImagePulled does not go with action expire"),
        ([rule(1, "any", ARCHIVED, ARCHIVE)], "sinceImageTransitioned does not go with action transition"),
        ([rule(1, "any", ARCHIVED, EXPIRE, countNumber=89)], "at least 90"),
        ([rule(1, "any", ARCHIVED, EXPIRE, storageClass="standard")], "storageClass must be archive"),
        ([rule(1, "any", DAYS, EXPIRE, storageClass="archive")], "storageClass must be standard"),
        ([rule(1, "any", COUNT, EXPIRE, countUnit="days")], "countUnit is not allowed"),
        ([rule(1, "any", DAYS, EXPIRE, countUnit="weeks")], "countUnit must be days"),
        ([rule(1, "any", DAYS, EXPIRE, countNumber=0)], "countNumber must be an integer"),
        ([rule(1, "untagged", DAYS, EXPIRE), rule(1, "any", DAYS, EXPIRE)], "rulePriority must be unique"),
        ([rule(1, "any", DAYS, EXPIRE), rule(2, "untagged", DAYS, EXPIRE)], "lowest priority per storage"),
        ([rule(1, "untagged", DAYS, EXPIRE), rule(2, "untagged", COUNT, EXPIRE)], "Only one rule can select"),
        (
            [
                rule(1, "tagged", DAYS, EXPIRE, tagPatternList=["a", "b"]),
                rule(2, "tagged", COUNT, EXPIRE, tagPatternList=["b", "a"]),
            ],
            "unique set of prefixes",
        ),
    ],
)
def test_invalid(rules: list[Any], problem: str) -> None:
    with pytest.raises(EcrError, match="Lifecycle policy validation failure") as refusal:
        check_lifecycle_policy(json.dumps({"rules": rules}), "LifecyclePolicyText")
    assert refusal.value.code == "InvalidParameterException"
    assert problem in refusal.value.message


@pytest.mark.parametrize("text", ["[]", "null", '{"rules":{}}', '{"rules":[],"more":1}'])
def test_not_a_policy(text: str) -> None:
    with pytest.raises(EcrError, match='one member "rules"'):
        check_lifecycle_policy(text, "LifecyclePolicyText")


def test_the_api_refuses_it_too(account: Account) -> None:
    account.ecr.create_repository(repositoryName="app")
    text = json.dumps({"rules": [rule(1, "any", PULLED, EXPIRE)]})
    code, message = error_of(account.ecr.put_lifecycle_policy, repositoryName="app", lifecyclePolicyText=text)
    assert code == "InvalidParameterException"
    assert message.startswith("Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint")
    code, _ = error_of(account.ecr.get_lifecycle_policy, repositoryName="app")
    assert code == "LifecyclePolicyNotFoundException"
