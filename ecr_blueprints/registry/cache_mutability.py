"""Caches whose tags cannot follow their upstream, and frozen caches whose tags can.

A cache repository with immutable tags keeps each tag at the image that was pulled first (facts §4, §10). On
purpose that is a frozen cache; by accident the cache never gets a fix that is published under a tag it holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflict import Conflict, ConflictKind, both, exclude
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import cache_for, template_for
from ecr_blueprints.registry.registry import Registry

__all__ = ["freezes_tags", "lies_in_frozen_cache", "mutability_conflicts", "templates_of_cache"]

_ANY_NAME = "x/x"


def freezes_tags(mutability: TagMutability) -> bool:
    """Whether cached tags stay where they are, all of them or all but some exclusions.

    ``IMMUTABLE_WITH_EXCLUSION`` freezes all but what is excluded, unless an exclusion matches every tag.
    ``MUTABLE_WITH_EXCLUSION`` freezes nothing but what is named, so that the cache follows its upstream.
    """
    immutable = (MutabilityMode.IMMUTABLE, MutabilityMode.IMMUTABLE_WITH_EXCLUSION)
    return mutability.mode in immutable and not mutability.defeats_immutability


def lies_in_frozen_cache(registry: Registry, prefix: object) -> bool:
    """Whether repositories under a prefix belong to a frozen cache of a prefix of its own.

    What lies under ``ROOT`` may belong to a cache that follows, and so to no frozen one yet.

    Args:
        registry: What there is.
        prefix: The prefix of a creation template, as given.
    """
    if not isinstance(prefix, str) or prefix == ROOT:
        return False
    rule = cache_for(registry, _name_under(prefix.removesuffix("/")))
    return rule is not None and rule.known_prefix != ROOT and rule.frozen is True


def templates_of_cache(registry: Registry, rule: CacheRule) -> Iterator[CreationTemplate]:
    """The creation templates that repositories of a cache get: by its prefix, and by prefixes inside it.

    Under ``ROOT`` lies every name; a template is a ``ROOT`` cache's where no other cache has its names.
    """
    prefix = rule.known_prefix
    if prefix is None:
        return
    by_prefix = template_for(registry, _name_under(prefix), AppliedFor.PULL_THROUGH_CACHE)
    if by_prefix is not None:
        yield by_prefix
    for template in registry.creation_templates:
        inner = template.known_prefix
        if template is by_prefix or inner in (None, prefix, ROOT):
            continue
        if _is_applied(template) and cache_for(registry, _name_under(inner)) is rule:
            yield template


def mutability_conflicts(
    registry: Registry, *, template: CreationTemplate | None = None, cache: CacheRule | None = None
) -> Iterator[Conflict]:
    """The caches whose tags stay and were not meant to, and those whose tags move and were meant to stay.

    A cache of which nothing says whether it is frozen is not judged.

    Args:
        registry: What there is; with a ``template`` or ``cache``, before that is added.
        template: The template that is added; only it is looked at. A ``ROOT`` cache is left out then, since
            the template may belong to a cache of its own that follows. Default: those of the registry.
        cache: The cache that is added; only it is looked at, with the templates inside its prefix, since its
            own template follows. Default: those of the registry.
    """
    if cache is not None:
        with_cache = registry.with_cache_rule(cache)
        for one in templates_of_cache(with_cache, cache):
            if _lies_in(one, cache):
                yield from _conflict(cache, one, source_is_cache=True)
    elif template is not None:
        with_template = registry.with_creation_template(template)
        for rule in registry.cache_rules:
            if rule.known_prefix == ROOT and template.known_prefix != ROOT:
                continue
            if any(one is template for one in templates_of_cache(with_template, rule)):
                yield from _conflict(rule, template, source_is_cache=False)
    else:
        for rule in registry.cache_rules:
            for one in templates_of_cache(registry, rule):
                yield from _conflict(rule, one, source_is_cache=False)


def _conflict(rule: CacheRule, template: CreationTemplate, *, source_is_cache: bool) -> Iterator[Conflict]:
    mutability = template.tag_mutability
    if rule.frozen is None or not isinstance(mutability, TagMutability):
        return
    if freezes_tags(mutability) is rule.frozen or exclude(rule.source, template.source):
        return
    if rule.frozen:
        message = (
            f"{both(rule.source, template.source)} go against each other: cache {rule.label!r} is frozen, "
            f"and creation template {template.label!r} lets its tags move ({mutability.mode})"
        )
        fix = "make the template's tags immutable, or leave frozen out"
    else:
        message = (
            f"{both(rule.source, template.source)} go against each other: creation template "
            f"{template.label!r} makes the tags of cache {rule.label!r} {mutability.mode}, so that a cached "
            "tag never gets what its upstream publishes under it later"
        )
        fix = (
            "make the template's tags mutable, or say frozen=True of the cache if that is meant, which a "
            "RepositoryCreationTemplate declared before it says too"
        )
    yield Conflict(
        kind=ConflictKind.CACHE_MUTABILITY,
        message=message,
        source=rule.source if source_is_cache else template.source,
        other=template.source if source_is_cache else rule.source,
        fix=fix,
    )


def _is_applied(template: CreationTemplate) -> bool:
    mechanisms = template.applied_for
    return isinstance(mechanisms, tuple) and AppliedFor.PULL_THROUGH_CACHE in mechanisms


def _lies_in(template: CreationTemplate, rule: CacheRule) -> bool:
    """Strictly inside the cache's prefix; under ``ROOT``, prefixes mean themselves."""
    inner, outer = template.known_prefix, rule.known_prefix
    return inner is not None and outer not in (None, ROOT) and inner.startswith(f"{outer}/")


def _name_under(prefix: str) -> str:
    return _ANY_NAME if prefix == ROOT else f"{prefix}/{_ANY_NAME}"
