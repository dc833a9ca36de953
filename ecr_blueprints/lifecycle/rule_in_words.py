"""A lifecycle rule in words, for the middle of a sentence: what it selects, what it does, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecr_blueprints.lifecycle.grammar import ActionType, CountType, TagStatus
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import shown_text

__all__ = [
    "action_in_words",
    "fate_in_words",
    "image_in_words",
    "moment_in_words",
    "selection_in_words",
    "tag_list_in_words",
]

_SHOWN_ENTRIES: Final = 5


def image_in_words(tags: Sequence[str]) -> str:
    """An image with these tags: "an image tagged v1, latest"."""
    return f"an image tagged {', '.join(tags)}" if tags else "an image without a tag"


def tag_list_in_words(rule: LifecycleRule) -> str:
    """The entries of a rule's tag list, the first few of a long one."""
    entries = rule.tag_patterns if rule.tag_patterns else rule.tag_prefixes
    shown = [shown_text(entry)[1:-1] for entry in entries[:_SHOWN_ENTRIES]]
    return "[" + ", ".join(shown + ["…"] * (len(entries) > _SHOWN_ENTRIES)) + "]"


def selection_in_words(rule: LifecycleRule) -> str:
    """The images that a rule selects."""
    if rule.tag_status is TagStatus.ANY:
        return "every image"
    if rule.tag_status is TagStatus.UNTAGGED:
        return "the untagged images"
    return f"the images of {tag_list_in_words(rule)}"


def fate_in_words(rule: LifecycleRule) -> str:
    """What happens to an image on which a rule acts: deleted or archived."""
    return "deleted" if rule.action is ActionType.EXPIRE else "archived"


def action_in_words(rule: LifecycleRule) -> str:
    """What a rule does: delete or archive."""
    return "delete" if rule.action is ActionType.EXPIRE else "archive"


def moment_in_words(rule: LifecycleRule) -> str:
    """From when on a rule acts on an image."""
    if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        return f"when there are more than {rule.count_number}"
    return f"after {rule.count_number} day{'' if rule.count_number == 1 else 's'}"
