from __future__ import annotations

from datetime import timedelta

import pytest

from ecr_blueprints.lifecycle.counter_example import overdue_image
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule, StorageClass
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
