"""A cache's tags follow their upstream, or stay because that was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.registry.cache_mutability import freezes_tags, mutability_conflicts, templates_of_cache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflict import Conflict, ConflictKind
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

LATEST, EVERY = (ExclusionFilter("latest"),), (ExclusionFilter("*"),)
IMMUTABLE = TagMutability(mode=MutabilityMode.IMMUTABLE)
MUTABLE = TagMutability(mode=MutabilityMode.MUTABLE)
CACHED = (AppliedFor.PULL_THROUGH_CACHE,)


def cache(prefix: str, *, frozen: bool | None = False) -> CacheRule:
    return CacheRule(
        source=SourceLocation(construct_path=f"App/Cache-{prefix}"), prefix=prefix, frozen=frozen
    )


def template(
    prefix: str, mutability: TagMutability = IMMUTABLE, applied_for: tuple[AppliedFor, ...] = CACHED
) -> CreationTemplate:
    source = SourceLocation(construct_path=f"App/Template-{prefix}")
    return CreationTemplate(source=source, prefix=prefix, applied_for=applied_for, tag_mutability=mutability)


def conflicts(caches: list[CacheRule], templates: list[CreationTemplate]) -> list[Conflict]:
    return list(
        mutability_conflicts(Registry(cache_rules=tuple(caches), creation_templates=tuple(templates)))
    )


@pytest.mark.parametrize(
    ("mode", "exclusions", "freezes"),
    [
        (MutabilityMode.MUTABLE, (), False),
        (MutabilityMode.IMMUTABLE, (), True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, LATEST, True),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, EVERY, False),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, LATEST, False),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, EVERY, False),
    ],
)
def test_what_freezes(mode: MutabilityMode, exclusions: tuple[ExclusionFilter, ...], freezes: bool) -> None:
    mutability = TagMutability(mode=mode, exclusions=exclusions)
    assert freezes_tags(mutability) is freezes
    for frozen in (True, False):
        found = conflicts([cache("hub", frozen=frozen)], [template("hub", mutability)])
        assert bool(found) is (frozen is not freezes)


def test_both_parties_and_the_fix_are_named() -> None:
    (found,) = conflicts([cache("hub")], [template("hub")])
    assert found.kind is ConflictKind.CACHE_MUTABILITY
    assert found.message == (
        "App/Cache-hub and App/Template-hub go against each other: creation template 'hub' makes the tags of "
        "cache 'hub' IMMUTABLE, so that a cached tag never gets what its upstream publishes under it later"
    )
    assert "frozen=True" in found.fix
    (found,) = conflicts([cache("hub", frozen=True)], [template("hub", MUTABLE)])
    assert "is frozen" in found.message
    assert "leave frozen out" in found.fix


def test_what_says_nothing_is_not_judged() -> None:
    assert conflicts([cache("hub", frozen=None)], [template("hub")]) == []
    unknown = replace(template("hub"), tag_mutability=Unresolved("Ref: Mode"))
    assert conflicts([cache("hub"), cache("quay", frozen=True)], [unknown]) == []
    assert conflicts([replace(cache("hub"), prefix=Unresolved("Ref: Prefix"))], [template("ROOT")]) == []


@pytest.mark.parametrize(
    ("caches", "templates", "conflicting"),
    [
        # The template of the longest prefix is the cache's.
        (["cached/hub"], ["cached", "ROOT"], ["cached"]),
        (["hub"], ["ROOT"], ["ROOT"]),
        (["hub"], ["hub/library"], ["hub/library"]),
        (["hub"], ["hubs", "quay"], []),
        # Under ROOT lies what no other cache has.
        (["ROOT"], ["prod"], ["prod"]),
        (["ROOT"], ["ROOT"], ["ROOT"]),
    ],
)
def test_a_cache_gets_templates_by_its_prefix_and_inside_it(
    caches: list[str], templates: list[str], conflicting: list[str]
) -> None:
    found = conflicts([cache(prefix) for prefix in caches], [template(prefix) for prefix in templates])
    assert [one.source.construct_path for one in found] == [f"App/Template-{one}" for one in conflicting]


def test_a_frozen_cache_beside_one_of_root() -> None:
    caches = [cache("ROOT"), cache("hub", frozen=True)]
    templates = [template("ROOT", MUTABLE), template("hub")]
    assert conflicts(caches, templates) == []
    registry = Registry(cache_rules=tuple(caches), creation_templates=tuple(templates))
    assert list(templates_of_cache(registry, caches[0])) == templates[:1]
    assert list(templates_of_cache(registry, caches[1])) == templates[1:]


def test_a_template_for_other_mechanisms_freezes_no_cache() -> None:
    assert conflicts([cache("hub")], [template("hub/x", applied_for=(AppliedFor.CREATE_ON_PUSH,))]) == []


@pytest.mark.parametrize(
    ("rule", "added", "is_conflict"),
    [
        (cache("hub"), template("hub/library"), True),
        (cache("hub", frozen=True), template("hub/library", MUTABLE), True),
        (cache("hub", frozen=True), template("hub/library"), False),
        (cache("hub"), template("hub", MUTABLE), False),
        (cache("cached/hub"), template("cached"), True),
        # It may belong to a frozen cache that follows.
        (cache("ROOT"), template("hub"), False),
    ],
)
def test_a_template_that_is_added(rule: CacheRule, added: CreationTemplate, is_conflict: bool) -> None:
    found = list(mutability_conflicts(Registry(cache_rules=(rule,)), template=added))
    assert [(one.source, one.other) for one in found] == [(added.source, rule.source)] * is_conflict


@pytest.mark.parametrize(
    ("held", "added", "is_conflict"),
    [
        (template("hub/library"), cache("hub"), True),
        (template("hub/library", MUTABLE), cache("hub", frozen=True), True),
        (template("hub/library"), cache("hub", frozen=True), False),
        # The cache's own template follows.
        (template("ROOT"), cache("hub"), False),
        (template("prod"), cache("ROOT"), False),
    ],
)
def test_a_cache_that_is_added(held: CreationTemplate, added: CacheRule, is_conflict: bool) -> None:
    found = list(mutability_conflicts(Registry(creation_templates=(held,)), cache=added))
    assert [(one.source, one.other) for one in found] == [(added.source, held.source)] * is_conflict
