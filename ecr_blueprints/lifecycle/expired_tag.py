"""Whether a lifecycle policy deletes an image whose one tag is of a pattern that somebody wants kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ecr_blueprints.lifecycle.counter_example import overdue_image
from ecr_blueprints.lifecycle.grammar import ActionType, StorageClass
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.reach import one_tag_reaching
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.tag_language import Effort, TagEntry, UndecidedError, entries_of

__all__ = ["ExpiredTag", "expired_tag"]

_STEPS_FOR_ONE_POLICY: Final = 800_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredTag:
    """An image that goes.

    Attributes:
        tag: Its only tag.
        rule: What deletes it.
    """

    tag: str
    rule: LifecycleRule


@lru_cache(maxsize=1024)
def expired_tag(policy: LifecyclePolicy, pattern: str) -> ExpiredTag | None:
    """An image with one tag, of a pattern, that a policy deletes.

    Only certainties: the evaluator confirms it. A shield (`LifecycleRule.is_shield`) deletes nothing, and an
    image that is archived alone is still there. In the archive, an image is judged however it got there.

    Args:
        policy: A valid policy.
        pattern: A tag pattern.

    Returns:
        The one that the first such rule deletes; ``None`` if there is none, or if it cannot be decided.
    """
    effort = Effort(steps=_STEPS_FOR_ONE_POLICY)
    within = TagEntry.pattern(pattern)
    for storage_class in StorageClass:
        rules = [rule for rule in policy.in_priority_order if rule.effective_storage_class is storage_class]
        for position, rule in enumerate(rules):
            if rule.action is not ActionType.EXPIRE or rule.is_shield:
                continue
            try:
                tag = one_tag_reaching(rule, rules[:position], within, effort)
            except UndecidedError:
                return None
            shown = None if tag is None else overdue_image((tag,), under=(rule,), entries=entries_of(rule))
            if tag is not None and shown is not None and shown.outcome_under(policy).rule == rule:
                return ExpiredTag(tag=tag, rule=rule)
    return None
