"""A copy's policy is accepted only where it provably keeps at least as long as the original's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.longer import rule_that_loses
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention, protect
from ecr_blueprints.lifecycle.rule import LifecycleRule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
UNTAGGED_1 = LifecycleRule.expire_untagged(after_days=1)
UNTAGGED_14 = LifecycleRule.expire_untagged(after_days=14)
BUILDS_30 = LifecycleRule.expire_pushed("sha-*", after_days=30)
BUILDS_90 = LifecycleRule.expire_pushed("sha-*", after_days=90)
NEWEST_10 = LifecycleRule.keep_newest("v*", images=10)
NEWEST_20 = LifecycleRule.keep_newest("v*", images=20)


def policy(*rules: LifecycleRule) -> LifecyclePolicy:
    return LifecyclePolicy.in_order(*rules)


@pytest.mark.parametrize(
    ("copies", "original", "loses"),
    [
        (None, policy(UNTAGGED_1), False),
        (None, None, False),
        (policy(UNTAGGED_14), policy(UNTAGGED_1), False),
        (policy(UNTAGGED_1), policy(UNTAGGED_14), True),
        (policy(UNTAGGED_14), None, True),
        (policy(BUILDS_90, UNTAGGED_14), policy(BUILDS_30, UNTAGGED_1), False),
        (policy(BUILDS_30), policy(BUILDS_90), True),
        (policy(NEWEST_20), policy(NEWEST_10), False),
        (policy(NEWEST_10), policy(NEWEST_20), True),
        (policy(BUILDS_90), policy(NEWEST_10, BUILDS_90), True),
        (policy(*protect("v*"), BUILDS_90), policy(BUILDS_90), False),
        (policy(BUILDS_90), policy(*protect("v*"), BUILDS_90), True),
        (policy(UNTAGGED_1), policy(BUILDS_30, UNTAGGED_1), False),
    ],
)
def test_what_is_kept_at_least_as_long(
    copies: LifecyclePolicy | None, original: LifecyclePolicy | None, loses: bool
) -> None:
    assert (rule_that_loses(copies, original) is not None) is loses


RULES = st.lists(
    st.sampled_from([UNTAGGED_1, UNTAGGED_14, BUILDS_30, BUILDS_90, NEWEST_10, NEWEST_20, *protect("rel-*")]),
    min_size=1,
    max_size=4,
).filter(lambda rules: len({(one.tag_status, one.tag_patterns) for one in rules}) == len(rules))
IMAGES = st.lists(
    st.tuples(
        st.integers(0, 120), st.sets(st.sampled_from(["v1", "v2", "sha-1", "sha-2", "rel-1"]), max_size=2)
    ),
    max_size=25,
)


@given(copies=RULES, original=RULES, images=IMAGES)
def test_no_image_goes_before_its_original(
    copies: list[LifecycleRule], original: list[LifecycleRule], images: list[tuple[int, set[str]]]
) -> None:
    there, here = policy(*copies), policy(*original)
    if rule_that_loses(there, here) is not None:
        return
    inventory = [
        InventoryImage(
            digest=f"sha256:{number:064x}",
            tags=tuple(sorted(tags)),
            pushed_at=NOW - timedelta(days=days, minutes=number),
        )
        for number, (days, tags) in enumerate(images)
    ]
    gone_there = {one.digest for one in evaluate(there, inventory, now=NOW).expired}
    gone_here = {one.digest for one in evaluate(here, inventory, now=NOW).expired}
    assert gone_there <= gone_here


def test_the_default_of_every_kind_keeps_as_long_as_itself() -> None:
    own = Retention().policy()
    assert rule_that_loses(own, own) is None
