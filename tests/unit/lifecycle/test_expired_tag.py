"""The image with one tag that a policy deletes: found, proven not to be, or left open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.lifecycle.expired_tag import expired_tag
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.tag_language import TagEntry, tag_within

DAILY = LifecycleRule.expire_pushed(after_days=1)
BOTH = replace(LifecycleRule.expire_pushed("x", after_days=1), tag_patterns=("*-a*", "*-b*"))


@pytest.mark.parametrize(
    ("rules", "tag"),
    [
        ((DAILY,), "v1"),
        ((LifecycleRule.shield("v*"), DAILY), None),
        ((LifecycleRule.shield("v1*"), DAILY), "v7c2e"),
        ((LifecycleRule.expire_untagged(after_days=1),), None),
        ((LifecycleRule.expire_pushed("*-rc", after_days=1),), "v-rc"),
        ((LifecycleRule.archive("v*", after_days=1), DAILY), None),
        (
            (LifecycleRule.archive("v*", after_days=1), LifecycleRule.expire_archived("v*", after_days=90)),
            "v1",
        ),
        ((BOTH,), "v-a-b"),
        ((LifecycleRule.keep_newest("v1", images=1),), None),
    ],
)
def test_what_goes(rules: tuple[LifecycleRule, ...], tag: str | None) -> None:
    found = expired_tag(LifecyclePolicy.in_order(*rules), "v*")
    assert (None if found is None else found.tag) == tag


def test_what_cannot_be_decided_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_pushed("*-rc", after_days=1))
    monkeypatch.setattr("ecr_blueprints.lifecycle.expired_tag._STEPS_FOR_ONE_POLICY", 1)
    expired_tag.cache_clear()
    assert expired_tag(policy, "v*") is None
    monkeypatch.undo()
    expired_tag.cache_clear()
    assert expired_tag(policy, "v*") is not None


def test_a_tag_of_several_entries() -> None:
    entries = [TagEntry.pattern("*b"), TagEntry.pattern("a*")]
    assert tag_within(entries) == "ab"
    assert tag_within(entries, [TagEntry.pattern("ab")]) == "aab"
    assert tag_within([TagEntry.pattern("a*"), TagEntry.pattern("b*")]) is None
