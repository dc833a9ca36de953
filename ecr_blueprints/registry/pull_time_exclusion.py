"""A principal whose pulls do not count as pulls, as a source declares it."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable

__all__ = ["PullTimeExclusion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTimeExclusion:
    """One pull-time update exclusion (facts §10).

    Attributes:
        source: Where it was declared.
        principal_arn: The ARN of the role or user.
    """

    source: SourceLocation
    principal_arn: Resolvable[str] | Malformed
