"""What a picture is made of: boxes, and the flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from docs_flows import Flow

__all__ = ["IMAGES", "LEFT", "MIDDLE", "ORGANIZATION", "RIGHT", "Box", "Topology"]

LEFT, MIDDLE, RIGHT = range(3)
IMAGES, ORGANIZATION = range(2)


@dataclass(slots=True, kw_only=True)
class Box:
    """Something that is drawn: an account, a Region in it, or what is outside.

    Attributes:
        title: What it is.
        subtitle: Which account it is, and what it does.
        lines: What is in it.
        stacks: The stacks in it.
        places: What flows refer to and this box stands for, all of it.
        inner: Boxes inside.
        column: From left to right.
        tier: From top to bottom: what moves images, what the organization does.
        outside: Whether it is no single account of the assembly.
    """

    title: str
    places: tuple[str, ...]
    subtitle: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    stacks: str = ""
    inner: list[Box] = field(default_factory=list)
    column: int = MIDDLE
    tier: int = IMAGES
    outside: bool = False

    @property
    def key(self) -> str:
        """The box's own name: the first place that it stands for."""
        return self.places[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Everything that a picture shows.

    Attributes:
        boxes: The outer boxes, in the order in which they are drawn.
        flows: The flows between places; a place is in one box.
    """

    boxes: tuple[Box, ...]
    flows: tuple[Flow, ...]

    def every_box(self) -> Iterator[Box]:
        """The boxes, and those inside them."""
        for box in self.boxes:
            yield box
            yield from box.inner

    def home(self, place: str) -> Box:
        """The box that stands for a place, the inner one if two do.

        Args:
            place: What a flow refers to.
        """
        return [box for box in self.every_box() if place in box.places][-1]
