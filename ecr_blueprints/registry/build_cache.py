"""Repositories that hold a builder's layers and no image that anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["BuildCache"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildCache:
    """One build cache, or all under a prefix: neither signed nor replicated nor held to the convention.

    Attributes:
        source: Where it was declared.
        names: A repository's name, or a pattern in which ``*`` is any run of characters.
    """

    source: SourceLocation
    names: str
