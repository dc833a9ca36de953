"""A reference of a template to something that it does not contain."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["DanglingReference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DanglingReference:
    """CloudFormation refuses the whole template for one of these.

    Attributes:
        source: The resource and property that refer.
        expression: The reference as written, such as ``Ref: Missing``.
        target: The name that does not exist.
        nearest: The most similar name that does exist; None if nothing is close.
    """

    source: SourceLocation
    expression: str
    target: str
    nearest: str | None = None
