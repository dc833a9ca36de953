"""A template inside a prefix under which ECR creates by a mechanism that it is not applied for."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflicts import ConflictKind, conflicts_with, find_conflicts
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationSource
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

TEMPLATE, CREATOR = (
    SourceLocation(construct_path="App/Template"),
    SourceLocation(construct_path="App/Creator"),
)


def template(prefix: str, *mechanisms: AppliedFor) -> CreationTemplate:
    return CreationTemplate(source=TEMPLATE, prefix=prefix, applied_for=mechanisms)


@pytest.mark.parametrize(
    ("prefix", "mechanisms", "cache_prefix", "conflicts"),
    [
        ("hub/library", (AppliedFor.CREATE_ON_PUSH,), "hub", True),
        ("hub/library", (AppliedFor.PULL_THROUGH_CACHE, AppliedFor.REPLICATION), "hub", False),
        ("hub", (AppliedFor.CREATE_ON_PUSH,), "hub", False),
        ("hubs/library", (AppliedFor.CREATE_ON_PUSH,), "hub", False),
        ("ROOT", (AppliedFor.CREATE_ON_PUSH,), "hub", False),
        ("dev", (AppliedFor.CREATE_ON_PUSH,), "ROOT", False),
    ],
)
def test_inside_a_cache(
    prefix: str, mechanisms: tuple[AppliedFor, ...], cache_prefix: str, conflicts: bool
) -> None:
    one, cache = template(prefix, *mechanisms), CacheRule(source=CREATOR, prefix=cache_prefix)
    kinds = [ConflictKind.TEMPLATE_MECHANISM] if conflicts else []
    with_cache = Registry(cache_rules=(cache,))
    assert [found.kind for found in conflicts_with(with_cache, one)] == kinds
    with_template = Registry(creation_templates=(one,))
    assert [found.kind for found in conflicts_with(with_template, cache)] == kinds
    whole = Registry(cache_rules=(cache,), creation_templates=(one,))
    assert [found.kind for found in find_conflicts(whole)] == kinds
    for found in conflicts_with(with_cache, one):
        assert (found.source, found.other) == (TEMPLATE, CREATOR)
        assert "PULL_THROUGH_CACHE" in found.fix


def test_inside_what_is_replicated() -> None:
    accepted = ReplicationSource(source=CREATOR, account="222233334444", prefixes=("prod",))
    idle, applied = (
        template("prod/team", AppliedFor.CREATE_ON_PUSH),
        template("prod/team", AppliedFor.REPLICATION),
    )
    held = Registry(replication_sources=(accepted,))
    (found,) = conflicts_with(held, idle)
    assert "REPLICATION" in found.message
    assert list(conflicts_with(held, applied)) == []
    (later,) = conflicts_with(Registry(creation_templates=(idle,)), accepted)
    assert (later.source, later.other) == (CREATOR, TEMPLATE)


def test_what_is_not_known_is_no_conflict() -> None:
    held = Registry(cache_rules=(CacheRule(source=CREATOR, prefix="hub"),))
    unknown = CreationTemplate(source=TEMPLATE, prefix="hub/a", applied_for=Unresolved("Ref: Mechanisms"))
    assert list(conflicts_with(held, unknown)) == []
