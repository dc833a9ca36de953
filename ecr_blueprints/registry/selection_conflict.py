"""Signing and replication rules that select what must be neither signed nor replicated.

Managed signing signs with the identity of whoever pushes. What a pull-through cache stores is stored by a
service role that may not sign, so that no signature comes about (facts §8,
https://github.com/aws/containers-roadmap/issues/2830). A build cache's layers run nowhere: a signature
on each of them costs, and lets every build fail whose role may not sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.domain.repository_filter import CachePrefix, ReplicationFilter, SigningFilter
from ecr_blueprints.domain.wildcard import WILDCARD, covers, intersects
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflict import Conflict, ConflictKind, both, exclude
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationConfiguration, ReplicationRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["replication_conflicts", "signing_conflicts"]


def signing_conflicts(
    registry: Registry, *, rule: SigningRule | None = None, cache: CacheRule | BuildCache | None = None
) -> Iterator[Conflict]:
    """The signing rules that select cached images or build caches.

    Args:
        registry: What there is.
        rule: The rule that is added; only it is looked at. Default: those of the registry.
        cache: The cache that is added; only it is looked at. Default: those of the registry.
    """
    rules = _signing_rules(registry.signing) if rule is None else [rule]
    caches: Sequence[CacheRule | BuildCache] = (
        (*registry.cache_rules, *registry.build_caches) if cache is None else (cache,)
    )
    for one in rules:
        for held in caches:
            selected = _selecting(one.filters, _names_of(held), SigningFilter)
            if selected is None or exclude(one.source, held.source):
                continue
            cached = isinstance(held, CacheRule)
            what = "images of the pull-through cache" if cached else "the build cache"
            yield Conflict(
                kind=ConflictKind.SIGNED_CACHE if cached else ConflictKind.SIGNED_BUILD_CACHE,
                message=(
                    f"{both(one.source, held.source)} go against each other: {selected} would sign {what} "
                    f"{_label(held)!r}"
                ),
                source=held.source if cache is not None else one.source,
                other=one.source if cache is not None else held.source,
                fix="sign what is built here, by filters such as 'prod/*' that leave caches out",
            )


def replication_conflicts(
    registry: Registry, *, rule: ReplicationRule | None = None, cache: BuildCache | None = None
) -> Iterator[Conflict]:
    """The replication rules that select build caches.

    Args:
        registry: What there is.
        rule: The rule that is added; only it is looked at. Default: those of the registry.
        cache: The build cache that is added; only it is looked at. Default: those of the registry.
    """
    rules = _replication_rules(registry.replication) if rule is None else [rule]
    for one in rules:
        for held in registry.build_caches if cache is None else [cache]:
            selected = _selecting(one.filters, held.names, ReplicationFilter)
            if selected is None or exclude(one.source, held.source):
                continue
            yield Conflict(
                kind=ConflictKind.REPLICATED_BUILD_CACHE,
                message=(
                    f"{both(one.source, held.source)} go against each other: {selected} would replicate the "
                    f"build cache {held.names!r}"
                ),
                source=held.source if cache is not None else one.source,
                other=one.source if cache is not None else held.source,
                fix="replicate by prefixes such as 'prod/' that leave build caches out",
            )


def _signing_rules(configurations: Sequence[SigningConfiguration]) -> Iterator[SigningRule]:
    for configuration in configurations:
        if not isinstance(configuration.rules, Unresolved):
            yield from (rule for rule in configuration.rules if isinstance(rule, SigningRule))


def _replication_rules(configurations: Sequence[ReplicationConfiguration]) -> Iterator[ReplicationRule]:
    for configuration in configurations:
        if not isinstance(configuration.rules, Unresolved):
            yield from (rule for rule in configuration.rules if isinstance(rule, ReplicationRule))


def _selecting(
    filters: tuple[str | Unresolved, ...] | Unresolved,
    names: str | None,
    grammar: type[SigningFilter] | type[ReplicationFilter],
) -> str | None:
    """Which filter selects some of the names, in words; None if none is known to."""
    if isinstance(filters, Unresolved) or names is None:
        return None
    if not filters:
        return "a rule without filters, which selects every repository,"
    for text in filters:
        if isinstance(text, Unresolved):
            continue
        try:
            pattern = grammar(text).pattern
        except InvalidValueError:
            continue  # It selects nothing, and is reported for itself.
        # Under ROOT lies every name; only what selects them all is meant to select what ROOT caches.
        if covers(pattern, names) if names == WILDCARD else intersects(pattern, names):
            return f"the filter {text!r}"
    return None


def _names_of(cache: CacheRule | BuildCache) -> str | None:
    """The names that it holds, as a pattern."""
    if isinstance(cache, BuildCache):
        return cache.names
    prefix = cache.known_prefix
    if prefix is None:
        return None
    try:
        return CachePrefix(prefix).pattern
    except InvalidValueError:
        return f"{prefix}/{WILDCARD}"


def _label(cache: CacheRule | BuildCache) -> str:
    return cache.names if isinstance(cache, BuildCache) else cache.label
