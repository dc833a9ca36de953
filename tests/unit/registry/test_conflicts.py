"""Two things that one registry cannot hold are found, with both parties, once added and after the fact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflicts import (
    Conflict,
    ConflictKind,
    Contribution,
    conflicts_with,
    find_conflicts,
)
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.singleton import Singleton, SingletonKind
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

FIRST, SECOND = SourceLocation(construct_path="App/First"), SourceLocation(construct_path="App/Second")


def holding(contribution: Contribution) -> Registry:
    match contribution:
        case Repository():
            return Registry(repositories=(contribution,))
        case CreationTemplate():
            return Registry(creation_templates=(contribution,))
        case CacheRule():
            return Registry(cache_rules=(contribution,))
        case Singleton():
            return Registry(singletons=(contribution,))


def both_ways(first: Contribution, second: Contribution) -> list[Conflict]:
    """The conflicts that adding the second causes: the same as those found when both are there."""
    added = list(conflicts_with(holding(first), second))
    there = holding(first)
    match second:
        case Repository():
            whole = there.with_repository(second)
        case CreationTemplate():
            whole = there.with_creation_template(second)
        case CacheRule():
            whole = there.with_cache_rule(second)
        case Singleton():
            whole = replace(there, singletons=(*there.singletons, second))
    assert list(find_conflicts(whole)) == added
    return added


def repository(name: str | Unresolved | None, source: SourceLocation) -> Repository:
    return Repository(source=source, name=name)


def cache(prefix: str, source: SourceLocation) -> CacheRule:
    return CacheRule(source=source, prefix=prefix, upstream_registry_url="registry.k8s.io")


def template(prefix: str, source: SourceLocation) -> CreationTemplate:
    return CreationTemplate(source=source, prefix=prefix)


def test_one_name_twice_names_both_places() -> None:
    (conflict,) = both_ways(repository("a/b", FIRST), repository("a/b", SECOND))
    assert conflict.kind is ConflictKind.REPOSITORY_NAME
    assert (conflict.source, conflict.other) == (SECOND, FIRST)
    assert "App/First" in conflict.message
    assert "App/Second" in conflict.message


@pytest.mark.parametrize("name", ["a/c", None, Unresolved("Ref: Name")])
def test_a_name_that_differs_or_is_not_known_is_no_conflict(name: str | Unresolved | None) -> None:
    assert both_ways(repository(name, FIRST), repository("a/b", SECOND)) == []
    assert both_ways(repository(name, FIRST), repository(name, SECOND)) == [] or name == "a/c"


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        ("k8s", "k8s", True),
        ("k8s", "k8s/", True),
        ("k8s", "k8s/coredns", True),
        ("k8s/coredns", "k8s", True),
        ("k8s", "k8sio", False),
        ("ROOT", "k8s", False),
        ("ROOT", "ROOT", True),
    ],
)
def test_caches_collide_by_equal_and_nested_prefixes_but_for_root(
    one: str, other: str, collide: bool
) -> None:
    kinds = [conflict.kind for conflict in both_ways(cache(one, FIRST), cache(other, SECOND))]
    assert kinds == ([ConflictKind.CACHE_PREFIX] if collide else [])


@pytest.mark.parametrize(
    ("one", "other", "collide"), [("a", "a/", True), ("a", "a/b", False), ("ROOT", "a", False)]
)
def test_templates_collide_by_equal_prefixes_only(one: str, other: str, collide: bool) -> None:
    kinds = [conflict.kind for conflict in both_ways(template(one, FIRST), template(other, SECOND))]
    assert kinds == ([ConflictKind.TEMPLATE_PREFIX] if collide else [])


def test_a_singleton_has_one_owner() -> None:
    first, second = (Singleton(kind=SingletonKind.SCANNING, source=source) for source in (FIRST, SECOND))
    (conflict,) = both_ways(first, second)
    assert conflict.kind is ConflictKind.SECOND_OWNER
    assert "registry scanning configuration" in conflict.message
    other_kind = Singleton(kind=SingletonKind.SIGNING, source=SECOND)
    assert both_ways(first, other_kind) == []


@pytest.mark.parametrize(
    "change",
    [{"resource_tags": {"a": "b"}}, {"encryption": Encryption(type=EncryptionType.KMS)}],
    ids=["tags", "KMS"],
)
def test_a_template_with_tags_or_kms_needs_a_role(change: dict[str, object]) -> None:
    bare = replace(template("a", FIRST), **change)  # type: ignore[arg-type]
    (conflict,) = conflicts_with(Registry(), bare)
    assert conflict.kind is ConflictKind.TEMPLATE_ROLE
    assert (
        list(conflicts_with(Registry(), replace(bare, custom_role_arn="arn:aws:iam::111122223333:role/r")))
        == []
    )
    assert list(conflicts_with(Registry(), template("a", FIRST))) == []
