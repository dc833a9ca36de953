"""What ECR's storage costs: every number with where it is from, and an estimate made of them (facts §9).

AWS publishes its prices on https://aws.amazon.com/ecr/pricing/ and through its Price List API; neither was
read for this. The numbers are those that third parties report to have read there, so each of them is marked
``verified=False``, is shown with its source, and can be replaced by yours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "ARCHIVE_MINIMUM_DAYS",
    "ARCHIVE_STORAGE",
    "ARCHIVE_STORAGE_ABOVE",
    "ARCHIVE_TIER_GB",
    "BYTES_PER_GB",
    "PRICE_PAGE",
    "RESTORE",
    "STANDARD_STORAGE",
    "CostEstimate",
    "MonthlyCost",
    "Price",
    "StoragePrices",
    "StorageUse",
    "estimate_cost",
]

PRICE_PAGE: Final = "https://aws.amazon.com/ecr/pricing/"
"""Where AWS says what it costs in your Region today."""

BYTES_PER_GB: Final = 10**9
"""Whether AWS bills ECR by 10^9 or by 2^30 bytes is not verified; this is the one that costs more."""

ARCHIVE_TIER_GB: Final = 150 * 1024
"""Archived GB up to which the archive costs as much as standard storage: 150 TB, of the whole account in a
Region. Source: as of `ARCHIVE_STORAGE_ABOVE`."""

ARCHIVE_MINIMUM_DAYS: Final = 90
"""An archived image is paid for this long, even if it is deleted before.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
"""

_DAYS_PER_MONTH: Final = 30
_LEAST: Final = Decimal("0.000001")
_MOST: Final = Decimal(1_000_000)
_POINTFIVE: Final = (
    "https://hub.pointfive.co/inefficiencies/ecr-archive-storage-class-used-below-150-tb-threshold"
)
_DEVJAPAN: Final = "https://devjapan.com/"


def _dollars(given: object) -> Decimal:
    if isinstance(given, (Decimal, int, str)) and not isinstance(given, bool):
        try:
            usd = Decimal(given)
        except InvalidOperation:
            usd = Decimal("NaN")
        if usd.is_finite() and (usd == 0 or _LEAST <= usd < _MOST):
            return usd
    raise InvalidValueError(
        f"{given!r} is no price",
        where="price",
        allowed="US dollars from 0 to a million, as a text or a Decimal",
        fix='write it with a point, such as "0.10"',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One price in US dollars, and how it is known.

    Args:
        usd: Dollars per unit, zero to a million: a `Decimal`, an int or a text such as ``"0.10"``.
        unit: What it is for: ``GB-month`` or ``GB``.
        source: Where it was read.
        read_on: When: ``2026-03`` or ``2026-03-22``. Default: not said.
        regions: For which Regions it was read. Default: not said.
        verified: Whether AWS itself was seen to say so. Default: no.

    Raises:
        InvalidValueError: ``usd`` is no such number.
    """

    usd: Decimal
    unit: str
    source: str
    read_on: str | None = None
    regions: tuple[str, ...] = ()
    verified: bool = False

    def __post_init__(self) -> None:
        """Check the number."""
        object.__setattr__(self, "usd", _dollars(self.usd))


STANDARD_STORAGE: Final = Price(
    usd=Decimal("0.10"), unit="GB-month", source=_POINTFIVE, read_on="2026-03", regions=("us-east-1",)
)
"""Private repositories, standard storage class. https://devjapan.com/ says the same of ap-northeast-1 on 22
March 2026."""

ARCHIVE_STORAGE: Final = Price(
    usd=Decimal("0.10"), unit="GB-month", source=_POINTFIVE, read_on="2026-03", regions=("us-east-1",)
)
"""The archive, up to `ARCHIVE_TIER_GB`: the same as standard storage. https://devjapan.com/ says the same of
ap-northeast-1."""

ARCHIVE_STORAGE_ABOVE: Final = Price(
    usd=Decimal("0.07"), unit="GB-month", source=_POINTFIVE, read_on="2026-03", regions=("us-east-1",)
)
"""The archive, what is above `ARCHIVE_TIER_GB`. https://devjapan.com/ says the same of ap-northeast-1."""

RESTORE: Final = Price(
    usd=Decimal("0.03"), unit="GB", source=_DEVJAPAN, read_on="2026-03-22", regions=("ap-northeast-1",)
)
"""Bringing an archived image back, each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePrices:
    """The prices of an estimate.

    Args:
        standard: Standard storage, per GB-month. Default: `STANDARD_STORAGE`.
        archive: The archive's first tier, per GB-month. Default: `ARCHIVE_STORAGE`.
        archive_above: What is above it, per GB-month. Default: `ARCHIVE_STORAGE_ABOVE`.
        restore: A restore, per GB. Default: `RESTORE`.
    """

    standard: Price = STANDARD_STORAGE
    archive: Price = ARCHIVE_STORAGE
    archive_above: Price = ARCHIVE_STORAGE_ABOVE
    restore: Price = RESTORE


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """Bytes by storage class.

    Attributes:
        standard_bytes: In standard storage.
        archive_bytes: In the archive.
    """

    standard_bytes: int = 0
    archive_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """In both."""
        return self.standard_bytes + self.archive_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCost:
    """US dollars a month by storage class, unrounded.

    Attributes:
        standard: Of standard storage.
        archive: Of the archive.
    """

    standard: Decimal
    archive: Decimal

    @property
    def total(self) -> Decimal:
        """Of both."""
        return self.standard + self.archive


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEstimate:
    """What storage costs before and after: an estimate, never a bill.

    Attributes:
        before: A month of what is stored before.
        after: A month of what is stored after.
        archive_minimum: What the images that are archived in between cost at least in the archive, whether
            or not they are deleted there before `ARCHIVE_MINIMUM_DAYS` have passed.
        restore: What it costs to bring all of those back once.
        prices: What it was made of.
    """

    before: MonthlyCost
    after: MonthlyCost
    archive_minimum: Decimal
    restore: Decimal
    prices: StoragePrices = field(default_factory=StoragePrices)

    @property
    def is_verified(self) -> bool:
        """Whether AWS was seen to say every price of it. It remains an estimate."""
        prices = self.prices
        return all(
            price.verified
            for price in (prices.standard, prices.archive, prices.archive_above, prices.restore)
        )


def estimate_cost(
    before: StorageUse,
    after: StorageUse,
    *,
    newly_archived_bytes: int = 0,
    prices: StoragePrices | None = None,
) -> CostEstimate:
    """Estimate what storage costs before and after a change.

    Left out: taxes, discounts, the free tier, data transfer, scanning. The archive's tiers are applied as if
    nothing else of the account were archived.

    Args:
        before: What is stored before.
        after: What is stored after.
        newly_archived_bytes: What the change moves to the archive. Default: nothing.
        prices: Default: those of this module, none of which is verified.

    Practices: ARCH-3
    """
    used = StoragePrices() if prices is None else prices
    archived = Decimal(newly_archived_bytes) / BYTES_PER_GB
    months = Decimal(ARCHIVE_MINIMUM_DAYS) / _DAYS_PER_MONTH
    return CostEstimate(
        before=_month_of(before, used),
        after=_month_of(after, used),
        archive_minimum=archived * used.archive.usd * months,
        restore=archived * used.restore.usd,
        prices=used,
    )


def _month_of(use: StorageUse, prices: StoragePrices) -> MonthlyCost:
    archived = Decimal(use.archive_bytes) / BYTES_PER_GB
    first = min(archived, Decimal(ARCHIVE_TIER_GB))
    return MonthlyCost(
        standard=Decimal(use.standard_bytes) / BYTES_PER_GB * prices.standard.usd,
        archive=first * prices.archive.usd + (archived - first) * prices.archive_above.usd,
    )
