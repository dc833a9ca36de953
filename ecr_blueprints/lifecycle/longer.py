"""Whether one policy keeps everything at least as long as another does.

A copy that goes before its original is no copy when it is needed. The comparison is on the safe side: it
answers yes only where the rules correspond one to one in their order, with numbers that are at least as
large; a policy that keeps as long by other means is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule, StorageClass, TagStatus

__all__ = ["rule_that_loses"]


def rule_that_loses(policy: LifecyclePolicy | None, original: LifecyclePolicy | None) -> LifecycleRule | None:
    """The first rule of a policy that may delete or archive an image which another policy keeps.

    Args:
        policy: The policy of the copies; None keeps everything.
        original: The policy of what is copied; None keeps everything.

    Returns:
        None if everything is kept at least as long, whatever the images are.
    """
    if policy is None:
        return None
    for storage_class in StorageClass:
        for status in (TagStatus.UNTAGGED, TagStatus.TAGGED):
            found = _first_loss(
                _concerned(policy, storage_class, status),
                [] if original is None else _concerned(original, storage_class, status),
            )
            if found is not None:
                return found
    return None


def _concerned(
    policy: LifecyclePolicy, storage_class: StorageClass, status: TagStatus
) -> list[LifecycleRule]:
    """The rules that can select images of a storage class with, or without, tags, as ECR applies them."""
    return [
        rule
        for rule in policy.in_priority_order
        if rule.effective_storage_class is storage_class and rule.tag_status in (status, TagStatus.ANY)
    ]


def _first_loss(rules: Sequence[LifecycleRule], original: Sequence[LifecycleRule]) -> LifecycleRule | None:
    at = 0
    for rule in rules:
        counterpart = original[at] if at < len(original) else None
        if counterpart is not None and _keeps_longer(rule, counterpart):
            at += 1
        elif not rule.is_shield:
            return rule
    return None


def _keeps_longer(rule: LifecycleRule, counterpart: LifecycleRule) -> bool:
    """Whether the two select the same images, do the same, and the first waits at least as long."""
    return _selection(rule) == _selection(counterpart) and rule.count_number >= counterpart.count_number


def _selection(rule: LifecycleRule) -> tuple[object, ...]:
    return (
        rule.tag_status,
        frozenset(rule.tag_patterns or ()),
        frozenset(rule.tag_prefixes or ()),
        rule.count_type,
        rule.action,
    )
