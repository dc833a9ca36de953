"""The registry's replication configuration, as a source declares it, and what a registry takes in."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["ReplicationConfiguration", "ReplicationDestination", "ReplicationRule", "ReplicationSource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationDestination:
    """A registry to which images are copied.

    Attributes:
        region: Its Region.
        registry_id: Its account id; the source's own for another Region of the same account.
    """

    region: Resolvable[str]
    registry_id: Resolvable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationRule:
    """One rule: where the images of which repositories go (facts §7).

    Attributes:
        source: Where it was declared.
        destinations: At least one.
        filters: What repository names start with. Empty: every repository.
    """

    source: SourceLocation
    destinations: tuple[ReplicationDestination | Unresolved, ...] | Unresolved
    filters: tuple[Resolvable[str], ...] | Unresolved = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationConfiguration:
    """One per account and Region (facts §7).

    Attributes:
        source: Where it was declared.
        rules: Its rules.
    """

    source: SourceLocation
    rules: tuple[ReplicationRule | Unresolved, ...] | Unresolved = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationSource:
    """Another account that this registry lets replicate into it; the destination's side.

    Attributes:
        source: Where it was declared.
        account: The account id of the registry from which images come.
        prefixes: What the names of its repositories start with. Empty: any name.
    """

    source: SourceLocation
    account: str
    prefixes: tuple[str, ...] = ()
