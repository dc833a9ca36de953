"""ECR's constraints on the rules of a lifecycle policy together (facts §1.4), and the judgement as a whole.

Both ways to a policy come through here: typed rules (`violations_of`), and a JSON text, whose rules may be
incomplete and are carried as `DraftRule`. Nothing is decided twice. `CONSTRAINTS` names the sources.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ecr_blueprints.domain.quotas import LIFECYCLE_RULES
from ecr_blueprints.lifecycle.draft_rule import DraftRule
from ecr_blueprints.lifecycle.grammar import StorageClass, TagStatus
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.rule_constraints import violations_of_one
from ecr_blueprints.lifecycle.violation import Violation, shown_text

__all__ = ["violations_of", "violations_of_drafts"]


def violations_of(rules: Sequence[LifecycleRule]) -> tuple[Violation, ...]:
    """Everything that ECR would refuse in these rules, and what it may refuse.

    Args:
        rules: The rules of one policy, in any order.

    Returns:
        All violations, rule by rule and then those of the rules together; empty for a valid policy.
    """
    return violations_of_drafts([DraftRule.of(rule, index) for index, rule in enumerate(rules)])


def violations_of_drafts(drafts: Sequence[DraftRule]) -> tuple[Violation, ...]:
    """The same for rules that may be incomplete; what is unusable is not judged again."""
    found: list[Violation] = []
    if not drafts:
        found.append(
            Violation(
                constraint="rules",
                path="rules",
                message="the policy has no rule",
                fix="write at least one rule, or leave the lifecycle policy out",
            )
        )
    if len(drafts) > LIFECYCLE_RULES.value:
        found.append(
            Violation(
                constraint="rules",
                path="rules",
                message=f"the policy has {len(drafts)} rules, ECR takes {LIFECYCLE_RULES.value}",
                fix="merge rules whose tags share a pattern, or split the repository",
            )
        )
    for draft in drafts:
        found.extend(violations_of_one(draft))
    for check in _CHECKS:
        found.extend(check(drafts))
    return tuple(found)


def _unique_priorities(rules: Sequence[DraftRule]) -> Iterator[Violation]:
    first: dict[int, DraftRule] = {}
    for rule in rules:
        if rule.priority is None:
            continue
        earlier = first.setdefault(rule.priority, rule)
        if earlier is not rule:
            yield rule.breaks(
                "duplicate-priority",
                "rulePriority",
                f"at position {rule.index + 1} has the priority of the rule at position {earlier.index + 1}",
                "give every rule a rulePriority of its own; the lowest is applied first",
            )


def _any_last(rules: Sequence[DraftRule]) -> Iterator[Violation]:
    for storage_class, group in _by_storage_class(rules):
        for rule in group:
            if rule.tag_status is not TagStatus.ANY or rule.priority is None:
                continue
            later = [
                other
                for other in sorted(group, key=_priority)
                if other.priority is not None and other.priority > rule.priority
            ]
            if later:
                yield rule.breaks(
                    "any-last",
                    "rulePriority",
                    f"has tagStatus any and comes before {_names(later)} of storage class {storage_class}; "
                    "it takes every image, so nothing would be left for them",
                    f"give it a rulePriority above that of {later[-1].name}"
                    + (
                        ", and keep one any rule in the storage class"
                        if any(one.tag_status is TagStatus.ANY for one in later)
                        else ""
                    ),
                )


def _untagged_once(rules: Sequence[DraftRule]) -> Iterator[Violation]:
    for storage_class, group in _by_storage_class(rules):
        untagged = [rule for rule in group if rule.tag_status is TagStatus.UNTAGGED]
        for rule in untagged[1:]:
            yield rule.breaks(
                "untagged-once",
                "selection.tagStatus",
                f"selects untagged images of storage class {storage_class}, as {untagged[0].name} does",
                "keep one of them",
            )


def _tag_lists_unique(rules: Sequence[DraftRule]) -> Iterator[Violation]:
    for storage_class, group in _by_storage_class(rules):
        lists: dict[tuple[str, frozenset[str]], DraftRule] = {}
        entries: dict[tuple[str, str], DraftRule] = {}
        for rule in group:
            for name, listed in rule.tag_lists:
                if not listed:
                    continue
                same = lists.setdefault((name, frozenset(listed)), rule)
                if same is not rule:
                    yield rule.breaks(
                        "tag-list-duplicate",
                        f"selection.{name}",
                        f"has the {name} of {same.name} in the same storage class {storage_class}",
                        "merge the two rules; an image meets only the first of them",
                    )
                    continue
                for entry in dict.fromkeys(listed):
                    sharer = entries.setdefault((name, entry), rule)
                    if sharer is not rule:
                        yield rule.breaks(
                            "tag-list-shared",
                            f"selection.{name}",
                            f"lists {shown_text(entry)} as {sharer.name} does, in the same storage class "
                            f"{storage_class}",
                            "give each rule entries of its own",
                        )


def _by_storage_class(rules: Sequence[DraftRule]) -> Iterator[tuple[StorageClass, list[DraftRule]]]:
    groups: dict[StorageClass, list[DraftRule]] = defaultdict(list)
    for rule in rules:
        storage_class = rule.effective_storage_class
        if storage_class is not None:
            groups[storage_class].append(rule)
    yield from groups.items()


def _priority(rule: DraftRule) -> int:
    return 0 if rule.priority is None else rule.priority


def _names(rules: Sequence[DraftRule]) -> str:
    shown = ", ".join(rule.name for rule in rules[:3])
    return shown if len(rules) <= 3 else f"{shown} and {len(rules) - 3} more"


_CHECKS: Final[tuple[Callable[[Sequence[DraftRule]], Iterator[Violation]], ...]] = (
    _unique_priorities,
    _any_last,
    _untagged_once,
    _tag_lists_unique,
)
