from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecr_blueprints.errors import InvalidValueError, LifecyclePolicyError
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import CountType, StorageClass, TagStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def image(*tags: str, days: float, **fields: Any) -> InventoryImage:
    return InventoryImage(
        digest=",".join((*tags, str(days))), tags=tags, pushed_at=NOW - timedelta(days=days), **fields
    )


def touched(retention: Retention, *images: InventoryImage) -> set[str]:
    return set(evaluate(retention.policy(), images, now=NOW).marks)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (RepositoryKind.APPLICATION, 1),
        (RepositoryKind.CHART, 1),
        (RepositoryKind.BUILD_CACHE, 1),
        (RepositoryKind.BASE_IMAGE, 14),
        (RepositoryKind.CACHE, 14),
    ],
)
def test_the_default_deletes_untagged_images_only(kind: RepositoryKind, days: int) -> None:
    (rule,) = Retention().policy(kind).rules
    assert rule.tag_status is TagStatus.UNTAGGED
    assert rule.count_type is CountType.SINCE_IMAGE_PUSHED
    assert rule.count_number == days


@pytest.mark.parametrize(
    ("kind", "immutable_tags", "days"),
    [
        (RepositoryKind.APPLICATION, False, 14),
        (RepositoryKind.APPLICATION, True, 1),
        (RepositoryKind.CACHE, True, 1),
        (RepositoryKind.BUILD_CACHE, False, 1),
    ],
)
def test_where_tags_move_an_untagged_image_may_still_run(
    kind: RepositoryKind, immutable_tags: bool, days: int
) -> None:
    assert Retention().policy(kind, immutable_tags=immutable_tags).rules[0].count_number == days


def test_an_explicit_number_of_days_wins_over_the_kind() -> None:
    assert Retention(untagged_days=3).policy(RepositoryKind.CACHE).rules[0].count_number == 3


def test_builds_go_and_everything_else_stays() -> None:
    retention = Retention(keep=["v*", "deployed-*"], builds="sha-*", builds_days=90)
    assert touched(
        retention,
        image("sha-1", days=91),
        image("sha-2", days=89),
        image("sha-3", "v3", days=999),
        image("deployed-prod", "sha-4", days=999),
        image("unheard-of", days=999),
        image(days=2),
    ) == {"sha-1,91", "2"}


def test_several_patterns_mean_or() -> None:
    retention = Retention(builds=["sha-*", "pr-*"], builds_days=5)
    assert touched(retention, image("sha-1", days=6), image("pr-1", days=6)) == {"sha-1,6", "pr-1,6"}


def test_rollback_keeps_the_newest_of_each_pattern() -> None:
    retention = Retention(rollback=["a*", "b*"], rollback_images=1)
    images = [image("a1", days=1), image("a2", days=2), image("b1", days=1), image("b2", days=2)]
    assert touched(retention, *images) == {"a2,2", "b2,2"}


def test_what_is_kept_is_kept_in_the_archive_too() -> None:
    retention = Retention(keep="deployed-*", rollback="v*", archive="*", archive_expire_days=90)
    in_archive = {"storage_class": StorageClass.ARCHIVE, "last_archived_at": NOW - timedelta(days=100)}
    assert touched(
        retention,
        image("deployed-1", "x", days=999, **in_archive),
        image("v1", "x", days=999, **in_archive),
        image("x", days=999, **in_archive),
    ) == {"x,999"}


def test_without_archive_expire_days_the_archive_is_left_alone() -> None:
    retention = Retention(archive="release-*")
    assert {rule.effective_storage_class for rule in retention.policy().rules} == {StorageClass.STANDARD}
    assert touched(retention, image("release-1", days=181), image("release-2", days=179)) == {"release-1,181"}


def test_archiving_by_last_pull() -> None:
    retention = Retention(archive="*", archive_after_days=30, archive_since=CountType.SINCE_IMAGE_PULLED)
    pulled = image("a", days=999, last_recorded_pull_time=NOW - timedelta(days=3))
    assert touched(retention, pulled, image("b", days=999)) == {"b,999"}


def test_the_recommended_numbers_do_what_they_say() -> None:
    retention = Retention.recommended_numbers(
        rollback="v*", builds="sha-*", archive="release-*", keep="deployed-*"
    )
    releases = [image(f"v{number}", days=number) for number in range(1, 33)]
    evaluation = evaluate(
        retention.policy(RepositoryKind.CACHE),
        [
            *releases,
            image("sha-1", days=91),
            image("sha-2", days=89),
            image("release-1", days=181),
            image("release-2", days=179),
            image("deployed-1", "sha-3", days=999),
            image("other", days=999),
            image(days=1.5),
            image(days=0.5),
        ],
        now=NOW,
    )
    assert {one.digest for one in evaluation.expired} == {"v31,31", "v32,32", "sha-1,91", "1.5"}
    assert {one.digest for one in evaluation.archived} == {"release-1,181"}


def test_the_recommended_numbers_without_classes_delete_untagged_images_only() -> None:
    assert Retention.recommended_numbers() == Retention(untagged_days=1)


def test_lists_and_texts_are_stored_as_tuples() -> None:
    assert Retention(keep=["v*"], builds="sha-*", builds_days=1) == Retention(
        keep="v*", builds=("sha-*",), builds_days=1
    )
    assert Retention(builds=None).builds == ()
    assert hash(Retention(keep=["v*"])) == hash(Retention(keep="v*"))


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"keep": ["prod/*"]}, "keep"),
        ({"keep": [""]}, "keep"),
        ({"keep": ["v*", "v*"]}, "keep"),
        ({"keep": [1]}, "keep"),
        ({"keep": 1}, "keep"),
        ({"keep": ""}, "keep"),
        ({"builds": "sha-*"}, "builds_days"),
        ({"builds_days": 90}, "builds"),
        ({"builds": "sha-*", "builds_days": 0}, "builds_days"),
        ({"builds": "a*b*c*d*e*f", "builds_days": 1}, "builds"),
        ({"rollback": "v*", "rollback_images": 0}, "rollback_images"),
        ({"rollback_images": True}, "rollback_images"),
        ({"untagged_days": 0}, "untagged_days"),
        ({"untagged_days": 2**31}, "untagged_days"),
        ({"untagged_days": "1"}, "untagged_days"),
        ({"archive": "a*", "archive_after_days": 0}, "archive_after_days"),
        ({"archive": "a*", "archive_expire_days": 89}, "archive_expire_days"),
        ({"archive_expire_days": 90}, "archive"),
        ({"archive": "a*", "archive_since": CountType.IMAGE_COUNT_MORE_THAN}, "archive_since"),
        ({"archive": "a*", "archive_since": "pulled"}, "archive_since"),
    ],
)
def test_bad_arguments_are_refused_by_name_with_a_fix(arguments: dict[str, Any], argument: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Retention(**arguments)
    assert refused.value.where == f"Retention({argument}=…)"
    assert refused.value.fix


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"keep": "v*", "archive": "v1*"}, "archive"),
        ({"rollback": "v*", "archive": "v*"}, "archive"),
        ({"keep": "v*", "rollback": "v1*"}, "rollback"),
        ({"rollback": "v*", "builds": "v*", "builds_days": 1}, "builds"),
        ({"builds": ["*", "sha-*"], "builds_days": 1}, "builds"),
    ],
)
def test_a_class_that_could_not_do_anything_is_refused(arguments: dict[str, Any], argument: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Retention(**arguments)
    assert refused.value.where == f"Retention({argument}=…)"


def test_archiving_what_a_rollback_needs_says_why_not() -> None:
    with pytest.raises(InvalidValueError, match="restore takes up to 20 minutes"):
        Retention(rollback="v*", archive="v1*")


def test_more_patterns_than_a_policy_holds() -> None:
    with pytest.raises(LifecyclePolicyError, match="51 rules"):
        Retention(keep=[f"v{number}" for number in range(50)]).policy()


def test_the_patterns_of_a_set_are_in_order() -> None:
    names = [f"r{number}-*" for number in range(20)]
    assert Retention(keep=set(names), rollback=frozenset()).keep == tuple(sorted(names))  # type: ignore[arg-type]
    assert Retention(keep=list(reversed(names))).keep == tuple(reversed(names))
