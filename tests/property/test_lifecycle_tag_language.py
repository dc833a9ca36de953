"""Which tags a pattern covers, against a search through all short tags."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.domain.tags import is_image_tag
from ecr_blueprints.lifecycle.tag_language import TagEntry, covers, tag_outside

PATTERNS = st.text(alphabet="ab-*", min_size=1, max_size=6).filter(lambda text: text.count("*") <= 4)


@lru_cache(maxsize=1)
def short_tags() -> tuple[str, ...]:
    texts = ("".join(letters) for length in range(1, 8) for letters in product("ab-z", repeat=length))
    return tuple(text for text in texts if is_image_tag(text))


def naive_match(pattern: str, tag: str) -> bool:
    """By trying every length for every wildcard."""
    if not pattern:
        return not tag
    if pattern[0] == "*":
        return any(naive_match(pattern[1:], tag[length:]) for length in range(len(tag) + 1))
    return tag[:1] == pattern[0] and naive_match(pattern[1:], tag[1:])


@given(pattern=PATTERNS, tag=st.text(alphabet="ab-z", max_size=7))
def test_an_entry_matches_what_its_pattern_does(pattern: str, tag: str) -> None:
    assert TagEntry.pattern(pattern).matches(tag) is naive_match(pattern, tag)


@given(narrower=PATTERNS, wider=PATTERNS)
def test_covers_agrees_with_a_search_through_all_short_tags(narrower: str, wider: str) -> None:
    outside = [
        tag
        for tag in short_tags()
        if TagEntry.pattern(narrower).matches(tag) and not TagEntry.pattern(wider).matches(tag)
    ]
    assert covers(TagEntry.pattern(wider), TagEntry.pattern(narrower)) is (not outside)


@given(entry=PATTERNS, excluded=st.lists(PATTERNS, max_size=4))
def test_a_tag_outside_is_one_and_none_means_there_is_none(entry: str, excluded: list[str]) -> None:
    tag = tag_outside(TagEntry.pattern(entry), tuple(map(TagEntry.pattern, excluded)))
    if tag is not None:
        assert is_image_tag(tag)
        assert naive_match(entry, tag)
        assert not any(naive_match(one, tag) for one in excluded)
    else:
        matched = (short for short in short_tags() if TagEntry.pattern(entry).matches(short))
        assert all(any(TagEntry.pattern(one).matches(short) for one in excluded) for short in matched)


@given(pattern=PATTERNS)
def test_every_pattern_covers_itself_and_lies_within_every_tag(pattern: str) -> None:
    entry = TagEntry.pattern(pattern)
    assert covers(entry, entry)
    assert covers(TagEntry.pattern("*"), entry)
