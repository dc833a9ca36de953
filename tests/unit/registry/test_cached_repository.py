"""A repository under a cache's prefix, into which nothing can be pushed."""

from __future__ import annotations

import pytest

from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.cached_repository import cached_repository_conflicts
from ecr_blueprints.registry.conflict import ConflictKind
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

REPOSITORY, CACHE = (
    SourceLocation(construct_path="App/Repository"),
    SourceLocation(construct_path="App/Cache"),
)
APPLICATION = RepositoryKind.APPLICATION


@pytest.mark.parametrize(
    ("name", "kind", "prefix", "conflicts"),
    [
        ("hub/nginx", APPLICATION, "hub", True),
        ("hub/nginx", RepositoryKind.CHART, "hub", True),
        ("hub/nginx", RepositoryKind.CACHE, "hub", False),
        ("hub/nginx", None, "hub", False),
        ("hubs/nginx", APPLICATION, "hub", False),
        ("hub", APPLICATION, "hub", False),
        ("hub/nginx", APPLICATION, "ROOT", False),
        (None, APPLICATION, "hub", False),
        ("hub/nginx", APPLICATION, Unresolved("Ref: Prefix"), False),
    ],
)
def test_in_either_order(
    name: str | None, kind: RepositoryKind | None, prefix: str | Unresolved, conflicts: bool
) -> None:
    repository = Repository(source=REPOSITORY, name=name, kind=kind)
    cache = CacheRule(source=CACHE, prefix=prefix)
    places = [(REPOSITORY, CACHE)] if conflicts else []
    found = list(cached_repository_conflicts(Registry(cache_rules=(cache,)), repository=repository))
    assert [(one.source, one.other) for one in found] == places
    assert {one.kind for one in found} <= {ConflictKind.CACHED_REPOSITORY}
    found = list(cached_repository_conflicts(Registry(repositories=(repository,)), cache=cache))
    assert [(one.other, one.source) for one in found] == places
    whole = Registry(repositories=(repository,), cache_rules=(cache,))
    assert len(list(cached_repository_conflicts(whole))) == len(places)
