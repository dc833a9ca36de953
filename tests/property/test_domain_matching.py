"""Invariants of patterns, filters and prefixes."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from ecr_blueprints.domain.repository_filter import (
    CachePrefix,
    CreationTemplatePrefix,
    ReplicationFilter,
    ScanningFilter,
    SigningFilter,
)
from ecr_blueprints.domain.tags import (
    ExclusionFilter,
    MutabilityMode,
    TagMutability,
    TagPattern,
    is_image_tag,
)
from ecr_blueprints.domain.wildcard import covers, matches_wildcard
from ecr_blueprints.errors import InvalidValueError

PATTERNS = st.text(alphabet="ab*/", max_size=8)
TEXTS = st.text(alphabet="ab/", max_size=8)
PARTS = st.from_regex(r"[ab]{1,2}(?:-[ab])?", fullmatch=True)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join).filter(lambda name: len(name) > 1)
PREFIXES = st.one_of(st.just("ROOT"), NAMES, NAMES.map(lambda name: f"{name}/"))
TAG_PATTERNS = st.text(alphabet="ab.-*", min_size=1, max_size=6).filter(lambda text: text.count("*") <= 4)


@given(PATTERNS, TEXTS)
def test_a_match_is_that_of_the_regular_expression(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert matches_wildcard(pattern, text) == (re.fullmatch(expression, text) is not None)


@given(PATTERNS, PATTERNS, TEXTS)
def test_what_a_covered_pattern_matches_the_covering_one_matches(wide: str, narrow: str, text: str) -> None:
    if covers(wide, narrow) and matches_wildcard(narrow, text):
        assert matches_wildcard(wide, text)


@given(PATTERNS, PATTERNS, st.lists(TEXTS, min_size=8, max_size=8))
def test_a_pattern_covers_itself_filled_in(pattern: str, filling: str, texts: list[str]) -> None:
    narrower = pattern.replace("*", filling)
    assert covers(pattern, narrower)
    pieces = iter(texts)
    assert matches_wildcard(pattern, re.sub(r"\*", lambda _: next(pieces), pattern))


@given(PATTERNS, PATTERNS)
def test_a_pattern_that_is_not_covered_has_a_text_to_show_it(wide: str, narrow: str) -> None:
    assume(not covers(wide, narrow))
    witness = narrow.replace("*", "x")
    assert matches_wildcard(narrow, witness)
    assert not matches_wildcard(wide, witness)


@given(NAMES, NAMES)
def test_what_a_filter_without_wildcard_means(text: str, name: str) -> None:
    assert ReplicationFilter(text).matches(name) == name.startswith(text)
    assert SigningFilter(text).matches(name) == (name == text)
    assert CreationTemplatePrefix(text).matches(name) == name.startswith(f"{text}/")
    try:
        scanning = ScanningFilter(text)
    except InvalidValueError:
        return
    assert scanning.matches(name) == (text in name)


@given(PREFIXES, NAMES)
def test_a_prefix_holds_what_is_under_it_with_the_implied_slash(prefix: str, name: str) -> None:
    is_under = prefix == "ROOT" or name.startswith(prefix.removesuffix("/") + "/")
    assert CreationTemplatePrefix(prefix).matches(name) == is_under


@given(PREFIXES, PREFIXES, NAMES)
def test_prefixes_that_share_a_name_overlap(one: str, other: str, name: str) -> None:
    first, second = CreationTemplatePrefix(one), CreationTemplatePrefix(other)
    if first.matches(name) and second.matches(name):
        assert first.overlaps(second)
        assert second.overlaps(first)


@given(PREFIXES, PREFIXES)
def test_prefixes_that_overlap_share_a_name(one: str, other: str) -> None:
    first, second = CreationTemplatePrefix(one), CreationTemplatePrefix(other)
    longer = max(first, second, key=lambda prefix: prefix.specificity)
    shared = f"{longer.namespace or 'x'}/y"
    assert first.overlaps(second) == (first.matches(shared) and second.matches(shared))


@given(st.text(max_size=40) | st.text(alphabet="ab*/-._RO T", max_size=12))
def test_a_text_is_accepted_or_refused_with_a_suggestion_that_works(text: str) -> None:
    for grammar in (ScanningFilter, SigningFilter, ReplicationFilter, CreationTemplatePrefix, CachePrefix):
        try:
            grammar(text)
        except InvalidValueError as error:
            suggestion = re.match(r"write '([^']*)'", error.fix or "")
            if suggestion is not None:
                assert grammar.accepts(suggestion.group(1))
        else:
            assert grammar.accepts(text)


@given(TAG_PATTERNS)
def test_the_example_of_a_tag_pattern_is_a_shortest_tag_that_matches(text: str) -> None:
    pattern = TagPattern(text)
    example = pattern.example()
    shortest = len(text.replace("*", ""))
    if example is None:
        assert not any(
            is_image_tag(tag) and pattern.matches(tag)
            for tag in (text.replace("*", filling) for filling in ("", "a", "ab"))
        )
        return
    assert is_image_tag(example)
    assert pattern.matches(example)
    assert len(example) in (shortest, shortest + 1)
    if len(example) > shortest:
        assert not is_image_tag(text.replace("*", ""))


@given(st.lists(st.text(alphabet="abc*.-_09AZ", min_size=1, max_size=4), min_size=1, max_size=5))
def test_immutability_is_defeated_if_and_only_if_no_short_tag_is_left(patterns: list[str]) -> None:
    mutability = TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION,
        exclusions=tuple(ExclusionFilter(pattern) for pattern in patterns),
    )
    one_character_tags = [character for character in map(chr, range(128)) if is_image_tag(character)]
    assert len(one_character_tags) == 63
    assert mutability.defeats_immutability == all(
        mutability.is_overwritable(tag) for tag in one_character_tags
    )


@given(
    st.lists(st.text(alphabet="ab*", min_size=1, max_size=3), min_size=1, max_size=5),
    st.text(alphabet="ab", min_size=1, max_size=4),
)
def test_the_two_modes_with_exclusion_are_opposites(patterns: list[str], tag: str) -> None:
    filters = tuple(ExclusionFilter(pattern) for pattern in patterns)
    immutable = TagMutability(mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=filters)
    mutable = TagMutability(mode=MutabilityMode.MUTABLE_WITH_EXCLUSION, exclusions=filters)
    assert immutable.is_overwritable(tag) != mutable.is_overwritable(tag)
