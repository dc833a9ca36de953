from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import ActionType, CountType, LifecycleRule, StorageClass

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "lifecycle-cases.json").read_text("utf-8")
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def image(digest: str, *tags: str, days: float, **fields: Any) -> InventoryImage:
    return InventoryImage(digest=digest, tags=tags, pushed_at=ago(days), **fields)


def archived(digest: str, *tags: str, days: float) -> InventoryImage:
    return image(digest, *tags, days=1_000, storage_class=StorageClass.ARCHIVE, last_archived_at=ago(days))


@pytest.mark.parametrize("case", CASES["outcome_cases"], ids=lambda case: case["id"])
def test_the_outcomes_that_aws_documents(case: dict[str, Any]) -> None:
    policy = parse_lifecycle_policy(json.dumps({"rules": case["rules"]}))
    images = [image(one["id"], *one["tags"], days=one["age_days"]) for one in case["images"]]
    assert evaluate(policy, images, now=NOW).marks == case["outcome"]
    assert evaluate(policy, reversed(images), now=NOW).marks == case["outcome"]


def test_an_image_belongs_to_the_first_rule_that_matches_it_even_if_that_does_not_act() -> None:
    policy = LifecyclePolicy.in_order(
        LifecycleRule.keep_newest("v*", images=5), LifecycleRule.expire_pushed(after_days=1)
    )
    evaluation = evaluate(policy, [image("a", "v1", days=99), image("b", days=99)], now=NOW)
    kept = evaluation.outcome_of("a")
    assert kept.matched_by == policy.rule(1)
    assert (kept.rule, kept.rule_priority, kept.action) == (None, None, None)
    gone = evaluation.outcome_of("b")
    assert gone.matched_by == policy.rule(2)
    assert (gone.rule_priority, gone.action) == (2, ActionType.EXPIRE)
    assert evaluation.expired == (gone.image,)
    assert evaluation.archived == ()


def test_a_lower_rule_counts_the_images_that_a_higher_one_marks() -> None:
    policy = LifecyclePolicy.in_order(
        LifecycleRule.expire_pushed("pr-*", after_days=1), LifecycleRule.keep_newest(images=2)
    )
    images = [image("a", "pr-1", days=2), image("b", "pr-2", days=3), image("c", "x", days=4)]
    assert evaluate(policy, images, now=NOW).marks == {"a": 1, "b": 1, "c": 2}


def test_an_age_must_be_more_than_the_days() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_pushed(after_days=5))
    images = [image("exact", days=5), image("older", days=5.0001)]
    assert evaluate(policy, images, now=NOW).marks == {"older": 1}


def test_storage_classes_do_not_see_each_other() -> None:
    policy = LifecyclePolicy.in_order(
        LifecycleRule.archive(after_days=30), LifecycleRule.expire_archived(after_days=365)
    )
    images = [
        image("new", days=3),
        image("old", days=400),
        archived("recent", days=300),
        archived("stale", days=366),
    ]
    evaluation = evaluate(policy, images, now=NOW)
    assert evaluation.marks == {"old": 1, "stale": 2}
    assert [one.digest for one in evaluation.archived] == ["old"]
    assert [one.digest for one in evaluation.expired] == ["stale"]


def test_the_last_pull_keeps_an_image() -> None:
    policy = LifecyclePolicy.in_order(
        LifecycleRule.archive(after_days=30, since=CountType.SINCE_IMAGE_PULLED)
    )
    images = [
        image("pulled", days=400, last_recorded_pull_time=ago(2)),
        image("idle", days=400, last_recorded_pull_time=ago(31)),
        image("never", days=31),
    ]
    assert evaluate(policy, images, now=NOW).marks == {"idle": 1, "never": 1}


def test_a_restored_image_is_as_young_as_its_restore() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.keep_newest(images=1))
    images = [image("a", days=400, last_activated_at=ago(1)), image("b", days=2)]
    assert evaluate(policy, images, now=NOW).marks == {"b": 1}


def test_an_image_index_holds_what_it_refers_to() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_untagged(after_days=1))
    index = image("index", "v1", days=9)
    child = image("child", days=9, referenced_by=("index",))
    held = evaluate(policy, [index, child], now=NOW).outcome_of("child")
    assert held.marked_by == policy.rule(1)
    assert held.held_by == ("index",)
    assert (held.rule, held.action) == (None, None)
    assert evaluate(policy, [child], now=NOW).marks == {"child": 1}


def test_an_image_index_holds_while_it_is_marked_itself_and_not_once_it_is_archived() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_pushed(after_days=1))
    child = image("child", days=9, referenced_by=("index",))
    assert evaluate(policy, [image("index", "v1", days=9), child], now=NOW).marks == {"index": 1}
    assert evaluate(policy, [archived("index", "v1", days=9), child], now=NOW).marks == {"child": 1}


def test_a_rule_of_more_days_than_a_calendar_has_acts_on_nothing() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_pushed(after_days=2**31 - 1))
    assert evaluate(policy, [image("a", days=9_999)], now=NOW).marks == {}


def test_the_outcomes_are_in_the_order_of_the_inventory() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.keep_newest(images=1))
    images = [image("b", days=2), image("a", days=1), image("c", days=3)]
    assert [one.image for one in evaluate(policy, images, now=NOW).outcomes] == images


def test_bad_input_is_refused() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_untagged(after_days=1))
    with pytest.raises(InvalidValueError, match="'a' occurs twice"):
        evaluate(policy, [image("a", days=1), image("a", days=2)], now=NOW)
    with pytest.raises(InvalidValueError, match="no time zone"):
        evaluate(policy, [], now=datetime(2026, 1, 1))
    with pytest.raises(InvalidValueError, match="no image 'z'"):
        evaluate(policy, [], now=NOW).outcome_of("z")
