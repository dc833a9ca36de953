"""ECR's constraints on one lifecycle rule (facts §1.1), each decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from ecr_blueprints.domain.tags import TagPattern, is_image_tag
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.draft_rule import DraftRule
from ecr_blueprints.lifecycle.grammar import ActionType, CountType, StorageClass, TagStatus
from ecr_blueprints.lifecycle.rule import MAXIMUM_NUMBER, MINIMUM_ARCHIVED_DAYS
from ecr_blueprints.lifecycle.violation import Violation, shown_number, shown_text

__all__ = ["violations_of_one"]


def violations_of_one(rule: DraftRule) -> Iterator[Violation]:
    """Every constraint that the rule breaks on its own; members that are unusable are not judged."""
    for check in _CHECKS:
        yield from check(rule)


def _numbers(rule: DraftRule) -> Iterator[Violation]:
    for member, value in (("rulePriority", rule.priority), ("countNumber", rule.count_number)):
        if value is not None and not 1 <= value <= MAXIMUM_NUMBER:
            yield rule.breaks(
                member,
                member if member == "rulePriority" else f"selection.{member}",
                f"has {member} {shown_number(value)}, ECR wants 1 to {MAXIMUM_NUMBER:,}",
                "number the rules from 1" if member == "rulePriority" else "write 1 or more",
            )


def _count_unit(rule: DraftRule) -> Iterator[Violation]:
    if rule.count_type is None or "countUnit" in rule.unusable:
        return
    if rule.count_type.counts_days and rule.count_unit is None:
        yield rule.breaks(
            "countUnit",
            "selection.countUnit",
            f"counts {rule.count_type} without a countUnit",
            'add "countUnit":"days"',
        )
    if not rule.count_type.counts_days and rule.count_unit is not None:
        yield rule.breaks(
            "countUnit",
            "selection.countUnit",
            f"has a countUnit, which {rule.count_type} does not take",
            "remove countUnit, or count days with sinceImagePushed",
        )


def _storage_class(rule: DraftRule) -> Iterator[Violation]:
    if rule.count_type is None or rule.effective_storage_class is None:
        return
    archived = rule.effective_storage_class is StorageClass.ARCHIVE
    if rule.count_type is CountType.SINCE_IMAGE_TRANSITIONED and not archived:
        yield rule.breaks(
            "storageClass",
            "selection.storageClass",
            "counts sinceImageTransitioned outside the archive, where no image has been transitioned",
            'add "storageClass":"archive" to the selection',
        )
    if rule.count_type is not CountType.SINCE_IMAGE_TRANSITIONED and archived:
        yield rule.breaks(
            "storageClass",
            "selection.storageClass",
            f"counts {rule.count_type} in the archive, where ECR counts sinceImageTransitioned only",
            'remove "storageClass":"archive", or count sinceImageTransitioned',
        )


def _action(rule: DraftRule) -> Iterator[Violation]:
    if rule.action is None or "targetStorageClass" in rule.unusable:
        return
    transition = rule.action is ActionType.TRANSITION
    if transition and rule.target_storage_class is None:
        yield rule.breaks(
            "targetStorageClass",
            "action.targetStorageClass",
            "has the action transition without a target",
            'add "targetStorageClass":"archive" to the action',
        )
    if not transition and rule.target_storage_class is not None:
        yield rule.breaks(
            "targetStorageClass",
            "action.targetStorageClass",
            "has the action expire with a target, which only transition takes",
            'remove targetStorageClass, or write "type":"transition"',
        )


def _count_type_and_action(rule: DraftRule) -> Iterator[Violation]:
    if rule.count_type is CountType.SINCE_IMAGE_PULLED and rule.action is ActionType.EXPIRE:
        yield rule.breaks(
            "pulled-expire",
            "action.type",
            "expires images by their last pull, which ECR does not do",
            'archive them ("type":"transition","targetStorageClass":"archive") and add a rule that expires '
            "archived images by sinceImageTransitioned",
        )
    if rule.count_type is not CountType.SINCE_IMAGE_TRANSITIONED:
        return
    if rule.action is ActionType.TRANSITION:
        yield rule.breaks(
            "transitioned-transition",
            "action.type",
            "archives images that are archived already",
            'write "action":{"type":"expire"}; a lifecycle rule cannot restore an image',
        )
    if rule.count_number is not None and 1 <= rule.count_number < MINIMUM_ARCHIVED_DAYS:
        yield rule.breaks(
            "transitioned-90",
            "selection.countNumber",
            f"deletes images {rule.count_number} days after they were archived, ECR wants at least "
            f"{MINIMUM_ARCHIVED_DAYS}",
            f"write {MINIMUM_ARCHIVED_DAYS} or more",
        )


def _tag_lists(rule: DraftRule) -> Iterator[Violation]:
    if "selection" in rule.unusable:
        return
    listed = {name for name, _ in rule.tag_lists}
    members: tuple[str, ...] = ("tagPatternList", "tagPrefixList")
    given = [name for name in members if name in listed or name in rule.unusable]
    if len(given) == 2:
        yield rule.breaks(
            "tag-list-both",
            "selection.tagPrefixList",
            "has a tagPatternList and a tagPrefixList",
            'keep one of them; the prefix "v" is the pattern "v*"',
        )
    if rule.tag_status is None:
        return
    if rule.tag_status is not TagStatus.TAGGED:
        for name in given:
            yield rule.breaks(
                "tag-list-forbidden",
                f"selection.{name}",
                f"has a {name} with tagStatus {rule.tag_status}, which takes none",
                f'remove {name}, or write "tagStatus":"tagged"',
            )
    elif not given:
        yield rule.breaks(
            "tag-list-required",
            "selection",
            "has tagStatus tagged without a tag list",
            'add "tagPatternList":["*"] for all tagged images, or the pattern that is meant',
        )
    else:
        for name, entries in rule.tag_lists:
            if not entries:
                yield rule.breaks(
                    "tag-list-required",
                    f"selection.{name}",
                    f"has tagStatus tagged and an empty {name}",
                    'write at least one entry; "*" stands for all tagged images',
                )


def _tag_list_entries(rule: DraftRule) -> Iterator[Violation]:
    for name, entries in rule.tag_lists:
        seen: set[str] = set()
        for position, entry in enumerate(entries):
            member = f"selection.{name}[{position}]"
            if entry in seen:
                yield rule.breaks(
                    "tag-list-entry-twice",
                    member,
                    f"lists {shown_text(entry)} twice",
                    "remove the second",
                )
                continue
            seen.add(entry)
            if name == "tagPatternList":
                refusal = _refusal(entry)
                if refusal is not None:
                    yield rule.breaks(
                        "tag-list-entry",
                        member,
                        f"has the pattern {shown_text(entry)}: {refusal[0]}",
                        refusal[1],
                    )
                    continue
            elif entry == "":
                yield rule.breaks(
                    "tag-list-entry",
                    member,
                    "has an empty prefix",
                    'write the pattern "*" in a tagPatternList for all tagged images',
                )
                continue
            if not _some_tag_can_match(entry, is_pattern=name == "tagPatternList"):
                yield rule.breaks(
                    "tag-list-no-tag",
                    member,
                    f"has {shown_text(entry)}, which no tag can match",
                    "use only A-Z a-z 0-9 _ . -, neither . nor - first; a repository name does not go here",
                )


@lru_cache(maxsize=4096)
def _refusal(pattern: str) -> tuple[str, str] | None:
    """Why ``domain`` refuses a pattern, and its fix; ``None`` if it does not."""
    try:
        TagPattern(pattern)
    except InvalidValueError as refused:
        return refused.what, refused.fix if refused.fix is not None else "write another pattern"
    return None


def _some_tag_can_match(entry: str, *, is_pattern: bool) -> bool:
    return TagPattern(entry).example() is not None if is_pattern else is_image_tag(entry)


_CHECKS: Final[tuple[Callable[[DraftRule], Iterator[Violation]], ...]] = (
    _numbers,
    _count_unit,
    _storage_class,
    _action,
    _count_type_and_action,
    _tag_lists,
    _tag_list_entries,
)
