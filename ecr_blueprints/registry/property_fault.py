"""A property that CloudFormation refuses for its name or its type."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["PropertyFault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyFault:
    """One property that CloudFormation does not know, or one of a wrong type.

    Attributes:
        source: The property's place.
        is_unknown: True if it is the name that CloudFormation does not know.
        found: The property, or else its value, shortened for display.
        expected: What CloudFormation takes in its place: the names, or half a sentence on the type.
        nearest: The known name that is most like an unknown one.
    """

    source: SourceLocation
    is_unknown: bool
    found: str
    expected: str
    nearest: str | None = None
