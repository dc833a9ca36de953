"""Small inventories that show what a rule does, or fails to do.

A claim about a policy is worth more with an image that shows it. What is made here can be given to
`evaluate`, and every `Trap` was: a claim that the evaluator does not confirm is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ecr_blueprints.lifecycle.evaluator import ImageOutcome, evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import CountType, LifecycleRule, StorageClass
from ecr_blueprints.lifecycle.tag_language import TagEntry

__all__ = ["CounterExample", "overdue_image"]

_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WITNESS: Final = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterExample:
    """An image, the others that are needed to show its fate, and the moment.

    Attributes:
        witness: The image that it is about; one of ``inventory``.
        inventory: All images of the repository.
        now: The moment at which to evaluate.
    """

    witness: InventoryImage
    inventory: tuple[InventoryImage, ...]
    now: datetime

    def outcome_under(self, policy: LifecyclePolicy) -> ImageOutcome:
        """What a policy means for the witness."""
        return evaluate(policy, self.inventory, now=self.now).outcome_of(self.witness.digest)


def overdue_image(
    tags: Sequence[str], *, under: Sequence[LifecycleRule], entries: Sequence[TagEntry] = ()
) -> CounterExample | None:
    """An image with these tags for which the conditions of all the rules have come true.

    It is a day older than the longest of their times, and there are as many newer images as the largest of
    their numbers of images.

    Args:
        tags: Of the image; empty for an untagged one.
        under: One or more rules of one storage class.
        entries: What the newer images have to match with tags of their own, since a tag belongs to one
            image. Default: they are untagged.

    Returns:
        ``None`` if the newer images cannot have different tags, because an entry has no wildcard.
    """
    days = max((rule.count_number for rule in under if rule.count_type.counts_days), default=1)
    number = max(
        (rule.count_number for rule in under if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN), default=0
    )
    archived = under[0].effective_storage_class is StorageClass.ARCHIVE
    try:
        then = _MOMENT - timedelta(days=days + 1)
    except OverflowError:
        return None
    witness = InventoryImage(
        digest=_WITNESS,
        tags=tuple(tags),
        pushed_at=then,
        storage_class=StorageClass.ARCHIVE if archived else StorageClass.STANDARD,
        last_archived_at=then if archived else None,
    )
    newer = tuple(_newer_images(number, entries))
    if len(newer) < number:
        return None
    return CounterExample(witness=witness, inventory=(witness, *newer), now=_MOMENT)


def _newer_images(number: int, entries: Sequence[TagEntry]) -> Iterator[InventoryImage]:
    for position in range(1, number + 1):
        tags = [entry.numbered(position + 1) for entry in entries]
        if None in tags:
            return
        yield InventoryImage(
            digest=f"sha256:{position:064x}",
            tags=tuple(tag for tag in tags if tag is not None),
            pushed_at=_MOMENT - timedelta(seconds=number - position),
        )
