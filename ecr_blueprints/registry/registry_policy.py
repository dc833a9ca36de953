"""The registry's own policy, as a source declares it."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable

__all__ = ["RegistryPolicy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPolicy:
    """One per account and Region (facts §6).

    Attributes:
        source: Where it was declared.
        policy: The parsed policy.
    """

    source: SourceLocation
    policy: Resolvable[AccessPolicy] | Malformed
