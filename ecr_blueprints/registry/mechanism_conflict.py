"""Creation templates that are not applied for the mechanism that creates repositories under their prefix.

The template of the longest prefix wins, applied for the mechanism or not: that a less specific one steps in
is not documented (facts §2, unverified). So a template inside a cache's prefix that is not applied for
pull-through caches leaves what the cache creates there without any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflict import Conflict, ConflictKind, both, exclude
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationSource

__all__ = ["mechanism_conflicts"]

_WORDS = {
    AppliedFor.PULL_THROUGH_CACHE: "the pull-through cache",
    AppliedFor.REPLICATION: "replication",
}


@dataclass(frozen=True, slots=True)
class _Creation:
    """Under which prefix something creates repositories, and how."""

    prefix: str
    mechanism: AppliedFor
    creator: CacheRule | ReplicationSource


def mechanism_conflicts(
    registry: Registry,
    *,
    template: CreationTemplate | None = None,
    creator: CacheRule | ReplicationSource | None = None,
) -> Iterator[Conflict]:
    """The templates inside a prefix under which ECR creates by a mechanism that they are not applied for.

    Args:
        registry: What there is.
        template: The template that is added; only it is looked at. Default: those of the registry.
        creator: The cache or source of replication that is added; only it. Default: those of the registry.
    """
    creators: tuple[CacheRule | ReplicationSource, ...] = (
        (*registry.cache_rules, *registry.replication_sources) if creator is None else (creator,)
    )
    templates = registry.creation_templates if template is None else (template,)
    for creation in _creations(creators):
        for one in templates:
            prefix, mechanisms = one.known_prefix, one.applied_for
            if prefix is None or not isinstance(mechanisms, tuple) or creation.mechanism in mechanisms:
                continue
            source = creation.creator.source
            if not _lies_within(prefix, creation.prefix) or exclude(one.source, source):
                continue
            yield Conflict(
                kind=ConflictKind.TEMPLATE_MECHANISM,
                message=(
                    f"{both(one.source, source)} go against each other: creation template {prefix!r} is not "
                    f"applied for {creation.mechanism}, and {_WORDS[creation.mechanism]} creates "
                    f"repositories under {creation.prefix!r}, which would get no template there"
                ),
                source=source if creator is not None else one.source,
                other=one.source if creator is not None else source,
                fix=f"apply the template for {creation.mechanism} too, or give it a prefix of its own",
            )


def _creations(creators: Iterable[CacheRule | ReplicationSource]) -> Iterator[_Creation]:
    for creator in creators:
        if isinstance(creator, CacheRule):
            if creator.known_prefix is not None:
                yield _Creation(creator.known_prefix, AppliedFor.PULL_THROUGH_CACHE, creator)
        else:
            for prefix in creator.prefixes:
                yield _Creation(prefix, AppliedFor.REPLICATION, creator)


def _lies_within(prefix: str, outer: str) -> bool:
    """Strictly: the prefix itself has the creator's own template; under ``ROOT`` lies nothing else's."""
    return outer != ROOT and prefix.startswith(f"{outer.rstrip('/')}/")
