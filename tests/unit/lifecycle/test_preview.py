from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecr_blueprints.domain.pricing import StorageUse
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.inventory import INDEX_MEDIA_TYPES, DescribedImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.preview import Preview, PreviewedImage, PreviewState, preview
from ecr_blueprints.lifecycle.rule import ActionType, LifecycleRule, StorageClass
from ecr_blueprints.lifecycle.rule_groups import archive_then_expire

NOW = datetime(2026, 6, 1, tzinfo=UTC)
(INDEX, *_) = INDEX_MEDIA_TYPES
POLICY = LifecyclePolicy.in_order(
    LifecycleRule.keep_newest("v*", images=1),
    LifecycleRule.expire_untagged(after_days=7),
    archive_then_expire(["base-*"], archive_after_days=30, expire_after_days=365),
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def image(digest: str, *tags: str, days: float, size: int | None = 100, **fields: Any) -> DescribedImage:
    about = {
        name: fields.pop(name) for name in ("media_type", "subject", "is_being_restored") if name in fields
    }
    return DescribedImage(
        image=InventoryImage(digest=digest, tags=tags, pushed_at=ago(days), **fields),
        size_in_bytes=size,
        **about,
    )


def archived(digest: str, *tags: str, days: float) -> DescribedImage:
    return image(digest, *tags, days=900, storage_class=StorageClass.ARCHIVE, last_archived_at=ago(days))


def of(*images: DescribedImage | InventoryImage) -> Preview:
    return preview(POLICY, images, now=NOW)


def digests(images: tuple[PreviewedImage, ...]) -> list[str]:
    return [one.image.digest for one in images]


def test_which_image_which_rule_which_day() -> None:
    shown = of(
        image("new", "v2", days=1),
        image("old", "v1", days=2),
        image("gone", days=8),
        image("soon", days=3),
        image("idle", "base-a", days=31),
        image("used", "base-b", days=10),
        archived("cold", "base-c", days=366),
        archived("cool", "base-d", days=5),
        image("free", "other", days=5_000),
    )

    assert digests(shown.deleted) == ["cold", "gone", "old"]
    assert digests(shown.archived) == ["idle"]
    assert digests(shown.later) == ["soon", "used", "cool"]
    assert digests(shown.kept) == ["new", "free"]
    assert {one.image.digest: one.due_at for one in shown.images} == {
        "new": None,
        "old": None,  # A number decides, not a day.
        "gone": ago(1),
        "soon": ago(-4),
        "idle": ago(1),
        "used": ago(-20),
        "cold": ago(1),
        "cool": ago(-360),
        "free": None,
    }
    rules = [None if one.rule is None else one.rule.priority for one in shown.images]
    assert rules == [1, 1, 2, 2, 3, 3, 4, 4, None]


def test_when_an_archived_image_is_deleted() -> None:
    shown = of(image("now", "base-a", days=31), image("later", "base-b", days=10), image("other", days=9))

    assert {one.image.digest: one.deleted_at for one in shown.images} == {
        "now": NOW + timedelta(days=365),
        "later": ago(-20) + timedelta(days=365),
        "other": None,
    }


def test_a_day_beyond_the_calendar_is_never() -> None:
    policy = LifecyclePolicy.in_order(LifecycleRule.expire_pushed(after_days=2_000_000_000))

    (one,) = preview(policy, [image("a", days=1)], now=NOW).images

    assert (one.state, one.due_at, one.action) == (PreviewState.KEPT, None, None)


def test_bytes_by_storage_class() -> None:
    shown = of(
        image("gone", days=8, size=1),
        image("idle", "base-a", days=31, size=10),
        image("index", "v1", days=1, size=10_000, media_type=INDEX),
        image("unknown", days=1, size=None),
        replace(archived("cool", "base-d", days=5), size_in_bytes=1_000),
    )

    assert shown.storage_before == StorageUse(standard_bytes=11, archive_bytes=1_000)
    assert shown.storage_after == StorageUse(standard_bytes=0, archive_bytes=1_010)
    assert shown.notes[-1] == "1 image of unknown size, counted as nothing"


class TestIndexes:
    def test_one_that_refers_to_an_image_holds_it(self) -> None:
        shown = of(
            image("index", "v1", days=9, media_type=INDEX), image("child", days=9, referenced_by=("index",))
        )

        assert digests(shown.held) == ["child"]
        (held,) = shown.held
        assert (held.action, held.may_be_held, held.state) == (None, False, PreviewState.HELD)
        assert shown.storage_after == shown.storage_before

    def test_where_it_is_not_known_an_image_that_is_due_may_be_held(self) -> None:
        shown = of(
            image("index", "v1", days=9, media_type=INDEX),
            image("child", days=9),
            image("young", days=1),
            image("signature", days=9, subject="index"),
            archived("cold", "base-c", days=366),
        )

        assert digests(shown.deleted) == ["cold", "child", "signature"]
        assert [one.image.digest for one in shown.images if one.may_be_held] == ["child"]
        assert shown.notes[0].startswith("1 image marked * may belong to an image index")

    def test_without_an_index_nothing_may_be_held(self) -> None:
        assert not of(image("child", days=9)).images[0].may_be_held

    def test_an_archived_index_holds_nothing(self) -> None:
        index = replace(archived("index", "base-i", days=5), media_type=INDEX)

        assert not of(index, image("child", days=9)).images[1].may_be_held


def test_an_artifact_follows_its_subject() -> None:
    shown = of(image("gone", days=8), image("signature", "sha256-gone.sig", days=8, subject="gone"))

    assert digests(shown.followers) == ["signature"]
    assert shown.notes[0].startswith("1 signature or other artifact of images that go")


def test_an_image_that_is_being_restored_starts_anew() -> None:
    shown = of(image("back", days=900, is_being_restored=True, last_archived_at=ago(100)))

    assert digests(shown.later) == ["back"]
    assert shown.later[0].due_at == NOW + timedelta(days=7)
    assert shown.notes[0] == "1 image being restored, and judged as restored now"


def test_archived_images_that_are_not_listed_are_missed() -> None:
    assert "only with --filter imageStatus=ANY" in of(image("a", "v1", days=1)).notes[0]
    assert of(archived("a", "base-x", days=1)).notes == ()


def test_an_image_from_the_future_is_told() -> None:
    assert of(archived("x", days=1), image("a", "v1", days=-1)).notes == (
        "1 image pushed after the moment that was judged, and taken as there",
    )


def test_images_without_sizes() -> None:
    (one,) = of(InventoryImage(digest="a", pushed_at=ago(8))).deleted

    assert (one.action, one.described.size_in_bytes) == (ActionType.EXPIRE, None)


def test_what_the_evaluator_refuses_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="now has no time zone"):
        preview(POLICY, [], now=datetime(2026, 1, 1))
    with pytest.raises(InvalidValueError, match="occurs twice"):
        of(image("a", days=1), image("a", days=1))
