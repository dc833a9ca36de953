"""Small inventories that show what a rule does, or fails to do.

A claim about a policy is worth more with an image that shows it. What is made here can be given to
`evaluate`; every `Trap` was confirmed by `outcome_of_one`, which says the same of the one image without
making the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ecr_blueprints.lifecycle.evaluator import ImageOutcome, outcome_of_one
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import CountType, LifecycleRule, StorageClass, TagStatus
from ecr_blueprints.lifecycle.tag_language import TagEntry, entries_of

__all__ = ["CounterExample", "overdue_image"]

_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WITNESS: Final = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterExample:
    """An image, the others that are needed to show its fate, and the moment.

    Attributes:
        witness: The image that it is about, the oldest.
        newer: How many newer images there are.
        entries: What the newer images match, each with tags of its own; untagged without entries.
        now: The moment at which to evaluate.
    """

    witness: InventoryImage
    newer: int
    entries: tuple[TagEntry, ...]
    now: datetime

    @property
    def inventory(self) -> tuple[InventoryImage, ...]:
        """All images of the repository, the witness first."""
        others = (
            InventoryImage(
                digest=f"sha256:{position:064x}",
                tags=tags,
                pushed_at=self.now - timedelta(microseconds=self.newer - position),
            )
            for position, tags in enumerate(self._tags_of_the_newer(), start=1)
        )
        return (self.witness, *others)

    def outcome_under(self, policy: LifecyclePolicy) -> ImageOutcome:
        """What a policy means for the witness."""
        return outcome_of_one(policy, self.witness, newer=self._newer_matching, now=self.now)

    def _newer_matching(self, rule: LifecycleRule) -> int:
        wanted = entries_of(rule)
        if rule.tag_status is TagStatus.ANY or (
            wanted and all(any(_implies(one, entry) for one in self.entries) for entry in wanted)
        ):
            return self.newer
        return sum(map(rule.matches_tags, self._tags_of_the_newer()))

    def _tags_of_the_newer(self) -> Iterator[tuple[str, ...]]:
        for number in range(2, self.newer + 2):
            tags = (entry.numbered(number) for entry in self.entries)
            yield tuple(tag for tag in tags if tag is not None)


def _implies(narrower: TagEntry, wider: TagEntry) -> bool:
    """Whether it is plain to see that every numbered tag of one entry matches the other."""
    return narrower == wider or (
        len(wider.literals) == 2
        and not wider.literals[1]
        and narrower.literals[0].startswith(wider.literals[0])
    )


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
    # The last has the longest tag: if it can be one, so can those before it.
    if number and any(entry.numbered(number + 1) is None for entry in entries):
        return None
    return CounterExample(witness=witness, newer=number, entries=tuple(entries), now=_MOMENT)
