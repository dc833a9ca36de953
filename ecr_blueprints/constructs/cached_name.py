"""Whether something can be pushed under a name, or a pull-through cache fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.registry.registry import Registry

__all__ = ["check_not_cached"]


def check_not_cached(
    registry: Registry, name: str, *, where: str, fix: str = "give it another prefix"
) -> None:
    """Refuse a name under the prefix of a pull-through cache: ECR does not support a push there (facts §4).

    Args:
        registry: The registry.
        name: The repository's name.
        where: The construct, for the error.
        fix: What to do. Default: another prefix.

    Raises:
        InvalidValueError: A cache other than one for ``ROOT`` holds the name.
    """
    from ecr_blueprints.registry.effective import (
        cache_for,  # what a registry is, most repositories need not know
    )

    cache = cache_for(registry, name)
    if cache is None or isinstance(cache, Unresolved) or cache.known_prefix in (None, ROOT):
        return
    raise InvalidValueError(
        f"{name!r} lies under the prefix of the pull-through cache {cache.source.name}, and nothing can be "
        "pushed there",
        where=where,
        allowed="names outside of every cache's prefix",
        fix=fix,
    )
