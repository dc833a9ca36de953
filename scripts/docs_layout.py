"""Where the boxes of a picture are, and the texts in them; every text fits the box that it is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from docs_box import IMAGES, LEFT, MIDDLE, ORGANIZATION, RIGHT, Box, Topology
from docs_flows import COPY
from docs_text import wrapped

__all__ = ["COLUMN_WIDTHS", "Frame", "Layout", "Text", "lay_out"]

COLUMN_WIDTHS = {LEFT: 200.0, MIDDLE: 300.0, RIGHT: 264.0}
_HEADINGS = {
    (IMAGES, LEFT): "Where images come from",
    (IMAGES, MIDDLE): "Registries",
    (IMAGES, RIGHT): "Who pulls",
    (ORGANIZATION, LEFT): "Who governs",
    (ORGANIZATION, MIDDLE): "Every account of a unit",
    (ORGANIZATION, RIGHT): "Where findings go",
}
_STYLES = {"heading": (12.0, False), "title": (13.0, True), "soft": (11.0, False), "line": (12.0, False)}
"""Size, and whether bold, of each kind of text."""
_LEADING = 4.5
_PADDING = 10.0
_SPACE = 16.0
_TIER_SPACE = 26.0
_HEADING = 24.0
_CHANNEL = 26.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: where its baseline begins, and its style."""

    x: float
    y: float
    text: str
    style: str

    @property
    def size(self) -> float:
        """The font's size."""
        return _STYLES[self.style][0]

    @property
    def bold(self) -> bool:
        """Whether it is set bold."""
        return _STYLES[self.style][1]


@dataclass(slots=True)
class Frame:
    """A box where it is drawn.

    Attributes:
        box: The box.
        outer: The frame around it, if one is.
        y: Its upper edge.
        height: Its height.
        head: The height of its own texts, above the boxes inside.
        indent: How far it is from the sides of its column: left and right.
        texts: Its texts, ``x`` and ``y`` from its corner.
        x: Its left edge, once columns have places.
    """

    box: Box
    outer: Frame | None
    y: float
    height: float
    head: float
    indent: tuple[float, float]
    texts: list[Text]
    x: float = 0.0

    @property
    def column(self) -> int:
        """The column that it is in."""
        return self.box.column if self.outer is None else self.outer.box.column

    @property
    def width(self) -> float:
        """Its width."""
        return COLUMN_WIDTHS[self.column] - sum(self.indent)

    @property
    def ports(self) -> tuple[float, float]:
        """Between which heights arrows leave and arrive: beside its own texts, not beside boxes inside."""
        return self.y, self.y + (self.head if self.box.inner else self.height)


@dataclass(slots=True)
class Layout:
    """Frames by their box's key, and the headings of columns: column, height and text."""

    frames: dict[str, Frame] = field(default_factory=dict)
    headings: list[tuple[int, float, str]] = field(default_factory=list)
    height: float = 0.0

    @property
    def columns(self) -> list[int]:
        """The columns that hold something."""
        return sorted({frame.column for frame in self.frames.values()})


def lay_out(topology: Topology, room: Mapping[str, float]) -> Layout:
    """The heights of all boxes; where columns are follows from the arrows between them.

    Args:
        topology: What is drawn.
        room: How high some boxes' own part is at least, so that all their arrows find a place.
    """
    layout = Layout()
    linked = _linked(topology)
    top = 0.0
    for tier in (IMAGES, ORGANIZATION):
        columns: defaultdict[int, list[list[Frame]]] = defaultdict(list)
        for box in topology.boxes:
            if box.tier == tier:
                columns[box.column].append(list(_frames(box, topology, room)))
        if not columns:
            continue
        top += _TIER_SPACE if top else 0.0
        for column in columns:
            layout.headings.append((column, top + _HEADING - 10, _HEADINGS[(tier, column)]))
        bottom = top + _HEADING
        for column in sorted(columns, key=lambda one: one != MIDDLE):
            bottom = max(bottom, _place(columns[column], top + _HEADING, column, layout, linked))
        top = bottom
    layout.height = top
    return layout


def _linked(topology: Topology) -> dict[str, set[str]]:
    """The boxes that arrows join each box to."""
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for flow in topology.flows:
        source, target = topology.home(flow.source).key, topology.home(flow.target).key
        linked[source].add(target)
        linked[target].add(source)
    return linked


def _place(
    stacks: list[list[Frame]], top: float, column: int, layout: Layout, linked: dict[str, set[str]]
) -> float:
    """Gives the boxes of a column their heights, beside what they are joined to; the lower edge."""

    def wanted(frames: list[Frame]) -> float:
        others = [
            layout.frames[key]
            for frame in frames
            for key in sorted(linked.get(frame.box.key, ()))
            if key in layout.frames and layout.frames[key].column != column
        ]
        middles = [other.y + other.height / 2 for other in others]
        return sum(middles) / len(middles) - frames[0].height / 2 if middles else top

    ordered = stacks if column == MIDDLE else sorted(stacks, key=wanted)
    y = top
    for frames in ordered:
        at = y if column == MIDDLE else max(y, wanted(frames))
        for frame in frames:
            frame.y += at
            layout.frames[frame.box.key] = frame
        y = at + frames[0].height + _SPACE
    return y - _SPACE


def _frames(box: Box, topology: Topology, room: Mapping[str, float]) -> Iterator[Frame]:
    """A box and the boxes inside it, from its own corner."""
    texts, head = _texts(box, COLUMN_WIDTHS[box.column])
    head = max(head, room.get(box.key, 0.0))
    outer = Frame(box, None, 0.0, head, head, (0.0, 0.0), texts)
    inner = []
    right = _PADDING + (_CHANNEL if _copies_inside(box, topology) else 0.0)
    for one in box.inner:
        frame = Frame(one, outer, outer.height, 0.0, 0.0, (_PADDING, right), [])
        frame.texts, frame.head = _texts(one, frame.width)
        frame.head = frame.height = max(frame.head, room.get(one.key, 0.0))
        outer.height += frame.height + _PADDING
        inner.append(frame)
    yield outer
    yield from inner


def _copies_inside(box: Box, topology: Topology) -> bool:
    """Whether images are copied from one Region of an account to another."""
    own = {place for one in box.inner for place in one.places}
    return any(flow.kind == COPY and {flow.source, flow.target} <= own for flow in topology.flows)


def _texts(box: Box, width: float) -> tuple[list[Text], float]:
    """The texts of a box, and the height that they take."""
    texts = []
    y = _PADDING - _LEADING
    parts = [(box.title, "title"), *((one, "soft") for one in box.subtitle)]
    parts += [(one, "line") for one in box.lines]
    if box.stacks:
        parts.append((f"stacks: {box.stacks}", "soft"))
    for text, style in parts:
        size, bold = _STYLES[style]
        for line in wrapped(text, width - 2 * _PADDING, size, bold=bold):
            y += size + _LEADING
            texts.append(Text(_PADDING, y, line, style))
    return texts, y + _PADDING
