"""The main Region changes, and nothing that an account has once moves with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from synthesized import Assembly, read_assembly, synthesize

OLD, NEW, THIRD = "eu-west-1", "eu-central-1", "eu-north-1"
ACCOUNT, CONSUMER, ADMINISTRATOR = "111122223333", "222233334444", "999900001111"
BLUEPRINT = f"""\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
organization: {{id: o-exampleorg, administrator: "{ADMINISTRATOR}"}}
caches: {{k8s: {{}}}}
alerts: {{findings: [], operations: false}}
consumers:
  shops:
    accounts: ["{CONSUMER}"]
    pull: ["prod/*"]
    caches: [k8s]
    pull_roles: {{nodes: {{}}}}
  stores:
    units: [o-exampleorg/r-ab12/ou-ab12-11111111]
    pull: ["prod/*"]
    pull_roles: {{pods: {{}}}}
teams: [{{team: payments, push: {{github: acme/payments}}, repositories: {{api: {{}}}}}}]
"""
OF_IAM = ("AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::CloudFormation::StackSet")


def synthesized(folder: Path, *regions: str, iam: str | None = None, to: str | None = None) -> Assembly:
    folder.mkdir()
    registry = f'account: "{ACCOUNT}", regions: [{", ".join(regions)}]'
    text = f"{BLUEPRINT}registry: {{{registry}{'' if iam is None else f', iam_region: {iam}'}}}\n"
    if to is not None:
        text += f"replication: {{to: [{to}]}}\n"
    (folder / "blueprint.yaml").write_text(text)
    result = synthesize(folder / "blueprint.yaml", folder / "cdk.out")
    assert result.returncode == 0, result.stderr
    return read_assembly(folder / "cdk.out")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return synthesized(tmp_path_factory.mktemp("main") / "before", OLD, NEW, to=NEW)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return synthesized(tmp_path_factory.mktemp("main") / "after", NEW, OLD, iam=OLD, to=THIRD)


def has_once(assembly: Assembly) -> dict[tuple[str, str], tuple[str, tuple[str, str]]]:
    """Logical ID and type of what an account has once → its stack, and where that is."""
    found: dict[tuple[str, str], tuple[str, tuple[str, str]]] = {}
    for stack, template in assembly.templates.items():
        for logical_id, resource in template["Resources"].items():
            named = resource["Type"] == "AWS::IAM::Role" and "RoleName" in resource["Properties"]
            if named or resource["Type"] in OF_IAM:
                found[logical_id, resource["Type"]] = stack, assembly.environments[stack]
    return found


def needed_by(assembly: Assembly, region: str) -> set[str]:
    """The stacks of a Region, and those that the CDK deploys with them."""
    artifacts: Mapping[str, dict[str, list[str]]] = json.loads((assembly.path / "manifest.json").read_text())[
        "artifacts"
    ]

    def follow(name: str) -> Iterator[str]:
        yield name
        for other in artifacts[name].get("dependencies", ()):
            yield from follow(other)

    chosen = [name for name, place in assembly.environments.items() if place[1] == region]
    return {one for name in chosen for one in follow(name) if one in assembly.environments}


def test_what_an_account_has_once_stays_in_its_stack(before: Assembly, after: Assembly) -> None:
    assert {one[1] for one in has_once(before)} == {*OF_IAM, "AWS::IAM::Role"}
    assert has_once(after) == has_once(before)
    assert {place[1] for _, place in has_once(after).values()} == {OLD}


def test_the_stacks_of_the_new_main_region_need_none_of_the_old(after: Assembly) -> None:
    needed = needed_by(after, NEW)
    assert {f"ecr-registry-{NEW}", f"ecr-repositories-payments-{NEW}", f"ecr-registry-{THIRD}"} == needed
    assert all(after.environments[name][1] != OLD for name in needed)


def test_the_stacks_of_a_destination_need_none_of_the_main_region(before: Assembly) -> None:
    assert {before.environments[name][1] for name in needed_by(before, NEW)} == {NEW}


def test_the_rule_is_the_new_main_region_s(after: Assembly) -> None:
    holders = [
        stack
        for stack, template in after.templates.items()
        if any(one["Type"] == "AWS::ECR::ReplicationConfiguration" for one in template["Resources"].values())
    ]
    assert holders == [f"ecr-registry-{NEW}"]


def test_a_stack_set_s_instances_stay_where_they_are(before: Assembly, after: Assembly) -> None:
    for assembly in (before, after):
        resources = assembly.templates["ecr-units-stores"]["Resources"].values()
        (stack_set,) = (one for one in resources if one["Type"] == "AWS::CloudFormation::StackSet")
        (group,) = stack_set["Properties"]["StackInstancesGroup"]
        assert group["Regions"] == [OLD]


def test_without_the_key_all_of_it_goes_with_the_main_region(tmp_path: Path) -> None:
    moved = synthesized(tmp_path / "moved", NEW, OLD)
    assert {place[1] for _, place in has_once(moved).values()} == {NEW}
