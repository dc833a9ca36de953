from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecr_blueprints.lifecycle.asset_image import rule_touching_assets
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHIELD = LifecycleRule.shield("asset-*")
EXPIRE_ANY = LifecycleRule.expire_pushed(after_days=30)


def policy(*rules: LifecycleRule) -> LifecyclePolicy:
    return LifecyclePolicy.in_order(*rules)


def acts(rules: LifecyclePolicy, tag_prefix: str) -> bool:
    """Whether ECR would act on an old asset with many newer ones."""
    images = [
        InventoryImage(
            digest=f"sha256:{number:064x}",
            tags=(f"{tag_prefix}{number:064x}",),
            pushed_at=NOW - timedelta(days=9_000 - number),
        )
        for number in range(200)
    ]
    return bool(evaluate(rules, images, now=NOW).marks)


@pytest.mark.parametrize(
    ("given", "tag_prefix", "touching"),
    [
        (Retention().policy(), "", None),
        (Retention(keep=["asset-*"], rollback=["*"]).policy(), "asset-", None),
        (Retention(builds=["sha-*"], builds_days=90).policy(), "", None),
        (Retention(rollback=["*"]).policy(), "asset-", 1),
        (Retention(builds=["*"], builds_days=90).policy(), "", 1),
        (Retention(archive=["asset-*"]).policy(), "asset-", 1),
        (policy(EXPIRE_ANY), "", 1),
        (policy(SHIELD, EXPIRE_ANY), "asset-", None),
        (policy(SHIELD, EXPIRE_ANY), "", 2),
        (
            policy(LifecycleRule.shield("asset-0*"), LifecycleRule.keep_newest("asset-*", images=5)),
            "asset-",
            2,
        ),
        (policy(LifecycleRule.keep_newest("v*", images=5)), "asset-", None),
    ],
)
def test_rules_that_can_touch_an_asset(given: LifecyclePolicy, tag_prefix: str, touching: int | None) -> None:
    rule = rule_touching_assets(given, tag_prefix=tag_prefix)
    assert (None if rule is None else rule.priority) == touching
    if touching is None:
        assert not acts(given, tag_prefix)


def test_what_it_says_is_what_ecr_does() -> None:
    assert acts(policy(EXPIRE_ANY), "")
    assert acts(Retention(rollback=["*"]).policy(), "asset-")


def test_a_list_of_patterns_is_an_and() -> None:
    both = LifecycleRule.expire_pushed("asset-*", after_days=5)
    narrow = LifecyclePolicy.in_order(
        LifecycleRule(
            priority=1,
            tag_status=both.tag_status,
            tag_patterns=("asset-*", "v*"),
            count_type=both.count_type,
            count_number=5,
            action=both.action,
        )
    )
    assert rule_touching_assets(narrow, tag_prefix="asset-") is None
