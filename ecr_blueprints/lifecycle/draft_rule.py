"""A lifecycle rule as far as it could be read, so that what is there can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_blueprints.lifecycle.grammar import (
    ActionType,
    CountType,
    CountUnit,
    StorageClass,
    TagStatus,
    TargetStorageClass,
)
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import Violation, shown_number

__all__ = ["DraftRule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRule:
    """A rule as far as it can be read: ``None`` stands for a member that is absent or unusable.

    Args:
        index: Position in the document, from 0.
        unusable: JSON names of members that are given but cannot be used, for example ``countUnit``.
            Constraints that need them are not judged: the reader has reported them already.
        priority, tag_status, tag_patterns, tag_prefixes, storage_class, count_type, count_unit,
            count_number, action, target_storage_class: As in `LifecycleRule`; a tag list is ``None`` where
            it is absent and empty where it is given and empty.
    """

    index: int
    unusable: frozenset[str] = frozenset()
    priority: int | None = None
    tag_status: TagStatus | None = None
    tag_patterns: tuple[str, ...] | None = None
    tag_prefixes: tuple[str, ...] | None = None
    storage_class: StorageClass | None = None
    count_type: CountType | None = None
    count_unit: CountUnit | None = None
    count_number: int | None = None
    action: ActionType | None = None
    target_storage_class: TargetStorageClass | None = None

    @classmethod
    def of(cls, rule: LifecycleRule, index: int) -> DraftRule:
        """The draft that says what ``rule`` says."""
        return cls(
            index=index,
            priority=rule.priority,
            tag_status=rule.tag_status,
            tag_patterns=rule.tag_patterns if rule.tag_patterns else None,
            tag_prefixes=rule.tag_prefixes if rule.tag_prefixes else None,
            storage_class=rule.storage_class,
            count_type=rule.count_type,
            count_unit=rule.count_unit,
            count_number=rule.count_number,
            action=rule.action,
            target_storage_class=rule.target_storage_class,
        )

    @property
    def name(self) -> str:
        """How a message calls the rule: by its priority where it has one."""
        if self.priority is None:
            return f"the {_ordinal(self.index + 1)} rule"
        return f"rule {shown_number(self.priority)}"

    @property
    def effective_storage_class(self) -> StorageClass | None:
        """The class that the rule selects, or ``None`` where that cannot be told."""
        if "storageClass" in self.unusable:
            return None
        return StorageClass.STANDARD if self.storage_class is None else self.storage_class

    @property
    def tag_lists(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The tag lists that are given, each with its JSON name."""
        if self.tag_patterns is not None:
            yield "tagPatternList", self.tag_patterns
        if self.tag_prefixes is not None:
            yield "tagPrefixList", self.tag_prefixes

    def breaks(self, constraint: str, member: str, message: str, fix: str) -> Violation:
        """A violation at a member of this rule; the message begins with the rule's name."""
        return Violation(
            constraint=constraint,
            path=f"rules[{self.index}].{member}" if member else f"rules[{self.index}]",
            message=f"{self.name} {message}",
            fix=fix,
            rule_index=self.index,
            rule_priority=self.priority,
        )


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
