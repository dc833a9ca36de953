from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import find_violations, parse_lifecycle_policy, render_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.policy_text import MINIMUM_TEXT_LENGTH
from ecr_blueprints.lifecycle.rule import CountType, LifecycleRule, StorageClass, TagStatus

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "lifecycle-cases.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES["syntax_only"] + CASES["outcome_cases"], ids=lambda case: case["id"])
def test_every_example_of_aws_is_valid_and_survives_a_round_trip(case: dict[str, Any]) -> None:
    text = json.dumps({"rules": case["rules"]})
    assert find_violations(text) == ()
    rendered = render_lifecycle_policy(parse_lifecycle_policy(text))
    assert json.loads(rendered) == {"rules": case["rules"]}


def test_every_field_of_the_grammar_is_kept() -> None:
    text = (
        '{"rules":[{"rulePriority":10,"description":"keep it \\u00e9","selection":{"tagStatus":"tagged",'
        '"tagPrefixList":["v","w"],"storageClass":"standard","countType":"sinceImagePulled","countUnit":"days",'
        '"countNumber":60},"action":{"type":"transition","targetStorageClass":"archive"}}]}'
    )
    policy = parse_lifecycle_policy(text)
    assert policy.rules[0].description == "keep it é"
    assert policy.rules[0].tag_prefixes == ("v", "w")
    assert policy.rules[0].storage_class is StorageClass.STANDARD
    assert render_lifecycle_policy(policy) == text


def test_the_order_of_writing_is_kept() -> None:
    policy = LifecyclePolicy(
        (
            LifecycleRule.expire_untagged(after_days=1, priority=9),
            LifecycleRule.keep_newest("v*", images=5, priority=2),
        )
    )
    assert parse_lifecycle_policy(render_lifecycle_policy(policy)).rules == policy.rules
    assert [rule.priority for rule in policy.in_priority_order] == [2, 9]


def test_the_shortest_rule_there_is_renders_to_more_than_ecr_asks_for() -> None:
    shortest = LifecycleRule(
        priority=1,
        tag_status=TagStatus.ANY,
        count_type=CountType.IMAGE_COUNT_MORE_THAN,
        count_number=1,
        action="expire",  # type: ignore[arg-type]
    )
    text = render_lifecycle_policy(LifecyclePolicy((shortest,)))
    assert len(text) == 138
    assert len(text) >= MINIMUM_TEXT_LENGTH
    assert find_violations(text) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "null",
        "[]",
        '"rules"',
        "{",
        "[" * 200_000,
        '{"rules":' * 50_000,
        '{"rules":[' + "[" * 900 + "]" * 900 + "]}",
        "9" * 10_000,
        '{"rules":[{"rulePriority":' + "9" * 4_000 + "}]}",
        '{"rules":[{"rulePriority":' + "9" * 5_000 + "}]}",
        '{"rules":[{"rulePriority":1e400}]}',
        '{"rules":NaN}',
        '{"rules":[{"\ud800":"\ud800","description":"\ud800"}]}',
        "\x00" * 200,
        '{"rules":[' + "{}," * 9_000 + "{}]}",
        '{"rules":[' + ",".join(['{"a":1,"a":2}'] * 3_000) + "]}",
        "x" * 5_000_000,
    ],
    ids=range(19),
)
def test_no_text_makes_it_raise_anything_but_its_own_error(hostile: str) -> None:
    violations = find_violations(hostile)
    assert violations
    for violation in violations:
        str(violation).encode("utf-8")
        assert len(str(violation)) < 1_000
    with pytest.raises(LifecyclePolicyError):
        parse_lifecycle_policy(hostile)


def test_a_text_beyond_the_maximum_says_so() -> None:
    assert [one.constraint for one in find_violations("x" * 5_000_000)] == ["text-length"]
    short = find_violations('{"rules":[]}')
    assert [one.constraint for one in short] == ["text-length", "rules"]
    assert "12 characters" in short[0].message


def test_the_source_of_most_mistakes_gets_the_exact_correction() -> None:
    text = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {
                        "tagStatus": "tagged",
                        "tagPatternList": ["release-*"],
                        "countType": "sinceImagePushed",
                        "countNumber": 180,
                    },
                    "action": {"type": "archive"},
                }
            ]
        }
    )
    fixes = {one.constraint: one.fix for one in find_violations(text)}
    assert fixes == {
        "action": 'write "action":{"type":"transition","targetStorageClass":"archive"}',
        "countUnit": 'add "countUnit":"days"',
    }


def test_a_word_in_the_wrong_case_gets_the_right_one() -> None:
    text = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {
                        "tagStatus": "UNTAGGED",
                        "countType": "imageCountMoreThan",
                        "countNumber": 5,
                    },
                    "action": {"type": "EXPIRE"},
                }
            ]
        }
    )
    assert [one.fix for one in find_violations(text)] == ["write untagged", "write expire"]


def test_one_error_lists_all_violations_with_their_fixes() -> None:
    text = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 3,
                    "selection": {"tagStatus": "tagged", "countType": "sinceImagePulled", "countNumber": 0},
                    "action": {"type": "expire"},
                }
            ]
        }
    )
    with pytest.raises(LifecyclePolicyError) as refused:
        parse_lifecycle_policy(text)
    message = str(refused.value)
    for constraint in ("countNumber", "countUnit", "pulled-expire", "tag-list-required"):
        assert f"[{constraint}] rules[0]" in message
    assert message.count("; fix: ") == 5
    assert "rule 3" in message
