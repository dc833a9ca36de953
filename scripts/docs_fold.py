"""Boxes that are alike become one, where no flow tells them apart."""

from __future__ import annotations

from collections import defaultdict

from docs_box import Box
from docs_flows import Flow
from docs_text import enumerated

__all__ = ["folded_cards", "folded_units"]

_Ends = frozenset[tuple[str, str, bool]]


def folded_cards(cards: list[Box], flows: tuple[Flow, ...]) -> list[Box]:
    """The boxes inside an account, or of accounts that do the same; those that are alike are one.

    Args:
        cards: Their titles are Regions, accounts, or an account ``in`` a Region.
        flows: All flows; boxes with flows to or from different places stay apart.
    """
    groups: defaultdict[tuple[str, tuple[str, ...], str, _Ends], list[Box]] = defaultdict(list)
    for card in cards:
        where = card.title.partition(" in ")[2]
        groups[(where, tuple(card.lines), card.stacks, _ends(card, flows))].append(card)
    folded = []
    for (where, *_), alike in groups.items():
        if len(alike) == 1:
            folded.append(alike[0])
            continue
        names = [card.title.partition(" in ")[0] for card in alike]
        first, accounts = alike[0], names[0].isdigit()
        title = f"{len(names)} accounts" if accounts else f"in each of {' and '.join(names)}"
        folded.append(
            Box(
                title=f"{title} in {where}" if where else title,
                lines=[*([enumerated(names, 8)] if accounts else []), *first.lines],
                stacks=first.stacks,
                places=tuple(place for card in alike for place in card.places),
            )
        )
    return folded


def folded_units(boxes: list[Box], flows: tuple[Flow, ...]) -> list[Box]:
    """Organizational units that have the same and that the same is sent to are one box.

    Args:
        boxes: A box for each unit.
        flows: All flows.
    """
    groups: defaultdict[tuple[object, ...], list[Box]] = defaultdict(list)
    for box in boxes:
        cards = tuple((card.title, tuple(card.lines), card.stacks, _ends(card, flows)) for card in box.inner)
        groups[(box.title, tuple(box.lines), cards, _ends(box, flows))].append(box)
    folded = []
    for alike in groups.values():
        first = alike[0]
        if len(alike) > 1:
            first.subtitle = [
                f"every account of {len(alike)} units",
                enumerated([box.key for box in alike], 8),
            ]
            first.places = tuple(place for box in alike for place in box.places)
            for same in zip(*(box.inner for box in alike), strict=True):
                same[0].places = tuple(place for card in same for place in card.places)
        folded.append(first)
    return folded


def _ends(box: Box, flows: tuple[Flow, ...]) -> _Ends:
    """What leaves a box and arrives there: kind, the place at the other end, and whether it leaves."""
    found = set()
    for flow in flows:
        if flow.source in box.places:
            found.add((flow.kind, flow.target, True))
        if flow.target in box.places:
            found.add((flow.kind, flow.source, False))
    return frozenset(found)
