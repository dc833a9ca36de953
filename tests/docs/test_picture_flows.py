"""The flows of an example's picture are those of its templates, which are read here in another way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from docs_flows import COPY, FETCH, INCOMING, PULL, REPORT, ROLL_OUT, SEED
from docs_model_page import ASSEMBLIES, example_names, example_topology, render_example_picture
from picture_geometry import drawing

ARN = re.compile(r"arn:aws:ecr:([\w-]+):(\d{12}):repository/")


def templates(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Account, Region and resources of each stack."""
    manifest = json.loads((ASSEMBLIES / name / "manifest.json").read_text())
    for artifact in manifest["artifacts"].values():
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        text = (ASSEMBLIES / name / artifact["properties"]["templateFile"]).read_text()
        yield account, region, json.loads(text)["Resources"]


def resources(name: str, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for account, region, held in templates(name):
        for one in held.values():
            if one["Type"] == kind:
                yield account, region, one["Properties"]


def drawn(name: str, kind: str) -> set[tuple[str, str]]:
    """The places that the arrows of a kind join in the picture itself."""
    topology = example_topology(name)
    boxes = {box.key: box.places for box in topology.every_box()}
    joined = {(flow.source, flow.target) for flow in topology.flows if flow.kind == kind}
    found = set()
    for arrow in drawing(render_example_picture(name)).arrows:
        if arrow.kind == kind:
            for source in arrow.sources:
                for target in arrow.targets:
                    ends = {(one, two) for one in boxes[source] for two in boxes[target]}
                    assert ends & joined, f"nothing flows from {source} to {target}"
                    found |= ends & joined
    assert found == joined
    return found


def of_account(ends: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(source, target.partition("/")[0]) for source, target in ends}


@pytest.mark.parametrize("name", example_names())
def test_each_destination_of_a_replication_rule_has_an_arrow_and_no_other_has(name: str) -> None:
    expected = {
        (f"{account}/{region}", f"{destination['RegistryId']}/{destination['Region']}")
        for account, region, properties in resources(name, "AWS::ECR::ReplicationConfiguration")
        for rule in properties["ReplicationConfiguration"]["Rules"]
        for destination in rule["Destinations"]
    }
    assert drawn(name, COPY) == expected


@pytest.mark.parametrize("name", example_names())
def test_each_registry_with_a_cache_has_an_arrow_from_upstream(name: str) -> None:
    expected = {
        f"{account}/{region}" for account, region, _ in resources(name, "AWS::ECR::PullThroughCacheRule")
    }
    seeded = {target for _, target in drawn(name, SEED)}
    assert {target for _, target in drawn(name, FETCH)} == expected - seeded
    assert (ASSEMBLIES / name / "seeding-list.json").is_file() == bool(seeded)


@pytest.mark.parametrize("name", example_names())
def test_each_registry_with_repositories_has_an_arrow_by_which_images_come(name: str) -> None:
    expected = {f"{account}/{region}" for account, region, _ in resources(name, "AWS::ECR::Repository")}
    assert expected <= {target for kind in INCOMING for _, target in drawn(name, kind)}


@pytest.mark.parametrize("name", example_names())
def test_who_may_pull_has_an_arrow_from_the_registry_and_nobody_else(name: str) -> None:
    allowed: set[tuple[str, str]] = set()
    for account, region, held in templates(name):
        for one in held.values():
            properties = one["Properties"]
            if one["Type"] == "AWS::IAM::ManagedPolicy" and "ecr:BatchGetImage" in json.dumps(properties):
                allowed |= {(f"{owner}/{at}", account) for at, owner in ARN.findall(json.dumps(properties))}
            if one["Type"] == "AWS::ECR::Repository":
                for statement in properties.get("RepositoryPolicyText", {}).get("Statement", []):
                    if "ecr:GetDownloadUrlForLayer" in statement["Action"]:
                        accounts = re.findall(r"iam::(\d{12}):root", json.dumps(statement["Principal"]))
                        allowed |= {(f"{account}/{region}", other) for other in accounts}
            if one["Type"] == "AWS::CloudFormation::StackSet":
                arns = ARN.findall(properties["TemplateBody"])
                units = re.findall(r"ou-[\w-]+", json.dumps(properties["StackInstancesGroup"]))
                allowed |= {(f"{owner}/{at}", unit) for at, owner in arns for unit in units}
    allowed = {(source, puller) for source, puller in allowed if source.partition("/")[0] != puller}
    found = of_account(drawn(name, PULL))
    assert found <= allowed
    assert {puller for _, puller in found} == {puller for _, puller in allowed}
    by_account = {(source.partition("/")[0], puller) for source, puller in allowed}
    assert {(source.partition("/")[0], puller) for source, puller in found} == by_account
    left_out = allowed - found
    private = {target.partition("/")[0] for _, target in drawn(name, PULL) if "/" in target}
    assert {puller for _, puller in left_out} <= private, "left out is only what endpoints do not lead to"
    topology = example_topology(name)
    for source, puller in left_out:
        told = [line for box in topology.boxes for line in box.lines if "by policy in" in line]
        assert any(source.partition("/")[2] in line for line in told), (source, puller)


@pytest.mark.parametrize("name", example_names())
def test_each_unit_of_a_stack_set_or_guardrail_has_an_arrow_and_no_other_has(name: str) -> None:
    expected = {
        (account, unit)
        for kind in ("AWS::CloudFormation::StackSet", "AWS::Organizations::Policy")
        for account, _, properties in resources(name, kind)
        for unit in re.findall(
            r"\bou-[\w-]+", json.dumps([properties.get("StackInstancesGroup"), properties.get("TargetIds")])
        )
    }
    assert drawn(name, ROLL_OUT) == expected


@pytest.mark.parametrize("name", example_names())
def test_events_that_stack_sets_pass_on_have_an_arrow_to_the_bus_of_the_same_region(name: str) -> None:
    expected = set()
    for _, _, properties in resources(name, "AWS::CloudFormation::StackSet"):
        for account in re.findall(r":(\d{12}):event-bus/", properties["TemplateBody"]):
            for group in properties["StackInstancesGroup"]:
                for unit in group["DeploymentTargets"]["OrganizationalUnitIds"]:
                    expected |= {(f"{unit}/{one}", f"{account}/{one}") for one in group["Regions"]}
    assert drawn(name, REPORT) == expected


@pytest.mark.parametrize("name", example_names())
def test_each_account_and_region_with_a_stack_is_drawn_and_has_a_role(name: str) -> None:
    topology = example_topology(name)
    for account, region, _ in templates(name):
        assert topology.home(f"{account}/{region}").stacks
        (outer,) = [
            box
            for box in topology.boxes
            if any(f"{account}/{region}" in one.places for one in (box, *box.inner))
        ]
        assert outer.title not in ("Account", "Elsewhere"), f"{account} has no role"
