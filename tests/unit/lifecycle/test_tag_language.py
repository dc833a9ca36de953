from __future__ import annotations

import pytest

from ecr_blueprints.domain.tags import is_image_tag
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.tag_language import (
    EVERY_TAG,
    Effort,
    TagEntry,
    UndecidedError,
    covers,
    entries_of,
    tag_outside,
)

P = TagEntry.pattern


@pytest.mark.parametrize(
    ("wider", "narrower", "covered"),
    [
        ("*", "v*", True),
        ("v*", "*", False),
        ("v*", "v1*", True),
        ("v1*", "v*", False),
        ("v*", "v", True),
        ("v", "v*", False),
        ("*a*", "ba", True),
        ("*a*b*", "*ab*", True),
        ("*ab*", "*a*b*", False),
        ("a*a", "a*a*a", True),
        ("a*a*a", "a*a", False),
        ("a*a", "a", False),
        ("*aab", "*aaab", True),
        ("**", "*", True),
        ("a**b", "a*b", True),
        ("a*b", "a**b", True),
        ("v1.*", "v1*", False),
        # no tag begins with "." or "-", so nothing is outside
        ("v*", "-*", True),
        ("v*", "prod/*", True),
        # at most 128 characters: between 127 x and another there is no room
        ("x" * 127 + "*", "x" * 127 + "*", True),
        ("x" * 128, "x" * 128 + "*", True),
        ("x" * 127, "x" * 127 + "*", False),
    ],
)
def test_covers_is_exact_on_the_tags_that_an_image_can_have(wider: str, narrower: str, covered: bool) -> None:
    assert covers(P(wider), P(narrower)) is covered


def test_many_patterns_can_cover_one_together() -> None:
    first_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
    every = tuple(P(f"{character}*") for character in first_characters)
    assert tag_outside(EVERY_TAG, every) is None
    tag = tag_outside(EVERY_TAG, every[:-1])
    assert tag is not None
    assert tag[0] == "_"
    assert is_image_tag(tag)


def test_a_tag_outside_is_a_tag_of_the_entry_and_of_no_other() -> None:
    tag = tag_outside(P("v*"), (P("v1*"), P("v7*"), P("*2*"), P("v")))
    assert tag is not None
    assert tag.startswith("v")
    assert not tag.startswith(("v1", "v7"))
    assert "2" not in tag
    assert tag != "v"


def test_a_prefix_is_not_a_pattern() -> None:
    assert covers(P("v*"), TagEntry.prefix("v1"))
    assert covers(TagEntry.prefix("v"), P("v1"))
    assert TagEntry.prefix("v*").matches("v1") is False
    assert tag_outside(TagEntry.prefix("v*"), ()) is None


def test_the_entries_of_a_rule() -> None:
    assert entries_of(LifecycleRule.expire_untagged(after_days=1)) == ()
    assert entries_of(LifecycleRule.expire_pushed(after_days=1)) == ()
    assert entries_of(LifecycleRule.keep_newest("a*b", images=1)) == (P("a*b"),)


def test_numbered_tags_differ_and_match() -> None:
    tags = {P("a*b*").numbered(number) for number in range(1, 50)}
    assert len(tags) == 49
    assert all(tag is not None and P("a*b*").matches(tag) for tag in tags)
    assert P("exact").numbered(1) is None


def test_the_effort_is_bounded() -> None:
    excluded = (P("*1*"), P("*7*"), P("v"))
    assert tag_outside(P("v*"), excluded) is not None
    with pytest.raises(UndecidedError):
        tag_outside(P("v*"), excluded, Effort(15))
    with pytest.raises(UndecidedError):
        covers(P("v*"), P("v*"), Effort(0))
