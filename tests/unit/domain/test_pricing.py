from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ecr_blueprints.domain.pricing import (
    ARCHIVE_TIER_GB,
    BYTES_PER_GB,
    Price,
    StoragePrices,
    StorageUse,
    estimate_cost,
)
from ecr_blueprints.errors import InvalidValueError

GB = BYTES_PER_GB
PRICES = StoragePrices()


def price(usd: Any) -> Price:
    return Price(usd=usd, unit="GB-month", source="a contract", verified=True)


def test_every_price_says_where_and_when_it_was_read_and_that_it_is_not_verified() -> None:
    for one in (PRICES.standard, PRICES.archive, PRICES.archive_above, PRICES.restore):
        assert one.source.startswith("https://")
        assert one.read_on is not None
        assert one.regions
        assert not one.verified


def test_a_month_by_storage_class() -> None:
    before = StorageUse(standard_bytes=50 * GB, archive_bytes=10 * GB)

    cost = estimate_cost(before, StorageUse(standard_bytes=20 * GB, archive_bytes=30 * GB))

    assert (cost.before.standard, cost.before.archive, cost.before.total) == (5, 1, 6)
    assert (cost.after.standard, cost.after.archive, cost.after.total) == (2, 3, 5)
    assert before.total_bytes == 60 * GB
    assert not cost.is_verified


def test_what_is_archived_is_paid_for_ninety_days() -> None:
    cost = estimate_cost(StorageUse(), StorageUse(), newly_archived_bytes=20 * GB)

    assert cost.archive_minimum == 6
    assert cost.restore == Decimal("0.6")


def test_the_archive_is_cheaper_above_150_tb_only() -> None:
    use = StorageUse(archive_bytes=(ARCHIVE_TIER_GB + 100) * GB)

    assert estimate_cost(StorageUse(), use).after.archive == ARCHIVE_TIER_GB / 10 + 7


def test_prices_of_your_own() -> None:
    ours = StoragePrices(
        standard=price("0.09"), archive=price(0), archive_above=price(Decimal(0)), restore=price("0.01")
    )

    cost = estimate_cost(StorageUse(standard_bytes=100 * GB), StorageUse(), prices=ours)

    assert cost.before.standard == 9
    assert cost.is_verified
    assert not replace(cost, prices=replace(ours, restore=PRICES.restore)).is_verified


@pytest.mark.parametrize(
    "usd", ["-1", "", "ten", "0,10", "NaN", "Infinity", "1e99", "1e-99", 0.1, True, None, 10**6]
)
def test_what_is_no_price(usd: Any) -> None:
    with pytest.raises(InvalidValueError, match="is no price"):
        price(usd)
