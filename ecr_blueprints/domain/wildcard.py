"""Matching of patterns in which ``*`` stands for any run of characters, in linear time.

ECR uses such patterns for lifecycle tag patterns (facts §1.2), mutability exclusions (facts §13),
scanning filters (facts §5) and signing filters (facts §8). None of them has another special character.
"""

from __future__ import annotations

__all__ = ["WILDCARD", "covers", "intersects", "matches_wildcard"]

WILDCARD = "*"
"""The one special character of ECR's patterns: any run of characters, also none."""


def matches_wildcard(pattern: str, text: str) -> bool:
    """Tell whether the whole text matches the pattern.

    The literal pieces between the wildcards are found from left to right, each as early as possible,
    so that no text makes the match slow; a regular expression of the pattern could backtrack.

    Args:
        pattern: Literal characters and ``*``.
        text: What to match, from its first to its last character.
    """
    first, *rest = pattern.split(WILDCARD)
    if not rest:
        return text == pattern
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def covers(pattern: str, other: str) -> bool:
    """Tell whether a pattern matches everything that another one matches.

    The other pattern's wildcards are read as one character that occurs in no name. Only a wildcard of
    the first pattern can match it, and that wildcard would match anything else in its place too; so
    the answer yes is always right. Where names cannot hold every text (a repository name has a grammar),
    the answer no may be too careful.

    Args:
        pattern: The pattern that may be the wider one.
        other: The pattern that may be the narrower one.
    """
    return matches_wildcard(pattern, other.replace(WILDCARD, "\0"))


def intersects(pattern: str, other: str) -> bool:
    """Tell whether some text matches both patterns.

    The answer is exact for texts of any characters; where names have a grammar, a yes may be too careful.
    Takes time in proportion to the product of the lengths.

    Args:
        pattern: Literal characters and ``*``.
        other: Likewise.
    """
    # The positions in ``other`` at which a text can stand that has used up the pattern so far.
    reached = _with_skipped_wildcards({0}, other)
    for character in pattern:
        if character == WILDCARD:
            reached = set(range(min(reached), len(other) + 1)) if reached else set()
        else:
            stepped = {
                at if other[at] == WILDCARD else at + 1
                for at in reached
                if at < len(other) and other[at] in (WILDCARD, character)
            }
            reached = _with_skipped_wildcards(stepped, other)
    return len(other) in reached


def _with_skipped_wildcards(positions: set[int], pattern: str) -> set[int]:
    """The positions, and those that follow when a wildcard stands for nothing."""
    found = set(positions)
    for position in positions:
        at = position
        while at < len(pattern) and pattern[at] == WILDCARD:
            at += 1
            found.add(at)
    return found
