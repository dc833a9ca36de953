"""One thing that a registry cannot hold together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["Conflict", "ConflictKind", "both", "exclude"]


class ConflictKind(StrEnum):
    """What kind of conflict it is; the granular id of a finding."""

    SECOND_OWNER = "second-owner"
    REPOSITORY_NAME = "repository-name"
    TEMPLATE_PREFIX = "template-prefix"
    CACHE_PREFIX = "cache-prefix"
    TEMPLATE_ROLE = "template-role"
    TEMPLATE_MECHANISM = "template-mechanism"
    CACHE_MUTABILITY = "cache-mutability"
    CACHED_REPOSITORY = "cached-repository"
    SIGNED_CACHE = "signed-cache"
    SIGNED_BUILD_CACHE = "signed-build-cache"
    REPLICATED_BUILD_CACHE = "replicated-build-cache"
    PULL_TIME_EXCLUSION = "pull-time-exclusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One conflict, with everyone involved.

    Attributes:
        kind: What kind it is.
        message: What is wrong, with both parties named.
        source: The contribution that caused it.
        other: The earlier contribution, where there are two parties.
        fix: What to do.
    """

    kind: ConflictKind
    message: str
    source: SourceLocation
    other: SourceLocation | None = None
    fix: str


def both(source: SourceLocation, other: SourceLocation) -> str:
    """Both parties; with their templates only where these differ."""
    if source == other:
        return f"{source}, declared once more,"
    if source.template == other.template:
        return f"{source.name} and {other.name}"
    return f"{source} and {other}"


def exclude(first: SourceLocation, second: SourceLocation) -> bool:
    """True if no deployment has both."""
    return first.presence.excludes(second.presence)
