"""Tags, tag patterns and tag mutability."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.tags import (
    ExclusionFilter,
    MutabilityMode,
    TagMutability,
    TagPattern,
    check_image_tag,
    is_image_tag,
)
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1.4.2", True),
        ("latest", True),
        ("_x", True),
        ("A", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        (".x", False),
        ("-x", False),
        ("a/b", False),
        ("v1\n", False),
    ],
)
def test_image_tags(tag: str, expected: bool) -> None:
    assert is_image_tag(tag) is expected
    if expected:
        assert check_image_tag(tag) == tag
    else:
        with pytest.raises(InvalidValueError, match="is not an image tag"):
            check_image_tag(tag)


@pytest.mark.parametrize(
    ("pattern", "tag", "expected"),
    [
        ("prod*", "prod-1", True),
        ("prod*", "prod", True),
        ("prod*", "my-prod", False),
        ("*prod*", "my-prod-1", True),
        ("*prod", "my-prod", True),
        ("*prod", "prod-1", False),
        ("v*.*.*", "v1.2.3", True),
        ("v*.*.*", "v1.2", False),
        ("latest", "latest", True),
        ("latest", "latest2", False),
        ("*", "anything", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("prod*", "PROD-1", False),
        ("v1.*", "v1x2", False),
    ],
)
def test_tag_patterns_are_anchored_at_both_ends(pattern: str, tag: str, expected: bool) -> None:
    assert TagPattern(pattern).matches(tag) is expected


def test_a_tag_pattern_has_at_most_four_wildcards() -> None:
    assert TagPattern("*a*b*c*").matches("xaybzc")
    with pytest.raises(InvalidValueError) as raised:
        TagPattern("*a*b*c*d*")
    assert raised.value.what == "the tag pattern '*a*b*c*d*' has 5 wildcards"
    assert raised.value.allowed == "at most 4"


def test_patterns_read_as_written() -> None:
    assert str(TagPattern("v*")) == "v*"
    assert str(ExclusionFilter("dev-*")) == "dev-*"


def test_an_empty_tag_pattern_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="empty"):
        TagPattern("")


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        ("v*", "v"),
        ("*", "a"),
        ("**", "a"),
        ("*-rc*", "a-rc"),
        ("*.*", "a."),
        ("release-*", "release-"),
        ("latest", "latest"),
        ("-*", None),
        ("release/*", None),
        ("x" * 129, None),
        ("*" + "x" * 128, "x" * 128),
        ("*-" + "x" * 127, None),
    ],
)
def test_example_is_a_shortest_tag(pattern: str, example: str | None) -> None:
    assert TagPattern(pattern).example() == example


@pytest.mark.parametrize("value", ["", "a/b", "a b", "x" * 129, "latest\n"])
def test_exclusion_filters_of_another_grammar_are_refused(value: str) -> None:
    with pytest.raises(InvalidValueError, match="not a tag mutability exclusion filter"):
        ExclusionFilter(value)


def exclusions(*patterns: str) -> tuple[ExclusionFilter, ...]:
    return tuple(ExclusionFilter(pattern) for pattern in patterns)


@pytest.mark.parametrize(
    ("mode", "patterns", "tag", "expected"),
    [
        (MutabilityMode.MUTABLE, (), "v1", True),
        (MutabilityMode.IMMUTABLE, (), "v1", False),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("latest", "dev-*"), "latest", True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("latest", "dev-*"), "dev-7", True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("latest", "dev-*"), "v1", False),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, ("v*",), "v1", False),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, ("v*",), "latest", True),
    ],
)
def test_which_tags_can_be_moved(
    mode: MutabilityMode, patterns: tuple[str, ...], tag: str, expected: bool
) -> None:
    assert TagMutability(mode=mode, exclusions=exclusions(*patterns)).is_overwritable(tag) is expected


def test_the_default_is_ecrs() -> None:
    assert TagMutability() == TagMutability(mode=MutabilityMode.MUTABLE, exclusions=())


@pytest.mark.parametrize(
    "mode", [MutabilityMode.IMMUTABLE_WITH_EXCLUSION, MutabilityMode.MUTABLE_WITH_EXCLUSION]
)
@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (5, True), (6, False)])
def test_modes_with_exclusion_take_one_to_five(mode: MutabilityMode, count: int, fits: bool) -> None:
    filters = exclusions(*(f"t{number}" for number in range(count)))
    if fits:
        assert TagMutability(mode=mode, exclusions=filters).exclusions == filters
    else:
        with pytest.raises(InvalidValueError) as raised:
            TagMutability(mode=mode, exclusions=filters)
        assert raised.value.what == f"{mode} has {count} exclusion filters"
        assert raised.value.allowed == "1 to 5"


@pytest.mark.parametrize("mode", [MutabilityMode.IMMUTABLE, MutabilityMode.MUTABLE])
def test_modes_without_exclusion_take_none(mode: MutabilityMode) -> None:
    with pytest.raises(InvalidValueError) as raised:
        TagMutability(mode=mode, exclusions=exclusions("latest"))
    assert raised.value.fix == f"use {mode}_WITH_EXCLUSION, or leave the exclusions out"


@pytest.mark.parametrize(
    ("mode", "patterns", "expected"),
    [
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("*",), True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("latest", "**"), True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("v*", "a*"), False),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, ("*",), False),
        (MutabilityMode.MUTABLE, (), False),
        (MutabilityMode.IMMUTABLE, (), False),
    ],
)
def test_only_a_bare_wildcard_defeats_immutability(
    mode: MutabilityMode, patterns: tuple[str, ...], expected: bool
) -> None:
    assert TagMutability(mode=mode, exclusions=exclusions(*patterns)).defeats_immutability is expected
