"""Valid policies that do not do what they say.

ECR accepts them; images are lost or pile up. Four things go wrong in practice (facts §1.2, §1.5): a tag list
is an *and*; a rule takes its images from every rule after it, also those that it does not act on; an image
that is deleted is not there to be archived; and a rule that should keep images keeps none. Each finding has
an image that shows it, confirmed by the evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ecr_blueprints.lifecycle.counter_example import CounterExample, overdue_image
from ecr_blueprints.lifecycle.evaluator import ImageOutcome
from ecr_blueprints.lifecycle.grammar import ActionType, CountType, StorageClass, TagStatus
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.reach import selects_within, tags_reaching
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.rule_in_words import (
    action_in_words,
    fate_in_words,
    image_in_words,
    moment_in_words,
    selection_in_words,
    tag_list_in_words,
)
from ecr_blueprints.lifecycle.tag_language import (
    EVERY_TAG,
    Effort,
    TagEntry,
    UndecidedError,
    covers,
    entries_of,
    tag_outside,
)

__all__ = ["Trap", "TrapKind", "find_traps"]

# A policy of fifty ordinary rules needs a hundredth of it; it is used up in a third of a second.
_STEPS_FOR_ONE_CLASS: Final = 800_000


class TrapKind(StrEnum):
    """The traps, from the one that loses images to the one that keeps too many."""

    KEEP_RULE_DOES_NOTHING = "keep-rule-does-nothing"
    """Images that a rule is there to keep are deleted or archived by another rule."""
    NEVER_REACHED = "never-reached"
    """A rule archives images that a rule before it deletes or takes."""
    SHADOWED = "shadowed"
    """A rule can never act: the rules before it take every image that it matches."""
    AND_LIST = "and-list"
    """A rule misses images: its tag list has several entries, and an image must match every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One trap, with the image that shows it.

    Attributes:
        kind: Which trap.
        rule_priority: The rule that does not do what it says.
        other_priority: The rule that takes, deletes or archives its images, where it is one rule.
        message: What happens, with the image; lower case, without a full stop.
        fix: What to write instead.
        shown: The image that shows it, with the others that are needed.
    """

    kind: TrapKind
    rule_priority: int
    other_priority: int | None
    message: str
    fix: str
    shown: CounterExample

    @property
    def witness(self) -> InventoryImage:
        """The image that shows it."""
        return self.shown.witness

    @property
    def inventory(self) -> tuple[InventoryImage, ...]:
        """The images to evaluate together with it, the witness among them."""
        return self.shown.inventory

    @property
    def now(self) -> datetime:
        """The moment at which to evaluate them."""
        return self.shown.now


@lru_cache(maxsize=1024)
def find_traps(policy: LifecyclePolicy) -> tuple[Trap, ...]:
    """All traps of a policy, at most one for each rule: the most serious.

    Only certainties: what cannot be decided, or what the evaluator does not confirm, is no trap. A shield
    (`LifecycleRule.is_shield`) is never said to be idle or to shadow the rules after it: that is its purpose.
    A shield *behind* the rule that takes its images protects nothing, and is reported as a keep rule that
    does nothing.

    Args:
        policy: A valid policy.

    Returns:
        In the order of the rules' priorities.
    """
    found: list[Trap] = []
    for storage_class in StorageClass:
        rules = [rule for rule in policy.in_priority_order if rule.effective_storage_class is storage_class]
        search = _Search(policy)
        for position, rule in enumerate(rules):
            try:
                trap = search.unreachable(rule, rules[:position])
                if trap is None:
                    trap = search.and_list(rule, rules[position + 1 :])
            except UndecidedError:
                continue
            if trap is not None:
                found.append(trap)
    return tuple(sorted(found, key=lambda trap: trap.rule_priority))


class _Search:
    """The search in one policy, with what may be spent on it."""

    def __init__(self, policy: LifecyclePolicy) -> None:
        self._policy = policy
        self._effort = Effort(steps=_STEPS_FOR_ONE_CLASS)

    def _outcome(self, shown: CounterExample, policy: LifecyclePolicy) -> ImageOutcome:
        self._effort.spend((shown.newer + 1) * len(policy.rules))
        return shown.outcome_under(policy)

    # a rule that no image gets to

    def unreachable(self, rule: LifecycleRule, before: Sequence[LifecycleRule]) -> Trap | None:
        """A rule all of whose images the rules before it take; shields are not asked."""
        acting = [other for other in before if not other.is_shield]
        if not acting or tags_reaching(rule, acting, self._effort) is not None:
            return None
        tags = tags_reaching(rule, (), self._effort)
        if tags is None:
            return None
        if rule.is_shield:
            return self._late_shield(rule, tags, acting)
        taker = next((other for other in acting if selects_within(rule, other, self._effort)), None)
        return self._shadowed(rule, tags, taker)

    def _late_shield(
        self, rule: LifecycleRule, tags: Sequence[str], acting: Sequence[LifecycleRule]
    ) -> Trap | None:
        """A shield behind the rules that it should protect from, if one of them really acts."""
        for other in acting:
            shown = overdue_image(tags, under=(other,), entries=entries_of(other))
            if shown is not None and self._outcome(shown, self._policy).rule == other:
                return _trap(
                    TrapKind.KEEP_RULE_DOES_NOTHING,
                    rule,
                    other,
                    shown,
                    f"rule {rule.priority} is there to keep {selection_in_words(rule)}, but rule "
                    f"{other.priority} comes first: {image_in_words(tags)} is {fate_in_words(other)} all the "
                    "same",
                    _first(rule, other),
                )
        return None

    def _shadowed(self, rule: LifecycleRule, tags: Sequence[str], taker: LifecycleRule | None) -> Trap | None:
        under = (rule,) if taker is None else (rule, taker)
        shown = overdue_image(tags, under=under, entries=entries_of(rule))
        if shown is None or self._outcome(shown, LifecyclePolicy((rule,))).rule != rule:
            return None
        by = self._outcome(shown, self._policy).matched_by
        if by is None or by == rule:
            return None
        if taker is not None:
            by = taker
        if rule.action is ActionType.TRANSITION and by.action is ActionType.EXPIRE:
            kind = TrapKind.NEVER_REACHED
            fix = (
                f"archive first and delete from the archive: remove rule {by.priority} and add a rule with "
                '"storageClass":"archive" and "countType":"sinceImageTransitioned"'
            )
        elif rule.tag_status is TagStatus.ANY:
            kind = TrapKind.SHADOWED
            fix = f"remove rule {rule.priority}, or narrow the tags of the rules before it"
        else:
            kind = TrapKind.SHADOWED
            fix = (
                f"{_first(rule, by)}, or narrow the tags of rule {by.priority}; two conditions on the same "
                "tags cannot be one policy"
            )
        takes = (
            f"rule {by.priority} comes first and takes {selection_in_words(rule)}, also those that it does "
            "not act on"
            if taker is not None
            else f"the rules before it together take {selection_in_words(rule)}"
        )
        message = (
            f"rule {rule.priority} can never {action_in_words(rule)} an image: {takes}; "
            f"{image_in_words(tags)} belongs to rule {by.priority}, "
            f"which {action_in_words(by)}s {moment_in_words(by)}"
        )
        return _trap(kind, rule, by, shown, message, fix)

    # a list that is an "and"

    def and_list(self, rule: LifecycleRule, after: Sequence[LifecycleRule]) -> Trap | None:
        """A list of several entries, none of which implies the others."""
        entries = self._demanding(entries_of(rule))
        if len(entries) < 2:
            return None
        candidates = list(self._tags_of_one_entry(entries))
        takers = [other for other in after if _takes_everything(other) and _keeps_longer(rule, other)]
        for _, tag in candidates:
            for other in takers:
                trap = self._lost(rule, tag, other)
                if trap is not None:
                    return trap
        for entry, tag in candidates:
            trap = self._missed(rule, entry, tag)
            if trap is not None:
                return trap
        return None

    def _demanding(self, entries: Sequence[TagEntry]) -> tuple[TagEntry, ...]:
        """The entries that ask for something: one that another entry implies is left out."""
        kept: list[TagEntry] = []
        for entry in dict.fromkeys(entries):
            if any(covers(entry, other, self._effort) for other in kept):
                continue
            kept = [other for other in kept if not covers(other, entry, self._effort)]
            kept.append(entry)
        return tuple(kept)

    def _tags_of_one_entry(self, entries: Sequence[TagEntry]) -> Iterator[tuple[TagEntry, str]]:
        """For each entry, a tag that matches it and misses another."""
        for entry in entries:
            for other in entries:
                tag = None if other is entry else tag_outside(entry, (other,), self._effort)
                if tag is not None:
                    yield entry, tag
                    break

    def _lost(self, rule: LifecycleRule, tag: str, other: LifecycleRule) -> Trap | None:
        shown = overdue_image((tag,), under=(other,), entries=entries_of(other))
        if shown is None or self._outcome(shown, self._policy).rule != other:
            return None
        return _trap(
            TrapKind.KEEP_RULE_DOES_NOTHING,
            rule,
            other,
            shown,
            f"rule {rule.priority} keeps only images with tags for every entry of {tag_list_in_words(rule)}: "
            f"{image_in_words((tag,))} is {fate_in_words(other)} by rule {other.priority}",
            _one_rule_each(rule),
        )

    def _missed(self, rule: LifecycleRule, entry: TagEntry, tag: str) -> Trap | None:
        alone = overdue_image((tag,), under=(LifecycleRule.expire_untagged(after_days=1),))
        shown = None if rule.is_shield else overdue_image((tag,), under=(rule,), entries=(entry,))
        shown = alone if shown is None else shown
        if shown is None or self._outcome(shown, self._policy).matched_by == rule:
            return None
        return _trap(
            TrapKind.AND_LIST,
            rule,
            None,
            shown,
            f"rule {rule.priority} misses {image_in_words((tag,))}: an image must match every entry of "
            f"{tag_list_in_words(rule)}",
            _one_rule_each(rule),
        )


def _takes_everything(rule: LifecycleRule) -> bool:
    if rule.tag_status is TagStatus.ANY:
        return True
    entries = entries_of(rule)
    return bool(entries) and all(entry == EVERY_TAG for entry in entries)


def _keeps_longer(rule: LifecycleRule, other: LifecycleRule) -> bool:
    """Whether falling through from ``rule`` to ``other`` is a loss: the first is there to keep."""
    if other.is_shield:
        return False
    if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        return True
    return other.count_type is CountType.IMAGE_COUNT_MORE_THAN or rule.count_number > other.count_number


def _first(rule: LifecycleRule, other: LifecycleRule) -> str:
    return f"give rule {rule.priority} a lower rulePriority than rule {other.priority}, renumber if need be"


def _one_rule_each(rule: LifecycleRule) -> str:
    return (
        f"where one tag or the other is meant, write {len(entries_of(rule))} rules, each with one entry; "
        "where every entry is meant, leave it"
    )


def _trap(
    kind: TrapKind,
    rule: LifecycleRule,
    other: LifecycleRule | None,
    shown: CounterExample,
    message: str,
    fix: str,
) -> Trap:
    return Trap(
        kind=kind,
        rule_priority=rule.priority,
        other_priority=None if other is None else other.priority,
        message=message,
        fix=fix,
        shown=shown,
    )
