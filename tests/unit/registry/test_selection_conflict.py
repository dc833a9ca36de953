"""What must be neither signed nor replicated is found, from both sides, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflicts import ConflictKind, conflicts_with, find_conflicts
from ecr_blueprints.registry.presence import Assumption, Presence
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

RULE, CACHE = SourceLocation(construct_path="App/Rule"), SourceLocation(construct_path="App/Cache")
DESTINATION = ReplicationDestination(region="eu-central-1", registry_id="111122223333")


def signing(*filters: str) -> SigningRule:
    return SigningRule(source=RULE, profile_arn="arn", filters=filters)


def cache(prefix: str) -> CacheRule:
    return CacheRule(source=CACHE, prefix=prefix)


@pytest.mark.parametrize(
    ("filters", "prefix", "conflicts"),
    [
        ((), "docker-hub", True),
        (("*",), "docker-hub", True),
        (("prod/*",), "docker-hub", False),
        (("docker-hub/*",), "docker-hub", True),
        (("docker-hub",), "docker-hub", False),
        (("*/nginx",), "docker-hub", True),
        (("docker-hub-x/*",), "docker-hub", False),
        (("prod/*", "dock*"), "docker-hub", True),
        (("prod/*",), "ROOT", False),
        (("*",), "ROOT", True),
        ((), "ROOT", True),
        (("prod/",), "prod", False),
    ],
)
def test_a_signing_rule_over_a_cache(filters: tuple[str, ...], prefix: str, conflicts: bool) -> None:
    rule, cached = signing(*filters), cache(prefix)
    held = Registry(cache_rules=(cached,))
    signed = Registry().with_signing(SigningConfiguration(source=RULE, rules=(rule,)))
    whole = replace(signed, cache_rules=(cached,))
    kinds = [ConflictKind.SIGNED_CACHE] if conflicts else []
    assert [one.kind for one in conflicts_with(held, rule)] == kinds
    assert [one.kind for one in conflicts_with(signed, cached)] == kinds
    assert [one.kind for one in find_conflicts(whole)] == kinds
    if conflicts:
        (added,) = conflicts_with(held, rule)
        assert (added.source, added.other) == (RULE, CACHE)
        (later,) = conflicts_with(signed, cached)
        assert (later.source, later.other) == (CACHE, RULE)
        assert "App/Rule" in added.message
        assert "App/Cache" in added.message


def test_what_is_not_known_is_no_conflict() -> None:
    unknown = replace(signing(), filters=Unresolved("Ref: Filters"))
    assert list(conflicts_with(Registry(cache_rules=(cache("docker-hub"),)), unknown)) == []
    one_unknown = replace(signing(), filters=(Unresolved("Ref: Filter"),))
    assert list(conflicts_with(Registry(cache_rules=(cache("docker-hub"),)), one_unknown)) == []
    nameless = CacheRule(source=CACHE, prefix=Unresolved("Ref: Prefix"))
    assert list(conflicts_with(Registry(cache_rules=(nameless,)), signing())) == []


def test_of_two_that_no_deployment_has_together_none_is_reported() -> None:
    here = Presence((frozenset({Assumption("Stage", "prod")}),))
    there = Presence((frozenset({Assumption("Stage", "dev")}),))
    rule = replace(signing(), source=replace(RULE, presence=here))
    cached = replace(cache("docker-hub"), source=replace(CACHE, presence=there))
    assert list(conflicts_with(Registry(cache_rules=(cached,)), rule)) == []


@pytest.mark.parametrize(
    ("filters", "conflicts"),
    [(("prod/*",), False), ((), True), (("*",), True), (("cache/*",), True), (("cache/payments",), True)],
)
def test_a_signing_rule_over_a_build_cache(filters: tuple[str, ...], conflicts: bool) -> None:
    built = BuildCache(source=CACHE, names="cache/payments")
    rule = signing(*filters)
    kinds = [ConflictKind.SIGNED_BUILD_CACHE] if conflicts else []
    assert [one.kind for one in conflicts_with(Registry(build_caches=(built,)), rule)] == kinds
    signed = Registry().with_signing(SigningConfiguration(source=RULE, rules=(rule,)))
    assert [one.kind for one in conflicts_with(signed, built)] == kinds


@pytest.mark.parametrize(
    ("filters", "conflicts"), [(("prod/",), False), ((), True), (("cache/",), True), (("ca",), True)]
)
def test_a_replication_rule_over_a_build_cache(filters: tuple[str, ...], conflicts: bool) -> None:
    built = BuildCache(source=CACHE, names="cache/*")
    rule = ReplicationRule(source=RULE, destinations=(DESTINATION,), filters=filters)
    kinds = [ConflictKind.REPLICATED_BUILD_CACHE] if conflicts else []
    assert [one.kind for one in conflicts_with(Registry(build_caches=(built,)), rule)] == kinds
    copied = Registry().with_replication(ReplicationConfiguration(source=RULE, rules=(rule,)))
    assert [one.kind for one in conflicts_with(copied, built)] == kinds
    assert [one.kind for one in find_conflicts(replace(copied, build_caches=(built,)))] == kinds
