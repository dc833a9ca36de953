"""A plot of a few straight lines as SVG, readable on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Series", "draw_plot"]

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 52, 60
COLOURS = ("#2a78d6", "#eb6834")
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #52514e; }
  .title { font-size: 15px; font-weight: 600; fill: #0b0b0b; }
  .grid { stroke: #e1e0d9; }
  .page { fill: #fcfcfb; }
  @media (prefers-color-scheme: dark) {
    text { fill: #c3c2b7; }
    .title { fill: #ffffff; }
    .grid { stroke: #2c2c2a; }
    .page { fill: #1a1a19; }
  }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of the plot.

    Attributes:
        label: What it is.
        points: What was measured, from left to right.
    """

    label: str
    points: Sequence[tuple[float, float]]


def draw_plot(series: Sequence[Series], *, title: str, across: str, up: str) -> str:
    """The plot.

    Args:
        series: At most as many lines as there are colours; each is labelled at its end.
        title: Above it.
        across: What the horizontal axis counts.
        up: What the vertical axis counts.
    """
    right = max(x for one in series for x, _ in one.points)
    height = _round_up(max(y for one in series for _, y in one.points))
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / right * inner_width, TOP + inner_height - y / height * inner_height

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>',
        f'<text x="{LEFT}" y="40">{escape(up)}</text>',
        f'<text x="{LEFT + inner_width / 2}" y="{HEIGHT - 14}" text-anchor="middle">{escape(across)}</text>',
    ]
    for step in range(6):
        value = height * step / 5
        x, y = at(0, value)
        parts.append(f'<line class="grid" x1="{x}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    marks = sorted({x for one in series for x, _ in one.points})
    # Two marks need some 50 units between them to stay readable.
    shown = [x for x in marks if x == right or (x / right) * inner_width > 50]
    for value in shown:
        x, y = at(value, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle">{value:,.0f}</text>')
    for one, colour in zip(series, COLOURS, strict=False):
        places = [at(x, y) for x, y in one.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(
            f'<text x="{x - 10:.1f}" y="{y - 12:.1f}" text-anchor="end">{escape(one.label)}: '
            f"{one.points[-1][1]:.1f}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _round_up(value: float) -> float:
    """The next number of 5, 10, 15, 20, 25, 30, 40, 50 and so on that five steps divide well."""
    for limit in (5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250):
        if value <= limit * 0.95:
            return limit
    return value
