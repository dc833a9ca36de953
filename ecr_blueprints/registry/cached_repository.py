"""Repositories under a cache's prefix, into which nothing can be pushed.

ECR does not support pushing images by hand into a repository that a pull-through cache created (facts §4). To
make one before the cache does, for settings of its own, is the one good reason to declare one there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflict import Conflict, ConflictKind, both, exclude
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository

__all__ = ["cached_repository_conflicts"]


def cached_repository_conflicts(
    registry: Registry, *, repository: Repository | None = None, cache: CacheRule | None = None
) -> Iterator[Conflict]:
    """The repositories that are for something else than a cache, and lie under the prefix of one.

    A repository of which nothing says what it is for is not judged, as of any template; nor is ``ROOT``,
    under which lies every name.

    Args:
        registry: What there is.
        repository: The repository that is added; only it is looked at. Default: those of the registry.
        cache: The cache that is added; only it is looked at. Default: those of the registry.
    """
    for one in registry.repositories if repository is None else (repository,):
        name = one.known_name
        if name is None or one.kind in (None, RepositoryKind.CACHE):
            continue
        for rule in registry.cache_rules if cache is None else (cache,):
            prefix = rule.known_prefix
            if prefix in (None, ROOT) or not name.startswith(f"{prefix}/"):
                continue
            if exclude(one.source, rule.source):
                continue
            yield Conflict(
                kind=ConflictKind.CACHED_REPOSITORY,
                message=(
                    f"{both(one.source, rule.source)} go against each other: repository {name!r} lies under "
                    f"the prefix {prefix!r} of the pull-through cache, and nothing can be pushed there"
                ),
                source=rule.source if cache is not None else one.source,
                other=one.source if cache is not None else rule.source,
                fix="give one of them another prefix; a repository for the cache itself has "
                "kind=RepositoryKind.CACHE",
            )
