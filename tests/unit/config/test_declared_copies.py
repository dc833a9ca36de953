"""What copies have to have: whoever pulls the originals pulls them, and nothing goes before its original."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.declared_copies import DeclaredCopies, declared_copies, replication_prefixes
from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.domain.tags import MutabilityMode
from ecr_blueprints.domain.wildcard import matches_wildcard

BLUEPRINT = """\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}, live: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1]}}
replication: {{to: [eu-north-1]}}
retention: {{keep: ["v*"]}}
consumers: {{{consumers}}}
teams:
  - team: payments
    repositories: {{{repositories}}}
  - team: search
    repositories: {{query: {{}}}}
"""


def blueprint(folder: Path, *, consumers: str = "", repositories: str = "api: {}") -> CentralizedBlueprint:
    path = folder / "blueprint.yaml"
    path.write_text(BLUEPRINT.format(consumers=consumers, repositories=repositories))
    loaded = load_blueprint(path)
    assert isinstance(loaded, CentralizedBlueprint)
    return loaded


def copies(folder: Path, **texts: str) -> dict[str, DeclaredCopies]:
    return {one.namespace: one for one in declared_copies(blueprint(folder, **texts))}


def test_production_is_copied_and_bases_where_there_are_some(tmp_path: Path) -> None:
    assert replication_prefixes(blueprint(tmp_path)) == ("prod/", "live/")
    bases = "python: {name: base/python, exception: a base image}"
    assert replication_prefixes(blueprint(tmp_path, repositories=bases)) == ("prod/", "live/", "base/")


def test_originals_that_are_kept_alike_give_their_copies_the_same_policy(tmp_path: Path) -> None:
    (prod, _) = copies(tmp_path).values()
    assert prod.lifecycle is not None
    assert [rule.description for rule in prod.lifecycle.in_priority_order] == [
        "Keep v*",
        "Delete untagged images after 1 day",
    ]


def test_originals_that_are_kept_differently_lose_none_of_their_copies(tmp_path: Path) -> None:
    prod = copies(tmp_path, repositories="api: {}, old: {retention: {untagged_days: 5}}")["prod/"]
    assert prod.lifecycle is not None
    assert [rule.count_number for rule in prod.lifecycle.in_priority_order] == [14]
    rule = (
        "{rulePriority: 1, selection: {tagStatus: tagged, tagPatternList: ['x*'], "
        "countType: sinceImagePushed, countUnit: days, countNumber: 9}, action: {type: expire}}"
    )
    # One of them keeps untagged images for ever: so do the copies.
    assert (
        copies(tmp_path, repositories=f"api: {{}}, old: {{lifecycle: [{rule}]}}")["prod/"].lifecycle is None
    )


def test_tags_of_copies_move_where_the_originals_do(tmp_path: Path) -> None:
    assert copies(tmp_path)["prod/"].mutability.mode is MutabilityMode.IMMUTABLE
    moving = copies(tmp_path, repositories="api: {moving_tags: [edge]}")["prod/"].mutability
    assert moving.mode is MutabilityMode.IMMUTABLE_WITH_EXCLUSION
    assert [one.pattern for one in moving.exclusions] == ["edge"]
    many = "api: {moving_tags: [a, b, c]}, web: {moving_tags: [d, e, f]}"
    assert copies(tmp_path, repositories=many)["prod/"].mutability.mode is MutabilityMode.MUTABLE


PULLS = [
    'all: {accounts: ["222233334444"], pull: ["prod/*"]}',
    'all: {accounts: ["222233334444"], pull: ["*"]}',
    'part: {accounts: ["222233334444"], pull: ["prod/payments/*"]}, '
    'all: {accounts: ["333344445555"], pull: ["prod/*"]}',
    'part: {accounts: ["222233334444"], pull: ["*/payments/*"]}',
    'part: {accounts: ["222233334444"], pull: ["pro*"]}, '
    'other: {accounts: ["333344445555"], pull: ["*/search/*"]}',
]


@pytest.mark.parametrize("consumers", PULLS)
def test_who_pulls_an_original_pulls_its_copy_and_nobody_else_does(tmp_path: Path, consumers: str) -> None:
    loaded = blueprint(tmp_path, consumers=consumers)
    declared = declared_copies(loaded)
    for repository in declared_repositories(loaded):
        if not repository.name.startswith(("prod/", "live/")):
            continue
        # As ECR chooses a template: the most specific prefix.
        chosen = max(
            (one for one in declared if repository.name.startswith(one.namespace)),
            key=lambda one: len(one.namespace),
        )
        pullers = {
            name
            for name, consumer in loaded.consumers.items()
            if any(matches_wildcard(pattern, repository.name) for pattern in consumer.pull)
        }
        assert set(chosen.consumers) == pullers, repository.name
