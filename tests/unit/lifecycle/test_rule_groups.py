from __future__ import annotations

from collections.abc import Callable

import pytest

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.rule import ActionType, CountType, LifecycleRule, StorageClass, TagStatus
from ecr_blueprints.lifecycle.rule_groups import any_of, archive_then_expire, keep_while_pulled, protect


def test_any_of_makes_one_rule_for_each_pattern() -> None:
    rules = any_of(["sha-*", "pr-*"], LifecycleRule.expire_pushed(after_days=9))
    assert [rule.tag_patterns for rule in rules] == [("sha-*",), ("pr-*",)]
    assert {rule.tag_status for rule in rules} == {TagStatus.TAGGED}
    assert {rule.count_number for rule in rules} == {9}


def test_protect_makes_one_shield_for_each_pattern() -> None:
    rules = protect("deployed-*", "v*")
    assert [rule.tag_patterns for rule in rules] == [("deployed-*",), ("v*",)]
    assert all(rule.is_shield for rule in rules)


def test_archive_then_expire_has_the_right_classes() -> None:
    archive, expire = archive_then_expire(["release-*"], archive_after_days=180, expire_after_days=730)
    assert (archive.action, archive.effective_storage_class) == (ActionType.TRANSITION, StorageClass.STANDARD)
    assert (archive.count_type, archive.count_number) == (CountType.SINCE_IMAGE_PUSHED, 180)
    assert (expire.action, expire.storage_class) == (ActionType.EXPIRE, StorageClass.ARCHIVE)
    assert (expire.count_type, expire.count_number) == (CountType.SINCE_IMAGE_TRANSITIONED, 730)


def test_keep_while_pulled_counts_pulls_and_expires_as_soon_as_ecr_allows() -> None:
    archive, expire = keep_while_pulled(["*"], idle_days=60)
    assert (archive.count_type, archive.count_number) == (CountType.SINCE_IMAGE_PULLED, 60)
    assert expire.count_number == 90


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: protect(), "protect(…)"),
        (lambda: protect("a", "a"), "protect(…)"),
        (lambda: protect("a*b*c*d*e*f"), "protect(…)"),
        (lambda: any_of([], LifecycleRule.expire_pushed(after_days=1)), "any_of(patterns=…)"),
        (lambda: any_of(["prod/*"], LifecycleRule.expire_pushed(after_days=1)), "any_of(patterns=…)"),
        (lambda: any_of([1], LifecycleRule.expire_pushed(after_days=1)), "any_of(patterns=…)"),  # type: ignore[list-item]
        (
            lambda: archive_then_expire(["a"], archive_after_days=0, expire_after_days=90),
            "archive_then_expire(archive_after_days=…)",
        ),
        (
            lambda: archive_then_expire(["a"], archive_after_days=1, expire_after_days=89),
            "archive_then_expire(expire_after_days=…)",
        ),
        (
            lambda: archive_then_expire(
                ["a"], archive_after_days=1, expire_after_days=90, since=CountType.SINCE_IMAGE_TRANSITIONED
            ),
            "archive_then_expire(since=…)",
        ),
    ],
)
def test_bad_arguments_are_refused_by_name_with_a_fix(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        make()
    assert refused.value.where == where
    assert refused.value.fix
