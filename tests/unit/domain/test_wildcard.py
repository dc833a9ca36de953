"""Wildcard patterns."""

from __future__ import annotations

import time

import pytest

from ecr_blueprints.domain.wildcard import covers, matches_wildcard


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("a", "a", True),
        ("a", "ab", False),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("*a*b*", "xxbxa", False),
        ("*a*b*", "xxaxb", True),
        ("a**b", "ab", True),
        ("a.b", "axb", False),
        ("[a]", "a", False),
        ("a?", "ab", False),
    ],
)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    assert matches_wildcard(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("*", "prod/*", True),
        ("prod/*", "prod/*", True),
        ("prod*", "prod/*", True),
        ("*prod*", "prod/*", True),
        ("prod/*", "prod*", False),
        ("prod/*", "*", False),
        ("*/api", "prod/*", False),
        ("prod/*/api", "prod/payments/*", False),
        ("prod/*", "prod/api", True),
        ("prod/a", "prod/*", False),
    ],
)
def test_covers(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


def test_no_text_makes_a_match_slow() -> None:
    started = time.perf_counter()
    assert not matches_wildcard("*a" * 100 + "*b", "a" * 100_000)
    assert time.perf_counter() - started < 0.2
