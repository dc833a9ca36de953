"""Finding one of a registry's caches by the name that a person gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.registry_reference import CacheReference
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

__all__ = ["find_cache"]

_Cache = TypeVar("_Cache", bound=CacheReference)


def find_cache(caches: Sequence[_Cache], name: str, *, where: str) -> _Cache:
    """The cache of a prefix, or else of an upstream.

    Args:
        caches: Those that there are.
        name: A prefix, or an upstream's key, host or common name.
        where: The registry, for the error.

    Raises:
        InvalidValueError: None fits, or several cache the same upstream; the error lists what there is.
    """
    check_arguments({"name": name}, {"name": TEXT}, where=where, required=("name",))
    prefix = name.rstrip("/")
    for cache in caches:
        if cache.prefix == prefix:
            return cache
    fitting = [cache for cache in caches if _is_of(cache.upstream, name)]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f"{cache.prefix} ({cache.upstream})" for cache in caches)
    raise InvalidValueError(
        f"{len(fitting)} caches of {name!r}"
        if fitting
        else f"the registry has no pull-through cache {name!r}",
        where=where,
        allowed=listed if listed else "none: the registry has no caches",
        fix="name the prefix" if fitting else "add it with add_pull_through_cache in the registry's app",
    )


def _is_of(upstream: UpstreamRegistry, name: str) -> bool:
    """Whether the name means the upstream; a host means one of several registries of a kind."""
    try:
        meant = UpstreamRegistry.parse(name)
    except InvalidValueError:
        return False
    return meant.key is upstream.key and meant.upstream_registry_url in (None, upstream.upstream_registry_url)
