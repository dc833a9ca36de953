"""A topology as an SVG: accounts, Regions, registries and what flows between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from docs_topology import Box, Flow, Topology

__all__ = ["render_picture"]

_COLUMN_WIDTH = 268
_GAP = 96
_MARGIN = 24
_LINE = 17
_TITLE = 24
_PADDING = 10
_SPACE = 22
_CHARACTERS = 36
_LEGEND = 30
_HEAD = 7

_KINDS = {
    "push": "images are pushed",
    "fetch": "images are fetched into a cache",
    "copy": "images are replicated",
    "pull": "images are pulled",
    "roll out": "stack sets and guardrails go out",
    "report": "findings and events are sent",
}

_STYLE = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .soft { fill: #59636e }
  .account { fill: #f6f8fa; stroke: #8c959f } .region { fill: #ffffff; stroke: #d1d9e0 }
  .outside { fill: none; stroke: #8c959f; stroke-dasharray: 5 4 }
  .flow { fill: none; stroke-width: 2 }
  .push { stroke: #8250df } .fetch { stroke: #9a6700 } .copy { stroke: #0969da }
  .pull { stroke: #1a7f37 } .rollout { stroke: #bc4c00 } .report { stroke: #cf222e }
  marker .push, marker .fetch, marker .copy, marker .pull, marker .rollout, marker .report { stroke: none }
  marker .push { fill: #8250df } marker .fetch { fill: #9a6700 } marker .copy { fill: #0969da }
  marker .pull { fill: #1a7f37 } marker .rollout { fill: #bc4c00 } marker .report { fill: #cf222e }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
  .title { font-weight: 600; font-size: 13px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #f0f6fc } .soft { fill: #9198a1 }
    .account { fill: #151b23; stroke: #656c76 } .region { fill: #0d1117; stroke: #3d444d }
    .outside { stroke: #656c76 }
  }
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box is drawn."""

    x: float
    y: float
    width: float
    height: float
    column: int

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def render_picture(topology: Topology, title: str) -> str:
    """The picture as SVG.

    Args:
        topology: What is drawn.
        title: What it is of; read out by screen readers.
    """
    places, width, height = _lay_out(topology)
    kinds = [kind for kind in _KINDS if any(flow.kind == kind for flow in topology.flows)]
    legend = _LEGEND * ((len(kinds) + 2) // 3)
    whole = height + legend + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {whole:.0f}" '
        f'width="{width:.0f}" height="{whole:.0f}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(title)}</title>',
        f"<style>{_STYLE}</style>",
        "<defs>",
        *(_marker(kind) for kind in kinds),
        "</defs>",
        f'<rect class="page" width="{width:.0f}" height="{whole:.0f}"/>',
    ]
    for box in topology.boxes:
        parts.extend(_draw(box, places))
    parts.extend(_draw_flows(topology.flows, places))
    parts.extend(_draw_legend(kinds, height + _MARGIN / 2))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lay_out(topology: Topology) -> tuple[dict[str, _Place], float, float]:
    """Every box's place; columns that hold nothing take no room."""
    columns: defaultdict[int, list[Box]] = defaultdict(list)
    for box in topology.boxes:
        columns[box.column].append(box)
    heights = {
        column: sum(_height(box) for box in boxes) + _SPACE * (len(boxes) - 1)
        for column, boxes in columns.items()
    }
    tallest = max(heights.values(), default=0)
    places: dict[str, _Place] = {}
    x: float = _MARGIN
    for number, column in enumerate(sorted(columns)):
        y = _MARGIN + (tallest - heights[column]) / 2
        for box in columns[column]:
            places[box.key] = _Place(x, y, _COLUMN_WIDTH, _height(box), number)
            inner_y = y + _TITLE + _LINE * len(box.lines) + _PADDING
            for inner in box.inner:
                size = _height(inner)
                places[inner.key] = _Place(x + _PADDING, inner_y, _COLUMN_WIDTH - 2 * _PADDING, size, number)
                inner_y += size + _PADDING
            y += _height(box) + _SPACE
        x += _COLUMN_WIDTH + _GAP
    return places, x - _GAP + _MARGIN, tallest + 2 * _MARGIN


def _height(box: Box) -> float:
    inner = sum(_height(one) + _PADDING for one in box.inner)
    return _TITLE + _LINE * len(box.lines) + _PADDING + inner


def _draw(box: Box, places: dict[str, _Place]) -> Iterator[str]:
    place = places[box.key]
    name = "outside" if box.outside else "account"
    yield _rectangle(place, name)
    yield _text(place.x + _PADDING, place.y + 17, box.title, "title text")
    yield from _lines(place, box)
    for inner in box.inner:
        inner_place = places[inner.key]
        yield _rectangle(inner_place, "region")
        yield _text(inner_place.x + _PADDING, inner_place.y + 17, inner.title, "title text")
        yield from _lines(inner_place, inner)


def _lines(place: _Place, box: Box) -> Iterator[str]:
    for number, line in enumerate(box.lines):
        yield _text(place.x + _PADDING, place.y + _TITLE + 13 + _LINE * number, line, "soft")


def _draw_flows(flows: tuple[Flow, ...], places: dict[str, _Place]) -> Iterator[str]:
    """Arrows; those that leave or reach the same side of a box are spread along it."""
    ends: defaultdict[tuple[str, bool], list[tuple[int, float]]] = defaultdict(list)
    for number, flow in enumerate(flows):
        source, target = places[flow.source], places[flow.target]
        to_right = target.column > source.column
        ends[(flow.source, to_right)].append((number, target.middle))
        ends[(flow.target, not to_right and target.column != source.column)].append((number, source.middle))
    at: dict[tuple[int, str], float] = {}
    for (key, _), found in ends.items():
        place = places[key]
        for order, (number, _) in enumerate(sorted(found, key=lambda one: one[1])):
            at[(number, key)] = place.y + place.height * (order + 1) / (len(found) + 1)
    for number, flow in enumerate(flows):
        source, target = places[flow.source], places[flow.target]
        y1, y2 = at[(number, flow.source)], at[(number, flow.target)]
        right = target.column > source.column
        x1 = source.x + source.width if right else source.x
        if target.column == source.column:  # around the left side of the column
            x2, leave, arrive = target.x - _HEAD, -_GAP * 0.6, -_GAP * 0.6
        else:
            x2 = target.x - _HEAD if right else target.x + target.width + _HEAD
            leave = max(abs(x2 - x1) / 2, 30) * (1 if right else -1)
            arrive = -leave
        curve = f"{x1 + leave:.1f} {y1:.1f} {x2 + arrive:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        path = f"M {x1:.1f} {y1:.1f} C {curve}"
        name = _class(flow.kind)
        yield f'<path class="flow {name}" d="{path}" marker-end="url(#{name})"/>'


def _draw_legend(kinds: list[str], y: float) -> Iterator[str]:
    for number, kind in enumerate(kinds):
        x = _MARGIN + (number % 3) * 310
        top = y + (number // 3) * _LEGEND + 8
        name = _class(kind)
        yield f'<path class="flow {name}" d="M {x} {top} H {x + 30}" marker-end="url(#{name})"/>'
        yield _text(x + 44, top + 4, _KINDS[kind], "soft")


def _marker(kind: str) -> str:
    name = _class(kind)
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="4" markerHeight="4" '
        f'orient="auto"><path class="{name}" d="M 0 0 L 8 4 L 0 8 z"/></marker>'
    )


def _class(kind: str) -> str:
    return kind.replace(" ", "")


def _rectangle(place: _Place, name: str) -> str:
    return (
        f'<rect class="{name}" x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="6"/>'
    )


def _text(x: float, y: float, text: str, name: str) -> str:
    shown = text if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS - 1]}…"
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}">{escape(shown)}</text>'
