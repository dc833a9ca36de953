"""Which tags an entry of a tag list can match, compared with which tags others can match.

An entry stands for a set of tags, nearly always an infinite one. The questions here are exact: they are
decided on the tags that an image can have (`ecr_blueprints.domain.tags.IMAGE_TAG_PATTERN`: at most 128
characters, neither ``.`` nor ``-`` first), not on arbitrary text.

The method: an entry is read as a small automaton whose states are how much of it has been matched; a
breadth-first walk over several of them at once finds a shortest tag that the first accepts and no other
does, or proves that there is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Final

from ecr_blueprints.domain.tags import MAX_IMAGE_TAG_LENGTH, is_image_tag
from ecr_blueprints.domain.wildcard import WILDCARD, matches_wildcard
from ecr_blueprints.lifecycle.rule import LifecycleRule, TagStatus

__all__ = ["Effort", "TagEntry", "UndecidedError", "covers", "entries_of", "tag_outside", "tag_within"]

_FIRST_CHARACTERS: Final = "".join(sorted(ascii_letters + digits + "_"))
_CHARACTERS: Final = "".join(sorted(ascii_letters + digits + "_.-"))
_PREFERRED: Final = "1"

# What a person would write for a wildcard; tried before any walk.
_FILLINGS: Final = ("1", "7c2e", "")

# Real policies need a few hundred steps; the two longest patterns that a tag allows need two million.
_STEPS_AT_MOST: Final = 3_000_000

_State = tuple[int, int]
"""(literal, characters of it matched so far); the literals are what stands between the wildcards."""


class UndecidedError(Exception):
    """Too much to visit: the question stays open, and no trap may be claimed."""


@dataclass(slots=True)
class Effort:
    """What may still be spent on the questions about one policy, so that no policy takes long.

    Args:
        steps: Steps of an automaton, about a third of a microsecond each. Default: what two patterns of the
            greatest length need.
    """

    steps: int = _STEPS_AT_MOST

    def spend(self, steps: int) -> None:
        """Use up some of it.

        Raises:
            UndecidedError: nothing is left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise UndecidedError


@dataclass(frozen=True, slots=True)
class TagEntry:
    """One entry of a tag list, as the literal texts between its wildcards.

    Args:
        literals: At least one. One literal is an exact tag; the first is anchored at the start of the tag,
            the last at its end.
    """

    literals: tuple[str, ...]

    @classmethod
    def pattern(cls, text: str) -> TagEntry:
        """The entry of a ``tagPatternList``."""
        return cls(tuple(text.split(WILDCARD)))

    @classmethod
    def prefix(cls, text: str) -> TagEntry:
        """The entry of a ``tagPrefixList``: a ``*`` in it would be a plain character, which no tag has."""
        return cls((text, ""))

    def matches(self, tag: str) -> bool:
        """Whether the tag matches the entry."""
        if len(self.literals) == 2 and not self.literals[1]:
            return tag.startswith(self.literals[0])
        return matches_wildcard(WILDCARD.join(self.literals), tag)

    def numbered(self, number: int) -> str | None:
        """One of many different tags that match the entry; ``None`` for an entry without a wildcard."""
        if len(self.literals) == 1:
            return None
        tag = self.literals[0] + str(number) + "".join(self.literals[1:])
        return tag if is_image_tag(tag) else None


EVERY_TAG: Final = TagEntry(("", ""))


def entries_of(rule: LifecycleRule) -> tuple[TagEntry, ...]:
    """The entries that an image of a ``tagged`` rule must all match; empty for ``any`` and ``untagged``."""
    if rule.tag_status is not TagStatus.TAGGED:
        return ()
    return tuple(map(TagEntry.pattern, rule.tag_patterns)) + tuple(map(TagEntry.prefix, rule.tag_prefixes))


def covers(wider: TagEntry, narrower: TagEntry, effort: Effort | None = None) -> bool:
    """Whether every tag that matches ``narrower`` matches ``wider`` too.

    True also where no tag matches ``narrower`` at all.

    Args:
        wider: The entry that may match more.
        narrower: The entry that may match less.
        effort: What may be spent. Default: enough for any two entries.

    Raises:
        UndecidedError: the effort is used up.
    """
    return tag_outside(narrower, (wider,), effort) is None


def tag_outside(entry: TagEntry, excluded: Sequence[TagEntry], effort: Effort | None = None) -> str | None:
    """A short tag that matches ``entry`` and none of ``excluded``; ``None`` if there is no such tag.

    Args:
        entry: What the tag has to match.
        excluded: What it must not match.
        effort: What may be spent. Default: enough for any two entries.

    Raises:
        UndecidedError: the effort is used up.
    """
    return tag_within((entry,), excluded, effort)


def tag_within(
    entries: Sequence[TagEntry], excluded: Sequence[TagEntry] = (), effort: Effort | None = None
) -> str | None:
    """A short tag that matches every one of ``entries`` and none of ``excluded``; ``None`` if there is none.

    Args:
        entries: What the tag has to match, at least one.
        excluded: What it must not match. Default: nothing.
        effort: What may be spent. Default: enough for any two entries.

    Raises:
        UndecidedError: the effort is used up.
    """
    effort = Effort() if effort is None else effort
    effort.spend(len(_FILLINGS) * len(entries) * (len(excluded) + len(entries)))
    for entry in entries:
        for filling in _FILLINGS:
            tag = filling.join(entry.literals)
            if (
                is_image_tag(tag)
                and all(other.matches(tag) for other in entries)
                and not any(other.matches(tag) for other in excluded)
            ):
                return tag
    wanted = len(entries)
    automata = [*map(_Automaton, entries), *map(_Automaton, excluded)]
    alphabet = _representatives(automata)
    start = tuple(automaton.start for automaton in automata)
    reached: set[tuple[_State | None, ...]] = {start}
    queue: deque[tuple[tuple[_State | None, ...], str]] = deque([(start, "")])
    while queue:
        states, tag = queue.popleft()
        if tag and _accepted(automata, states, wanted):
            return tag
        if len(tag) == MAX_IMAGE_TAG_LENGTH:
            continue
        effort.spend(len(alphabet) * len(automata))
        for character in alphabet:
            if not tag and character not in _FIRST_CHARACTERS:
                continue
            after = tuple(
                automaton.step(state, character) for automaton, state in zip(automata, states, strict=True)
            )
            if None in after[:wanted] or after in reached:
                continue
            reached.add(after)
            queue.append((after, tag + character))
    return None


def _accepted(automata: Sequence[_Automaton], states: Sequence[_State | None], wanted: int) -> bool:
    """Whether the first automata accept, as many as are wanted, and none of the others does."""
    accepts = [automaton.accepts(state) for automaton, state in zip(automata, states, strict=True)]
    return all(accepts[:wanted]) and not any(accepts[wanted:])


def _representatives(automata: Sequence[_Automaton]) -> str:
    """The characters that the literals name, and one of the others where there is one.

    All characters that no literal names lead to the same states. One that may come first is taken if
    there is one; otherwise one that may only come later.
    """
    named = {character for automaton in automata for literal in automaton.literals for character in literal}
    others = [
        character for character in _PREFERRED + _FIRST_CHARACTERS + _CHARACTERS if character not in named
    ]
    return "".join(sorted(named.intersection(_CHARACTERS))) + (others[0] if others else "")


class _Automaton:
    """A deterministic automaton of one entry.

    Between wildcards, the earliest place of each literal is as good as any later one, so that one position
    is enough: the literal that is being looked for and how much of it the tag's end has matched (as in
    Knuth, Morris and Pratt). The first literal has to stand at the start: one wrong character and the state
    is ``None``, from which nothing is accepted. The last has to stand at the end.
    """

    __slots__ = ("_fallbacks", "literals")

    def __init__(self, entry: TagEntry) -> None:
        self.literals = entry.literals
        self._fallbacks = [_fallback(literal) for literal in entry.literals]

    @property
    def start(self) -> _State:
        return self._settled(0, 0)

    def step(self, state: _State | None, character: str) -> _State | None:
        if state is None:
            return None
        literal, matched = state
        text = self.literals[literal]
        if literal == 0:
            if matched < len(text) and text[matched] == character:
                return self._settled(0, matched + 1)
            return None
        fallback = self._fallbacks[literal]
        while matched and (matched == len(text) or text[matched] != character):
            matched = fallback[matched]
        if matched < len(text) and text[matched] == character:
            matched += 1
        return self._settled(literal, matched)

    def accepts(self, state: _State | None) -> bool:
        return state is not None and state == (len(self.literals) - 1, len(self.literals[-1]))

    def _settled(self, literal: int, matched: int) -> _State:
        """Go on to the next literal once one is found; the last one is never left."""
        while matched == len(self.literals[literal]) and literal < len(self.literals) - 1:
            literal, matched = literal + 1, 0
        return literal, matched


def _fallback(text: str) -> list[int]:
    """For each number of matched characters, the next shorter one that the tag's end still matches."""
    table = [0] * (len(text) + 1)
    length = 0
    for position in range(1, len(text)):
        while length and text[position] != text[length]:
            length = table[length]
        if text[position] == text[length]:
            length += 1
        table[position + 1] = length
    return table
