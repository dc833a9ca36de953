"""How arrows run: from side to side through the gutters between columns, where no text is.

Flows of one kind that go from the same boxes to the same boxes are one arrow with several ends. It has one
vertical track in a gutter, and a leg to each box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import permutations

from docs_box import LEFT, MIDDLE, Topology
from docs_flows import COPY, INCOMING, ROLL_OUT
from docs_layout import Frame, Layout

__all__ = ["CHANNEL", "Arrow", "route"]

CHANNEL = "channel"
"""Begins the name of the gutter inside an account, beside its Regions."""
_APART = 6.0
_BRUTE = 6


@dataclass(slots=True)
class Arrow:
    """Flows of one kind, drawn as one.

    Attributes:
        kind: The kind.
        sources: Keys of the boxes that it leaves.
        targets: Keys of the boxes that it ends at.
        gutter: Where its track is: ``0`` and ``1`` from the left, or inside an account.
        at: For each box the height at which it leaves or arrives.
        track: Which of the gutter's tracks it has, from the left.
    """

    kind: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    gutter: str
    at: dict[str, float] = field(default_factory=dict)
    track: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        """All boxes that it joins."""
        return (*self.sources, *self.targets)

    @property
    def span(self) -> tuple[float, float]:
        """The heights between which its track runs."""
        return min(self.at.values()), max(self.at.values())


def route(topology: Topology, layout: Layout) -> tuple[list[Arrow], set[str]]:
    """The arrows, each with its heights and its track; and the boxes at which there is no room for all.

    Args:
        topology: What is drawn.
        layout: Where its boxes are.
    """
    arrows = list(_arrows(topology, layout))
    gutters: defaultdict[str, list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        gutters[arrow.gutter].append(arrow)
    crowded = _heights(arrows, layout)
    for its in gutters.values():
        _tracks(its, layout)
    return arrows, crowded


def _arrows(topology: Topology, layout: Layout) -> Iterator[Arrow]:
    reached: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for flow in topology.flows:
        source, target = topology.home(flow.source).key, topology.home(flow.target).key
        if source != target:
            gutter = _gutter(flow.kind, layout.frames[source], layout.frames[target])
            reached[(flow.kind, gutter, source)].setdefault(target)
    alike: defaultdict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (kind, gutter, source), targets in reached.items():
        alike[(kind, gutter, tuple(targets))].append(source)
    for (kind, gutter, target_keys), sources in alike.items():
        yield Arrow(kind, tuple(sources), target_keys, gutter)


def _gutter(kind: str, source: Frame, target: Frame) -> str:
    columns = {source.column, target.column}
    if kind == COPY and source.outer is not None and source.outer is target.outer:
        return f"{CHANNEL} {source.outer.box.key}"
    if LEFT in columns or (columns == {MIDDLE} and kind in {ROLL_OUT, *INCOMING} - {COPY}):
        assert columns <= {LEFT, MIDDLE}, f"{kind} from {source.box.key} to {target.box.key} crosses a column"
        return "0"
    return "1"


def side(arrow: Arrow, frame: Frame) -> int:
    """On which side of its gutter a box is: 0 on the left of it, 1 on the right.

    Args:
        arrow: An arrow that has an end at the box.
        frame: The box.
    """
    if arrow.gutter in ("0", "1"):
        return int(frame.column > int(arrow.gutter))
    return 0


def _right(arrow: Arrow, frame: Frame) -> bool:
    """Whether an arrow leaves or reaches a box at its right side."""
    return side(arrow, frame) == 0


def _heights(arrows: list[Arrow], layout: Layout) -> set[str]:
    """Spreads the arrows of each box along its sides, in the order of what they lead to; crowded boxes."""
    ports: defaultdict[tuple[str, bool], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        for key in arrow.ends:
            ports[(key, _right(arrow, layout.frames[key]))].append(arrow)

    def elsewhere(arrow: Arrow, key: str) -> float:
        others = [layout.frames[one] for one in arrow.ends if one != key]
        return sum(one.y + one.height / 2 for one in others) / len(others)

    for (key, _), its in ports.items():
        top, bottom = layout.frames[key].ports
        for number, arrow in enumerate(sorted(its, key=lambda one: elsewhere(one, key))):
            arrow.at[key] = top + (bottom - top) * (number + 1) / (len(its) + 1)
    crowded: set[str] = set()
    placed: list[tuple[float, Arrow, str]] = []
    for arrow in sorted(arrows, key=lambda one: len(one.ends)):
        for key in arrow.ends:
            alone = len(ports[(key, _right(arrow, layout.frames[key]))]) == 1
            y = _free(arrow, key, layout, placed, alone=alone)
            if y is None:
                crowded.add(key)
            arrow.at[key] = arrow.at[key] if y is None else y
            placed.append((arrow.at[key], arrow, key))
    return crowded


def _free(
    arrow: Arrow, key: str, layout: Layout, placed: list[tuple[float, Arrow, str]], *, alone: bool
) -> float | None:
    """A height at a box where no other arrow's leg runs: level with the other end, where that is possible."""
    frame = layout.frames[key]
    top, bottom = frame.ports[0] + 5, frame.ports[1] - 5
    wanted = arrow.at[key]
    level = [y for y, one, place in placed if one is arrow and place != key]
    order = [wanted + sign * step for step in range(0, round(bottom - top) + 3, 3) for sign in (1, -1)]
    if len(arrow.ends) == 2 and level and alone:
        order.insert(0, level[0])
    order[:0] = [y for y in level if abs(y - wanted) < 2 * _APART]

    def taken(y: float) -> bool:
        for other, one, place in placed:
            beside = layout.frames[place]
            shared = place == key and _right(one, beside) == _right(arrow, frame)
            across = one.gutter == arrow.gutter and side(one, beside) != side(arrow, frame)
            if one is not arrow and (shared or across) and abs(y - other) < _APART:
                return True
        return False

    return next((y for y in order if top <= y <= bottom and not taken(y)), None)


def _tracks(arrows: list[Arrow], layout: Layout) -> None:
    """Gives arrows whose tracks would meet different ones, in the order with the fewest crossings."""
    groups: list[list[Arrow]] = []
    bottom = float("-inf")
    for arrow in sorted(arrows, key=lambda one: one.span):
        top, end = arrow.span
        if top > bottom + _APART:
            groups.append([])
        groups[-1].append(arrow)
        bottom = max(bottom, end)
    for group in groups:
        straight = [arrow for arrow in group if arrow.span[0] == arrow.span[1]]
        bent = [arrow for arrow in group if arrow not in straight]
        orders = permutations(bent) if len(bent) <= _BRUTE else iter([tuple(bent), tuple(reversed(bent))])
        best = min(orders, key=lambda order: _crossings(order, layout))
        for number, arrow in enumerate(best):
            arrow.track = number


def _crossings(order: tuple[Arrow, ...], layout: Layout) -> int:
    """How many legs cross tracks, if the tracks stand in an order from the left."""
    number = 0
    for index, left in enumerate(order):
        for right in order[index + 1 :]:
            for arrow, other, where in ((left, right, 1), (right, left, 0)):
                top, bottom = other.span
                number += sum(
                    top < y < bottom
                    for key, y in arrow.at.items()
                    if side(arrow, layout.frames[key]) == where
                )
    return number
