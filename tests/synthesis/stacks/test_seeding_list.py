"""The air-gapped example: what is pulled is on the list, and nothing that a workload does fetches more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from synthesized import ROOT, Assembly, example_assembly, synthesize

from ecr_blueprints.registry.seeding_list import Filling, Seed, parse_seeding_list

FETCHING = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")


@pytest.fixture(scope="module")
def air_gapped() -> Assembly:
    return example_assembly("centralized-air-gapped")


@pytest.fixture(scope="module")
def seeds(air_gapped: Assembly) -> tuple[Seed, ...]:
    return parse_seeding_list((air_gapped.path / "seeding-list.json").read_text())


def of_type(assembly: Assembly, resource_type: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for template in assembly.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == resource_type
    ]


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement of every policy, those that are text in a template included."""
    if isinstance(value, str) and value.startswith('{"Version"'):
        value = json.loads(value)
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        for one in value.values():
            yield from statements(one)
    elif isinstance(value, list):
        for one in value:
            yield from statements(one)


def test_the_list_meets_its_schema_and_names_each_image_in_each_region(
    air_gapped: Assembly, seeds: tuple[Seed, ...]
) -> None:
    document = json.loads((air_gapped.path / "seeding-list.json").read_text())
    jsonschema.validate(document, json.loads((ROOT / "docs/reference/seeding-list-schema.json").read_text()))
    assert len(seeds) == 2 * (8 + 2)
    assert {seed.region for seed in seeds} == {"eu-north-1", "eu-central-1"}


def test_what_is_filled_through_a_cache_is_under_a_cache_and_what_is_copied_is_declared(
    air_gapped: Assembly, seeds: tuple[Seed, ...]
) -> None:
    prefixes = {rule["EcrRepositoryPrefix"] for rule in of_type(air_gapped, "AWS::ECR::PullThroughCacheRule")}
    names = {one["RepositoryName"] for one in of_type(air_gapped, "AWS::ECR::Repository")}
    for seed in seeds:
        host, _, name = seed.target.partition("/")
        assert host == f"111122223333.dkr.ecr.{seed.region}.amazonaws.com"
        if seed.filling is Filling.PULL_THROUGH:
            assert name.split("/")[0] in prefixes
        else:
            assert name in names
    assert {
        rule["EcrRepositoryPrefix"] for rule in of_type(air_gapped, "AWS::ECR::PullThroughCacheRule")
    } == {seed.target.split("/")[1] for seed in seeds if seed.filling is Filling.PULL_THROUGH}


def test_every_cache_is_frozen(air_gapped: Assembly) -> None:
    templates = [
        one
        for one in of_type(air_gapped, "AWS::ECR::RepositoryCreationTemplate")
        if one["AppliedFor"] == ["PULL_THROUGH_CACHE"]
    ]
    assert len(templates) == 2 * 3
    assert {one["ImageTagMutability"] for one in templates} == {"IMMUTABLE"}
    contract = json.loads((air_gapped.path / "registry.json").read_text())
    assert {cache["frozen"] for registry in contract["registries"] for cache in registry["caches"]} == {True}


def test_nobody_but_who_seeds_can_have_a_cache_fetch_something(air_gapped: Assembly) -> None:
    allowed = [
        (stack, statement)
        for stack, template in air_gapped.templates.items()
        for statement in statements(template)
        if statement["Effect"] == "Allow" and any(action in json.dumps(statement) for action in FETCHING)
    ]
    # The policy of the role that fills them: one for the account.
    assert [stack for stack, _ in allowed] == ["ecr-registry-eu-north-1"]
    outputs = air_gapped.templates["ecr-registry-eu-north-1"]["Outputs"]
    assert "SeedingPolicyArn" in outputs
    assert "SeedingPolicyArn" not in air_gapped.templates["ecr-registry-eu-central-1"].get("Outputs", {})


def test_consumers_pull_from_caches_on_both_sides(air_gapped: Assembly) -> None:
    pulled = json.dumps(air_gapped.templates["ecr-consumer-control-centre-333344445555"]["Resources"])
    assert "arn:aws:ecr:eu-central-1:111122223333:repository/quay/*" in pulled
    assert "docker-hub" not in pulled
    templates = {
        one["Prefix"]: one["RepositoryPolicy"]
        for one in of_type(air_gapped, "AWS::ECR::RepositoryCreationTemplate")
        if "RepositoryPolicy" in one
    }
    assert "333344445555" in templates["quay"]
    assert "333344445555" not in templates["docker-hub"]


def test_a_blueprint_without_seeds_leaves_no_list_of_an_earlier_synthesis(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").mkdir()
    stale = tmp_path / "cdk.out" / "seeding-list.json"
    stale.write_text("{}")
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(
        "version: 1\nmodel: centralized\nstages: {prod: {production: true}}\n"
        'registry: {account: "111122223333", regions: [eu-west-1]}\n'
        "teams: [{team: a, repositories: {api: {}}}]\n"
    )
    result = synthesize(blueprint, tmp_path / "cdk.out")
    assert result.returncode == 0, result.stderr
    assert not stale.exists()
