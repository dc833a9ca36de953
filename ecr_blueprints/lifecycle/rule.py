"""One rule of an ECR lifecycle policy, with the whole of ECR's grammar.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html (facts §1.1, §1.2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from ecr_blueprints.domain.tags import TagPattern
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.grammar import (
    ActionType,
    CountType,
    CountUnit,
    StorageClass,
    TagStatus,
    TargetStorageClass,
)

__all__ = [
    "MAXIMUM_NUMBER",
    "MINIMUM_ARCHIVED_DAYS",
    "SHIELD_DAYS",
    "SHIELD_IMAGES",
    "ActionType",
    "CountType",
    "CountUnit",
    "LifecycleRule",
    "StorageClass",
    "TagStatus",
    "TargetStorageClass",
]

MAXIMUM_NUMBER: Final = 2_147_483_647
"""The largest ``rulePriority`` and ``countNumber``: numbers of ECR's API are 32-bit integers (botocore shape
``LifecyclePolicyRulePriority``). What its validator says to more is not verified."""

MINIMUM_ARCHIVED_DAYS: Final = 90
"""A lifecycle policy cannot delete an image that has been archived for fewer days (facts §1.1, §9)."""

SHIELD_DAYS: Final = 3_650
"""A rule that waits at least this many days is there to protect (see `LifecycleRule.is_shield`)."""

SHIELD_IMAGES: Final = 1_000
"""A rule that keeps at least this many images is there to protect (see `LifecycleRule.is_shield`)."""

_PROTECTED_FOR_DAYS: Final = 36_500


_Member = TypeVar("_Member", bound=StrEnum)


def _member(enumeration: type[_Member], value: str, argument: str) -> _Member:
    try:
        return enumeration(value)
    except ValueError:
        raise InvalidValueError(
            f"{value!r} is no {argument}",
            where=f"LifecycleRule({argument}=…)",
            allowed=", ".join(enumeration),
            fix=f"use a member of {enumeration.__name__}",
        ) from None


def _whole_number(value: object, argument: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise InvalidValueError(
        f"{value!r} is no whole number",
        where=f"LifecycleRule({argument}=…)",
        allowed="an int of at least 1",
        fix=f"give {argument} as an int",
    )


def _texts(value: object, argument: str) -> tuple[str, ...]:
    if (
        not isinstance(value, str)
        and isinstance(value, Sequence)
        and all(isinstance(one, str) for one in value)
    ):
        return tuple(value)
    raise InvalidValueError(
        f"{value!r} is no list of texts",
        where=f"LifecycleRule({argument}=…)",
        allowed="a sequence of str",
        fix=f'write {argument}=["release-*"], with the brackets',
    )


@lru_cache(maxsize=4096)
def _pattern(text: str) -> TagPattern:
    return TagPattern(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """One rule: which images, from which condition on, and what happens to them.

    A rule holds what was written; whether ECR accepts it, alone and among others, is judged when a
    `LifecyclePolicy` is made of it, so that all violations are reported together. Only wrong Python types
    are refused here. Lists are stored as tuples, plain text for an enumeration becomes its member, and an
    empty description is the same as none, since an empty member is never written.

    Args:
        priority: ``rulePriority``: at least 1, unique in the policy; the lowest is applied first.
        tag_status: ``selection.tagStatus``.
        count_type: ``selection.countType``.
        count_number: ``selection.countNumber``: images for ``imageCountMoreThan``, else days; at least 1.
        action: ``action.type``.
        description: For people; ECR ignores it. Default: none.
        tag_patterns: ``selection.tagPatternList``: ``*`` stands for any run of characters, at most four in
            an entry. An image must match **every** entry (facts §1.2). Default: none.
        tag_prefixes: ``selection.tagPrefixList``; also **every** entry. Default: none.
        storage_class: ``selection.storageClass``. Default: not written, which ECR reads as ``standard``.
        target_storage_class: ``action.targetStorageClass``, for ``transition`` only. Default: not written.

    Raises:
        InvalidValueError: an argument of the wrong type, or a text that names no member of its enumeration.
    """

    priority: int
    tag_status: TagStatus
    count_type: CountType
    count_number: int
    action: ActionType
    description: str | None = None
    tag_patterns: tuple[str, ...] = ()
    tag_prefixes: tuple[str, ...] = ()
    storage_class: StorageClass | None = None
    target_storage_class: TargetStorageClass | None = None

    def __post_init__(self) -> None:
        """Check types and bring every field to its stored form."""
        put = object.__setattr__
        put(self, "priority", _whole_number(self.priority, "priority"))
        put(self, "count_number", _whole_number(self.count_number, "count_number"))
        put(self, "tag_status", _member(TagStatus, self.tag_status, "tag_status"))
        put(self, "count_type", _member(CountType, self.count_type, "count_type"))
        put(self, "action", _member(ActionType, self.action, "action"))
        put(self, "tag_patterns", _texts(self.tag_patterns, "tag_patterns"))
        put(self, "tag_prefixes", _texts(self.tag_prefixes, "tag_prefixes"))
        if self.storage_class is not None:
            put(self, "storage_class", _member(StorageClass, self.storage_class, "storage_class"))
        if self.target_storage_class is not None:
            target = _member(TargetStorageClass, self.target_storage_class, "target_storage_class")
            put(self, "target_storage_class", target)
        if self.description == "":
            put(self, "description", None)

    # What the rule says

    @property
    def count_unit(self) -> CountUnit | None:
        """``selection.countUnit``: days for the three ``since…`` count types, else none (facts §1.1)."""
        return CountUnit.DAYS if self.count_type.counts_days else None

    @property
    def effective_storage_class(self) -> StorageClass:
        """The storage class whose images the rule sees: ``standard`` where none is written."""
        return StorageClass.STANDARD if self.storage_class is None else self.storage_class

    @property
    def is_shield(self) -> bool:
        """Whether the condition is so far away that the rule is there to protect, not to act.

        An image that meets the tag requirement of a rule is out of reach of every rule with a lower
        priority (facts §1.5). A rule with a condition that never comes true therefore keeps its images for
        ever. That is a deliberate, useful thing: such a rule keeps at least `SHIELD_IMAGES` images or waits
        at least `SHIELD_DAYS` days.
        """
        return self.count_number >= (SHIELD_DAYS if self.count_type.counts_days else SHIELD_IMAGES)

    def matches_tags(self, tags: Collection[str]) -> bool:
        """Whether an image with these tags meets the rule's tag requirement.

        Every entry of the list must be matched by at least one tag; different tags may satisfy different
        entries (facts §1.2).

        Args:
            tags: The image's tags; empty for an untagged image.
        """
        if self.tag_status is TagStatus.ANY:
            return True
        if self.tag_status is TagStatus.UNTAGGED:
            return not tags
        if not tags or not (self.tag_patterns or self.tag_prefixes):
            return False
        return all(any(map(_pattern(entry).matches, tags)) for entry in self.tag_patterns) and all(
            any(tag.startswith(entry) for tag in tags) for entry in self.tag_prefixes
        )

    # Rules for people

    @classmethod
    def expire_untagged(
        cls, *, after_days: int, priority: int = 1, description: str | None = None
    ) -> LifecycleRule:
        """Delete images without a tag, ``after_days`` days after their push."""
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.UNTAGGED,
            count_type=CountType.SINCE_IMAGE_PUSHED,
            count_number=after_days,
            action=ActionType.EXPIRE,
        )

    @classmethod
    def expire_pushed(
        cls, pattern: str | None = None, *, after_days: int, priority: int = 1, description: str | None = None
    ) -> LifecycleRule:
        """Delete images ``after_days`` days after their push.

        Args:
            pattern: Only images that carry a tag of this pattern. Default: every image, tagged or not.
            after_days: At least 1.
            priority: Default: 1; `LifecyclePolicy.in_order` numbers rules for you.
            description: Default: none.
        """
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.ANY if pattern is None else TagStatus.TAGGED,
            tag_patterns=() if pattern is None else (pattern,),
            count_type=CountType.SINCE_IMAGE_PUSHED,
            count_number=after_days,
            action=ActionType.EXPIRE,
        )

    @classmethod
    def keep_newest(
        cls, pattern: str | None = None, *, images: int, priority: int = 1, description: str | None = None
    ) -> LifecycleRule:
        """Keep the newest ``images`` and delete the older ones.

        Args:
            pattern: Only images that carry a tag of this pattern. Default: every image, tagged or not.
            images: How many stay, at least 1; signatures and image indexes are counted like images.
            priority: Default: 1.
            description: Default: none.
        """
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.ANY if pattern is None else TagStatus.TAGGED,
            tag_patterns=() if pattern is None else (pattern,),
            count_type=CountType.IMAGE_COUNT_MORE_THAN,
            count_number=images,
            action=ActionType.EXPIRE,
        )

    @classmethod
    def archive(
        cls,
        pattern: str | None = None,
        *,
        after_days: int,
        since: CountType = CountType.SINCE_IMAGE_PUSHED,
        priority: int = 1,
        description: str | None = None,
    ) -> LifecycleRule:
        """Move images to the archive storage class, where they cannot be pulled until restored.

        Args:
            pattern: Only images that carry a tag of this pattern. Default: every image, tagged or not.
            after_days: At least 1.
            since: ``sinceImagePushed`` or ``sinceImagePulled``. Default: since the push.
            priority: Default: 1.
            description: Default: none.
        """
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.ANY if pattern is None else TagStatus.TAGGED,
            tag_patterns=() if pattern is None else (pattern,),
            count_type=since,
            count_number=after_days,
            action=ActionType.TRANSITION,
            target_storage_class=TargetStorageClass.ARCHIVE,
        )

    @classmethod
    def expire_archived(
        cls, pattern: str | None = None, *, after_days: int, priority: int = 1, description: str | None = None
    ) -> LifecycleRule:
        """Delete archived images ``after_days`` days after they were archived; ECR wants at least 90.

        Args:
            pattern: Only images that carry a tag of this pattern. Default: every archived image.
            after_days: At least `MINIMUM_ARCHIVED_DAYS`.
            priority: Default: 1.
            description: Default: none.
        """
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.ANY if pattern is None else TagStatus.TAGGED,
            tag_patterns=() if pattern is None else (pattern,),
            storage_class=StorageClass.ARCHIVE,
            count_type=CountType.SINCE_IMAGE_TRANSITIONED,
            count_number=after_days,
            action=ActionType.EXPIRE,
        )

    @classmethod
    def shield(
        cls,
        pattern: str,
        *,
        storage_class: StorageClass = StorageClass.STANDARD,
        priority: int = 1,
        description: str | None = None,
    ) -> LifecycleRule:
        """Protect images that carry a tag of ``pattern`` from every rule with a lower priority.

        The rule waits for a hundred years, in days rather than images, so that no number of images makes
        it act.

        Args:
            pattern: One tag pattern; several patterns are several shields.
            storage_class: The class whose rules it shields against. Default: ``standard``.
            priority: Default: 1.
            description: Default: none.
        """
        archived = storage_class is StorageClass.ARCHIVE
        return cls(
            priority=priority,
            description=description,
            tag_status=TagStatus.TAGGED,
            tag_patterns=(pattern,),
            storage_class=StorageClass.ARCHIVE if archived else None,
            count_type=CountType.SINCE_IMAGE_TRANSITIONED if archived else CountType.SINCE_IMAGE_PUSHED,
            count_number=_PROTECTED_FOR_DAYS,
            action=ActionType.EXPIRE,
        )
