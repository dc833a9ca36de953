"""Whether a rule can ever have an image to act on, given the rules before it.

An image that meets the tag requirement of a rule is out of reach of every rule of its storage class with a
lower priority (facts §1.5). A rule has something to do only if some set of tags meets its requirement and
that of no rule before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from ecr_blueprints.lifecycle.rule import LifecycleRule, TagStatus
from ecr_blueprints.lifecycle.tag_language import (
    EVERY_TAG,
    Effort,
    TagEntry,
    covers,
    entries_of,
    tag_outside,
    tag_within,
)

__all__ = ["one_tag_reaching", "selects_within", "tags_reaching"]


def selects_within(narrower: LifecycleRule, wider: LifecycleRule, effort: Effort | None = None) -> bool:
    """Whether every image that meets the tag requirement of one rule meets that of the other.

    Storage classes are not compared. A list is met by every image of another list exactly if each of its
    entries covers an entry of the other: otherwise one tag for each entry of the other, chosen outside an
    entry that covers none, would be an image that shows it.

    Args:
        narrower: The rule that may match fewer images.
        wider: The rule that may match more.
        effort: What may be spent. Default: enough for a few entries.

    Raises:
        UndecidedError: the effort is used up.
    """
    effort = Effort() if effort is None else effort
    if wider.tag_status is TagStatus.ANY:
        return True
    if narrower.tag_status is not wider.tag_status:
        return False
    if wider.tag_status is TagStatus.UNTAGGED:
        return True
    listed = entries_of(narrower)
    return all(any(covers(entry, other, effort) for other in listed) for entry in entries_of(wider))


def tags_reaching(
    rule: LifecycleRule, before: Sequence[LifecycleRule], effort: Effort | None = None
) -> tuple[str, ...] | None:
    """The tags of an image that ``rule`` matches and none of the rules ``before`` does.

    Args:
        rule: The rule that wants to act.
        before: The rules of the same storage class with a higher priority.
        effort: What may be spent. Default: enough for any policy that people write.

    Returns:
        As few and short tags as the rule needs; empty for an untagged image; ``None`` if no image gets past
        the rules before, which is proven then.

    Raises:
        UndecidedError: the effort is used up.
    """
    statuses = {other.tag_status for other in before}
    if TagStatus.ANY in statuses:
        return None
    if rule.tag_status is not TagStatus.TAGGED and TagStatus.UNTAGGED not in statuses:
        return ()
    if rule.tag_status is TagStatus.UNTAGGED:
        return None
    wanted = entries_of(rule) if rule.tag_status is TagStatus.TAGGED else (EVERY_TAG,)
    lists = [entries_of(other) for other in before if other.tag_status is TagStatus.TAGGED]
    effort = Effort() if effort is None else effort
    for escape in product(*lists):
        tags = _tags(wanted, escape, effort)
        if tags is not None:
            return tags
    return None


def one_tag_reaching(
    rule: LifecycleRule, before: Sequence[LifecycleRule], within: TagEntry, effort: Effort | None = None
) -> str | None:
    """The only tag of an image that ``rule`` matches and none of the rules ``before`` does.

    Args:
        rule: The rule that wants to act.
        before: The rules of the same storage class with a higher priority.
        within: What the tag has to match besides.
        effort: What may be spent. Default: enough for any policy that people write.

    Returns:
        A short tag; ``None`` if no image with one tag of ``within`` gets to the rule, which is proven then.

    Raises:
        UndecidedError: the effort is used up.
    """
    if rule.tag_status is TagStatus.UNTAGGED or any(other.tag_status is TagStatus.ANY for other in before):
        return None
    wanted = tuple(dict.fromkeys((within, *entries_of(rule))))
    lists = [entries_of(other) for other in before if other.tag_status is TagStatus.TAGGED]
    effort = Effort() if effort is None else effort
    for escape in product(*lists):
        tag = tag_within(wanted, tuple(dict.fromkeys(escape)), effort)
        if tag is not None:
            return tag
    return None


def _tags(
    wanted: Sequence[TagEntry], excluded: tuple[TagEntry, ...], effort: Effort
) -> tuple[str, ...] | None:
    """One tag for each wanted entry, none of which matches an excluded one."""
    # Each list must miss an entry with *all* tags of the image, so the same entries are excluded for all.
    relevant = tuple(dict.fromkeys(excluded))
    tags: list[str] = []
    for entry in wanted:
        tag = tag_outside(entry, relevant, effort)
        if tag is None:
            return None
        if tag not in tags:
            tags.append(tag)
    return tuple(tags)
