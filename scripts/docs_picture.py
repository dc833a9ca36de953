"""A topology as an SVG: accounts, Regions, registries and what flows between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape

from docs_box import IMAGES, LEFT, MIDDLE, RIGHT, Box, Topology
from docs_flows import KINDS
from docs_layout import COLUMN_WIDTHS, Frame, Layout, Text, lay_out
from docs_picture_style import STYLE
from docs_routes import CHANNEL, Arrow, route, side
from docs_sentences import notes, sentences
from docs_text import text_width, wrapped

__all__ = ["render_picture"]

_MARGIN = 16.0
_TRACK = 10.0
_BESIDE_TRACKS = 20.0
_SEPARATOR = " "
_HEAD = 8.0
_LEGEND_LINE = 20.0
_SAMPLE = 34.0
_NOTES = (
    "Dashed boxes are no single account that stacks go to. Lines join at a dot, and nowhere else.",
    "Stacks are named without their account and Region.",
)


def render_picture(topology: Topology, title: str) -> str:
    """The picture as SVG.

    Args:
        topology: What is drawn.
        title: What it is of; read out by screen readers.
    """
    layout, arrows = _arranged(topology)
    kinds = [kind for kind in KINDS if any(arrow.kind == kind for arrow in arrows)]
    lefts, width = _columns(layout, arrows)
    legend, top = _legend(kinds, width, [" ".join(_NOTES), *notes(topology)])
    height = top + layout.height + _MARGIN
    for frame in layout.frames.values():
        frame.x = lefts[frame.column] + frame.indent[0]
        frame.y += top
    for arrow in arrows:
        arrow.at = {key: y + top for key, y in arrow.at.items()}
    description = " ".join(sentences(topology))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        *legend,
        *(_text(Text(lefts[column], y + top, text, "heading")) for column, y, text in layout.headings),
    ]
    for frame in layout.frames.values():
        parts.extend(_frame(frame))
    for arrow in arrows:
        parts.extend(_arrow(arrow, layout, lefts))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _arranged(topology: Topology) -> tuple[Layout, list[Arrow]]:
    """Boxes and arrows; a box at which arrows find no place is made higher until they do."""
    room: dict[str, float] = {}
    while True:
        layout = lay_out(topology, room)
        arrows, crowded = route(topology, layout)
        if not crowded:
            return layout, arrows
        for key in crowded:
            room[key] = layout.frames[key].head + _TRACK


def _columns(layout: Layout, arrows: list[Arrow]) -> tuple[dict[int, float], float]:
    """The left edge of each column, with room for the tracks between, and the picture's width."""
    tracks: defaultdict[str, int] = defaultdict(int)
    for arrow in arrows:
        tracks[arrow.gutter] = max(tracks[arrow.gutter], arrow.track + 1)
    gutters = {
        gutter: 2 * _BESIDE_TRACKS + _TRACK * (number - 1) for gutter, number in tracks.items() if number
    }
    lefts: dict[int, float] = {}
    x = _MARGIN
    for column in (LEFT, MIDDLE, RIGHT):
        lefts[column] = x
        x += COLUMN_WIDTHS[column] if column in layout.columns else 0.0
        x += gutters.get(str(column), 0.0)
    return lefts, x + _MARGIN


# --- legend -------------------------------------------------------------------------------------------


def _legend(kinds: list[str], width: float, remarks: list[str]) -> tuple[list[str], float]:
    """What the kinds of arrows mean, above the picture, and the height below it."""
    parts: list[str] = []
    x, y = _MARGIN, _MARGIN + 8
    for kind in kinds:
        length = _SAMPLE + 8 + text_width(KINDS[kind], 11) + 22
        if x > _MARGIN and x + length > width - _MARGIN:
            x, y = _MARGIN, y + _LEGEND_LINE
        parts.append(
            f'<g class="flow {kind}"><path d="M {x:.1f} {y - 4:.1f} H {x + _SAMPLE - _HEAD:.1f}"/>'
            f"{_head(x + _SAMPLE, y - 4, right=True)}</g>"
        )
        parts.append(_text(Text(x + _SAMPLE + 8, y, KINDS[kind], "soft")))
        x += length
    for note in (line for one in remarks for line in wrapped(one, width - 2 * _MARGIN, 11)):
        y += _LEGEND_LINE - 3
        parts.append(_text(Text(_MARGIN, y, note, "soft")))
    return parts, y + _LEGEND_LINE - 4


# --- boxes --------------------------------------------------------------------------------------------


def _frame(frame: Frame) -> Iterator[str]:
    yield (
        f'<rect class="{_look(frame)}" data-box="{escape(frame.box.key)}" x="{frame.x:.1f}" '
        f'y="{frame.y:.1f}" width="{frame.width:.1f}" height="{frame.height:.1f}" rx="6"/>'
    )
    for text in frame.texts:
        yield _text(Text(frame.x + text.x, frame.y + text.y, text.text, text.style))


def _look(frame: Frame) -> str:
    """The classes of a box, by what it is: a Region, something outside, or an account and its part."""
    if frame.outer is not None:
        return "region"
    box: Box = frame.box
    part = (
        "platform"
        if box.tier != IMAGES
        else {MIDDLE: "registry", RIGHT: "workload"}.get(box.column, "source")
    )
    return f"account {part} outside" if box.outside else f"account {part}"


def _text(text: Text) -> str:
    return f'<text class="{text.style}" x="{text.x:.1f}" y="{text.y:.1f}">{escape(text.text)}</text>'


# --- arrows -------------------------------------------------------------------------------------------


def _arrow(arrow: Arrow, layout: Layout, lefts: dict[int, float]) -> Iterator[str]:
    track = _track(arrow, layout, lefts)
    top, bottom = arrow.span
    path, heads = [], []
    for key, y in arrow.at.items():
        frame = layout.frames[key]
        on_left = side(arrow, frame) == 0
        edge = frame.x + frame.width if on_left else frame.x
        if key in arrow.targets:
            heads.append(_head(edge, y, right=not on_left))
            path.append(f"M {track:.1f} {y:.1f} H {edge + (_HEAD if on_left else -_HEAD):.1f}")
        else:
            path.append(f"M {edge:.1f} {y:.1f} H {track:.1f}")
    if top != bottom:
        path.append(f"M {track:.1f} {top:.1f} V {bottom:.1f}")
    dots = [f'<circle cx="{track:.1f}" cy="{y:.1f}" r="3"/>' for y in _joints(arrow, layout)]
    yield (
        f'<g class="flow {arrow.kind}" data-kind="{arrow.kind}" '
        f'data-from="{escape(_SEPARATOR.join(arrow.sources))}" '
        f'data-to="{escape(_SEPARATOR.join(arrow.targets))}">'
        f"<title>{escape(KINDS[arrow.kind])}</title>"
        f'<path d="{_SEPARATOR.join(path)}"/>{"".join((*heads, *dots))}</g>'
    )


def _joints(arrow: Arrow, layout: Layout) -> list[float]:
    """The heights at which three lines of an arrow or more meet on its track."""
    top, bottom = arrow.span
    lines: defaultdict[float, set[int]] = defaultdict(set)
    for key, y in arrow.at.items():
        lines[y].add(side(arrow, layout.frames[key]))
    return [y for y, sides in sorted(lines.items()) if len(sides) + (y > top) + (y < bottom) > 2]


def _track(arrow: Arrow, layout: Layout, lefts: dict[int, float]) -> float:
    """Where the vertical part of an arrow is."""
    if arrow.gutter.startswith(CHANNEL):
        frame = layout.frames[arrow.sources[0]]
        return frame.x + frame.width + _BESIDE_TRACKS - 2 + _TRACK / 2 * arrow.track
    column = int(arrow.gutter)
    width = COLUMN_WIDTHS[column] if column in layout.columns else 0.0
    return lefts[column] + width + _BESIDE_TRACKS + _TRACK * arrow.track


def _head(x: float, y: float, *, right: bool) -> str:
    back = x - _HEAD if right else x + _HEAD
    return f'<polygon points="{x:.1f},{y:.1f} {back:.1f},{y - 4:.1f} {back:.1f},{y + 4:.1f}"/>'
