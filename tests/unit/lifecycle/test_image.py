from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.rule import CountType, StorageClass

PUSHED = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_age_counts_from_the_push_or_from_the_last_restore() -> None:
    assert InventoryImage(digest="a", pushed_at=PUSHED).age_from == PUSHED
    restored = InventoryImage(
        digest="a", pushed_at=PUSHED, last_archived_at=PUSHED + DAY, last_activated_at=PUSHED + 2 * DAY
    )
    assert restored.age_from == PUSHED + 2 * DAY
    assert restored.counted_from(CountType.SINCE_IMAGE_PUSHED) == PUSHED + 2 * DAY
    assert restored.counted_from(CountType.IMAGE_COUNT_MORE_THAN) == PUSHED + 2 * DAY
    assert restored.counted_from(CountType.SINCE_IMAGE_TRANSITIONED) == PUSHED + DAY


@pytest.mark.parametrize(
    ("pulled", "restored", "expected"),
    [
        (None, None, 0),
        (3, None, 3),
        (None, 5, 5),
        (3, 5, 5),
        (7, 5, 7),
    ],
)
def test_the_pull_clock(pulled: int | None, restored: int | None, expected: int) -> None:
    image = InventoryImage(
        digest="a",
        pushed_at=PUSHED,
        last_recorded_pull_time=None if pulled is None else PUSHED + pulled * DAY,
        last_activated_at=None if restored is None else PUSHED + restored * DAY,
    )
    assert image.pulled_from == PUSHED + expected * DAY
    assert image.counted_from(CountType.SINCE_IMAGE_PULLED) == PUSHED + expected * DAY


def test_an_image_never_archived_has_no_archive_clock() -> None:
    assert (
        InventoryImage(digest="a", pushed_at=PUSHED).counted_from(CountType.SINCE_IMAGE_TRANSITIONED) is None
    )


def test_lists_are_stored_as_tuples() -> None:
    image = InventoryImage(digest="a", pushed_at=PUSHED, tags=["v1"], referenced_by=["b"])  # type: ignore[arg-type]
    assert image.tags == ("v1",)
    assert image.referenced_by == ("b",)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"last_recorded_pull_time .* has no time zone"):
        InventoryImage(digest="a", pushed_at=PUSHED, last_recorded_pull_time=datetime(2026, 1, 1))


def test_an_archived_image_needs_the_time_of_its_archival() -> None:
    with pytest.raises(InvalidValueError, match="last_archived_at"):
        InventoryImage(digest="a", pushed_at=PUSHED, storage_class=StorageClass.ARCHIVE)
