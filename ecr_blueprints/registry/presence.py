"""Whether two declarations can be there at the same time.

A template may declare two things of which deployment creates only one: one under a condition, the other
under its negation, or both for different values of one parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

__all__ = ["ALWAYS", "MAX_ALTERNATIVES", "NEVER", "Assumption", "Presence"]

MAX_ALTERNATIVES: Final = 64
"""Alternatives that are told apart; what would need more is taken to be there more often than it is."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """That something which only deployment determines has a value, or has not.

    Attributes:
        variable: What deployment determines; the same text for the same thing.
        value: The value that it is compared with.
        holds: Whether it has that value.
    """

    variable: str
    value: str
    holds: bool = True

    def contradicts(self, other: Assumption) -> bool:
        """True if the two cannot both be so."""
        if self.variable != other.variable:
            return False
        if self.value == other.value:
            return self.holds != other.holds
        return self.holds and other.holds


@dataclass(frozen=True, slots=True)
class Presence:
    """When a declaration is there: under any of some alternatives, each of which assumes several things.

    Attributes:
        alternatives: One that assumes nothing stands for always; none at all stands for never.
    """

    alternatives: tuple[frozenset[Assumption], ...] = (frozenset(),)

    def excludes(self, other: Presence) -> bool:
        """True if no deployment has both."""
        return not any(
            _agree(one, another) for one, another in product(self.alternatives, other.alternatives)
        )

    def both(self, other: Presence) -> Presence:
        """When both are there."""
        found = {
            one | another: None
            for one, another in product(self.alternatives, other.alternatives)
            if _agree(one, another)
        }
        return Presence(tuple(found)) if len(found) <= MAX_ALTERNATIVES else self

    def either(self, other: Presence) -> Presence:
        """When at least one of them is there."""
        found = dict.fromkeys((*self.alternatives, *other.alternatives))
        return Presence(tuple(found)) if len(found) <= MAX_ALTERNATIVES else ALWAYS


def _agree(first: frozenset[Assumption], second: frozenset[Assumption]) -> bool:
    return not any(one.contradicts(other) for one, other in product(first, second))


ALWAYS: Final = Presence()
"""What is declared without a condition."""

NEVER: Final = Presence(())
"""What no deployment has."""
