from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecr_blueprints.lifecycle.counter_example import overdue_image
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule, StorageClass, TagStatus
from ecr_blueprints.lifecycle.tag_language import entries_of


@pytest.mark.parametrize(
    "rule",
    [
        LifecycleRule.expire_untagged(after_days=30),
        LifecycleRule.expire_pushed(after_days=30),
        LifecycleRule.keep_newest(images=3),
        LifecycleRule.keep_newest("v*", images=3),
        LifecycleRule.archive("v*", after_days=30),
        LifecycleRule.expire_archived("v*", after_days=90),
    ],
    ids=str,
)
def test_the_condition_of_the_rule_has_come_true_for_the_image(rule: LifecycleRule) -> None:
    tags = ("v1",) if rule.tag_patterns else ()
    shown = overdue_image(tags, under=(rule,), entries=entries_of(rule))
    assert shown is not None
    assert shown.witness in shown.inventory
    assert shown.outcome_under(LifecyclePolicy((rule,))).rule == rule


def test_the_image_is_a_day_older_than_the_longest_rule_and_has_enough_newer_ones() -> None:
    rules = (LifecycleRule.expire_pushed(after_days=10), LifecycleRule.keep_newest(images=4))
    shown = overdue_image((), under=rules)
    assert shown is not None
    assert shown.now - shown.witness.pushed_at == timedelta(days=11)
    assert len(shown.inventory) == 5
    assert all(other.pushed_at > shown.witness.pushed_at for other in shown.inventory[1:])


def test_an_image_of_the_archive_is_archived() -> None:
    shown = overdue_image((), under=(LifecycleRule.expire_archived(after_days=90),))
    assert shown is not None
    assert shown.witness.storage_class is StorageClass.ARCHIVE


def test_one_tag_cannot_be_on_several_images() -> None:
    rule = LifecycleRule.keep_newest("latest", images=3)
    assert overdue_image(("latest",), under=(rule,), entries=entries_of(rule)) is None


def test_more_days_than_the_calendar_has() -> None:
    assert overdue_image((), under=(LifecycleRule.expire_pushed(after_days=2**31 - 1),)) is None


@pytest.mark.parametrize("patterns", [("v*",), ("v*", "*-rc"), ("v1*",), ("*",), ("latest", "v*")], ids=str)
@pytest.mark.parametrize(
    "other",
    [
        LifecycleRule.keep_newest("v*", images=3),
        LifecycleRule.keep_newest("v1*", images=2),
        LifecycleRule.keep_newest("*1*", images=5),
        LifecycleRule.keep_newest("latest", images=1),
        LifecycleRule.keep_newest(images=12),
        LifecycleRule.expire_pushed("v*", after_days=20),
        LifecycleRule.expire_pushed("v1-rc", after_days=2),
        LifecycleRule.expire_untagged(after_days=1),
        LifecycleRule.expire_archived("v*", after_days=90),
    ],
    ids=str,
)
def test_the_outcome_is_what_the_evaluator_says_of_the_whole_inventory(
    patterns: tuple[str, ...], other: LifecycleRule
) -> None:
    rule = replace(LifecycleRule.keep_newest("x*", images=12), tag_patterns=patterns)
    rules = [one for one in (other, rule) if one.tag_status is not TagStatus.ANY]
    last = other if other.tag_status is TagStatus.ANY else LifecycleRule.keep_newest(images=13)
    policies = [
        LifecyclePolicy.in_order(order)
        for order in ((*rules, last), (*rules[::-1], last))
        if len({one.tag_patterns for one in rules}) == len(rules)
    ]
    for tags in ((), ("v1-rc",), ("latest",), ("v1", "latest")):
        for entries in ((), entries_of(rule), entries_of(other)):
            shown = overdue_image(tags, under=(rule,), entries=entries)
            for policy in policies if shown is not None else ():
                evaluation = evaluate(policy, shown.inventory, now=shown.now)
                assert shown.outcome_under(policy) == evaluation.outcome_of(shown.witness.digest)


def test_the_newer_images_are_not_made_to_know_the_outcome() -> None:
    rule = LifecycleRule.keep_newest("v*", images=999_999_999)
    shown = overdue_image(("v1",), under=(rule,), entries=entries_of(rule))
    assert shown is not None
    assert shown.outcome_under(LifecyclePolicy((rule,))).rule == rule
