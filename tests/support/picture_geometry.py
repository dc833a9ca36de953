"""What is wrong with a picture, read from its SVG alone: texts, boxes and arrows in each other's way."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from docs_text import text_width

__all__ = ["Drawing", "DrawnArrow", "drawing", "faults"]

_SPACE = "{http://www.w3.org/2000/svg}"
_STEP = re.compile(r"M ([\d.]+) ([\d.]+) ([HV]) ([\d.]+)")
_SIZES = {"title": (13.0, True), "soft": (11.0, False), "line": (12.0, False), "heading": (12.0, False)}
_NEAR = 1.5


@dataclass(frozen=True, slots=True)
class Rectangle:
    left: float
    top: float
    right: float
    bottom: float
    name: str = ""

    def holds(self, other: Rectangle) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def meets(self, other: Rectangle) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def has_on_side(self, x: float, y: float) -> bool:
        return self.top <= y <= self.bottom and min(abs(x - self.left), abs(x - self.right)) < _NEAR


@dataclass(frozen=True, slots=True)
class DrawnArrow:
    kind: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    lines: tuple[Rectangle, ...]
    """Each a rectangle without width or without height."""
    tips: tuple[tuple[float, float], ...]
    starts: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    page: Rectangle
    boxes: tuple[Rectangle, ...]
    texts: tuple[Rectangle, ...]
    arrows: tuple[DrawnArrow, ...]


def drawing(svg: str) -> Drawing:
    """What an SVG of `docs_picture` shows."""
    root = ElementTree.fromstring(svg)
    rectangles = [(one.get("data-box"), _rectangle(one)) for one in root.iter(f"{_SPACE}rect")]
    return Drawing(
        page=next(one for name, one in rectangles if name is None),
        boxes=tuple(one for name, one in rectangles if name is not None),
        texts=tuple(_text(one) for one in root.iter(f"{_SPACE}text")),
        arrows=tuple(_arrow(one) for one in root.iter(f"{_SPACE}g") if one.get("data-kind")),
    )


def faults(svg: str) -> list[str]:
    """What somebody who looks at the picture would stumble over; nothing, if it is as it should be."""
    drawn = drawing(svg)
    return [*_of_texts(drawn), *_of_boxes(drawn), *_of_arrows(drawn), *_of_ends(drawn)]


def _of_texts(drawn: Drawing) -> Iterator[str]:
    for text in drawn.texts:
        around = [box for box in (drawn.page, *drawn.boxes) if box.meets(text)]
        for box in around:
            if not box.holds(text):
                yield f"{text.name!r} does not fit {box.name or 'the page'}"
    for one, other in combinations(drawn.texts, 2):
        if one.meets(other):
            yield f"{one.name!r} lies on {other.name!r}"


def _of_boxes(drawn: Drawing) -> Iterator[str]:
    for box in drawn.boxes:
        if not drawn.page.holds(box):
            yield f"{box.name} is not on the page"
    for one, other in combinations(drawn.boxes, 2):
        if one.meets(other) and not (one.holds(other) or other.holds(one)):
            yield f"{one.name} overlaps {other.name}"


def _of_arrows(drawn: Drawing) -> Iterator[str]:
    for arrow in drawn.arrows:
        ends = {*arrow.sources, *arrow.targets}
        around = {
            box.name for box in drawn.boxes if any(box.holds(one) for one in drawn.boxes if one.name in ends)
        }
        for line in arrow.lines:
            for text in drawn.texts:
                if _crosses(line, text):
                    yield f"{arrow.kind} of {arrow.sources} crosses {text.name!r}"
            for box in drawn.boxes:
                if box.name not in around and _crosses(line, box):
                    yield f"{arrow.kind} of {arrow.sources} crosses {box.name}"
    for one, other in combinations(drawn.arrows, 2):
        for line in one.lines:
            for beside in other.lines:
                if _lie_on_each_other(line, beside):
                    yield f"{one.kind} of {one.sources} runs on {other.kind} of {other.sources}"


def _of_ends(drawn: Drawing) -> Iterator[str]:
    boxes = {box.name: box for box in drawn.boxes}
    for arrow in drawn.arrows:
        for target in arrow.targets:
            if not any(boxes[target].has_on_side(*tip) for tip in arrow.tips):
                yield f"no head of {arrow.kind} of {arrow.sources} ends at {target}"
        for source in arrow.sources:
            if not any(boxes[source].has_on_side(*start) for start in arrow.starts):
                yield f"{arrow.kind} of {arrow.sources} does not begin at {source}"
        if len(arrow.tips) != len(arrow.targets):
            yield f"{arrow.kind} of {arrow.sources} has {len(arrow.tips)} heads"


def _crosses(line: Rectangle, other: Rectangle) -> bool:
    return (
        line.left < other.right - _NEAR
        and line.right > other.left + _NEAR
        and line.top < other.bottom - _NEAR
        and line.bottom > other.top + _NEAR
    )


def _lie_on_each_other(one: Rectangle, other: Rectangle) -> bool:
    if one.top == one.bottom and other.top == other.bottom:
        return abs(one.top - other.top) < 3 and min(one.right, other.right) - max(one.left, other.left) > 1
    if one.left == one.right and other.left == other.right:
        return abs(one.left - other.left) < 3 and min(one.bottom, other.bottom) - max(one.top, other.top) > 1
    return False


def _rectangle(element: ElementTree.Element) -> Rectangle:
    left, top = float(element.get("x", "0")), float(element.get("y", "0"))
    right, bottom = left + float(element.attrib["width"]), top + float(element.attrib["height"])
    return Rectangle(left, top, right, bottom, element.get("data-box", ""))


def _text(element: ElementTree.Element) -> Rectangle:
    size, bold = _SIZES[element.attrib["class"]]
    left, base = float(element.attrib["x"]), float(element.attrib["y"])
    text = element.text or ""
    return Rectangle(
        left, base - size * 0.8, left + text_width(text, size, bold=bold), base + size * 0.2, text
    )


def _arrow(element: ElementTree.Element) -> DrawnArrow:
    lines, starts = [], []
    for step in _STEP.finditer(element.find(f"{_SPACE}path").attrib["d"]):  # type: ignore[union-attr]
        x, y, to = float(step[1]), float(step[2]), float(step[4])
        starts.append((x, y))
        if step[3] == "H":
            lines.append(Rectangle(min(x, to), y, max(x, to), y))
        else:
            lines.append(Rectangle(x, min(y, to), x, max(y, to)))
    tips = []
    for polygon in element.iter(f"{_SPACE}polygon"):
        x, _, y = polygon.attrib["points"].split()[0].partition(",")
        tips.append((float(x), float(y)))
    return DrawnArrow(
        element.attrib["data-kind"],
        tuple(element.attrib["data-from"].split()),
        tuple(element.attrib["data-to"].split()),
        tuple(lines),
        tuple(tips),
        tuple(starts),
    )
