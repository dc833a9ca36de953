"""What a picture shows follows from the stacks: accounts, what is in them, and what flows between."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from docs_picture import render_picture
from docs_topology import Box, DeployedStack, Flow, Topology, read_topology, stack_sets

REGISTRY, WORKLOAD, MANAGEMENT = "111122223333", "222233334444", "999900001111"
UNIT = "ou-ab12-11111111"


def stack(
    name: str, resources: dict[str, Any], account: str = REGISTRY, region: str = "eu-west-1"
) -> DeployedStack:
    return DeployedStack(name=name, account=account, region=region, template={"Resources": resources})


def repository(name: str, *roles: str) -> dict[str, Any]:
    principal = [f"arn:aws:iam::{REGISTRY}:role/{role}" for role in roles]
    statement = {"Effect": "Allow", "Action": ["ecr:PutImage"], "Principal": {"AWS": principal}}
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": name, "RepositoryPolicyText": {"Statement": [statement]}},
    }


def pull_policy(*names: str) -> dict[str, Any]:
    arns = [f"arn:aws:ecr:eu-west-1:{REGISTRY}:repository/{name}" for name in names]
    statement = {"Effect": "Allow", "Action": ["ecr:BatchGetImage"], "Resource": arns}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}


def box(topology: Topology, key: str) -> Box:
    inner = [one for outer in topology.boxes for one in outer.inner]
    (found,) = [one for one in (*topology.boxes, *inner) if one.key == key]
    return found


def test_repositories_of_several_stacks_are_one_registry() -> None:
    topology = read_topology(
        (stack("one", {"A": repository("a"), "B": repository("b")}), stack("two", {"C": repository("c")}))
    )
    assert "3 repositories" in box(topology, f"{REGISTRY}/eu-west-1").lines


def test_who_pulls_is_joined_to_the_account_that_is_pulled_from() -> None:
    topology = read_topology(
        (stack("one", {"A": repository("a")}), stack("two", {"P": pull_policy("prod/*")}, account=WORKLOAD))
    )
    assert Flow(REGISTRY, WORKLOAD, "pull") in topology.flows
    assert "pulls prod/*" in box(topology, WORKLOAD).lines


def test_an_account_does_not_pull_from_itself() -> None:
    topology = read_topology((stack("one", {"A": repository("a"), "P": pull_policy("prod/*")}),))
    assert [flow for flow in topology.flows if flow.kind == "pull"] == []


def test_roles_that_push_come_from_outside() -> None:
    topology = read_topology((stack("one", {"A": repository("a", "ci-payments", "ci-search")}),))
    (flow,) = [one for one in topology.flows if one.kind == "push"]
    assert flow.target == REGISTRY
    assert box(topology, flow.source).lines == ["role ci-payments", "role ci-search"]


def test_replication_joins_two_regions_and_leads_nowhere_where_the_other_is_not_drawn() -> None:
    def replication(*regions: str) -> dict[str, Any]:
        destinations = [{"Region": one, "RegistryId": REGISTRY} for one in regions]
        rules = [{"Destinations": destinations, "RepositoryFilters": [{"Filter": "prod/"}]}]
        return {
            "Type": "AWS::ECR::ReplicationConfiguration",
            "Properties": {"ReplicationConfiguration": {"Rules": rules}},
        }

    topology = read_topology(
        (
            stack("one", {"A": repository("a"), "R": replication("eu-central-1", "us-east-1")}),
            stack("two", {"B": repository("a")}, region="eu-central-1"),
        )
    )
    copies = [one for one in topology.flows if one.kind == "copy"]
    assert copies == [Flow(f"{REGISTRY}/eu-west-1", f"{REGISTRY}/eu-central-1", "copy")]
    assert "replicates prod/" in box(topology, f"{REGISTRY}/eu-west-1").lines


def test_a_stack_set_reaches_its_unit_with_what_its_template_holds() -> None:
    body = {"Resources": {"P": pull_policy("prod/*"), "K": {"Type": "AWS::KMS::Key", "Properties": {}}}}
    declared = {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {
            "StackSetName": "ecr-consumer",
            "TemplateBody": json.dumps(body),
            "StackInstancesGroup": [{"DeploymentTargets": {"OrganizationalUnitIds": [UNIT]}}],
        },
    }
    management = stack("sets", {"S": declared}, account=MANAGEMENT)
    topology = read_topology((stack("one", {"A": repository("a")}), management))
    assert {Flow(MANAGEMENT, UNIT, "roll out"), Flow(REGISTRY, UNIT, "pull")} <= set(topology.flows)
    assert {"stack set ecr-consumer", "· 1 KMS key", "pulls prod/*"} <= set(box(topology, UNIT).lines)
    assert [one.name for one in stack_sets(management)] == ["ecr-consumer"]


def test_the_same_stacks_give_the_same_picture_and_other_stacks_another() -> None:
    one = (stack("one", {"A": repository("a", "ci")}),)
    other = (stack("one", {"A": repository("a", "other")}),)
    assert render_picture(read_topology(one), "x") == render_picture(read_topology(one), "x")
    assert render_picture(read_topology(one), "x") != render_picture(read_topology(other), "x")


@pytest.mark.parametrize("number", [1, 3, 12])
def test_a_picture_is_well_formed_and_no_account_covers_another(number: int) -> None:
    accounts = [f"{one:012d}" for one in range(number)]
    stacks = tuple(stack("one", {"A": repository("a<b>&c", "ci&<cd>")}, account=one) for one in accounts)
    root = ElementTree.fromstring(render_picture(read_topology(stacks), "<title> & more"))
    space = "{http://www.w3.org/2000/svg}"
    places = [
        tuple(float(one.attrib[key]) for key in ("x", "y", "width", "height"))
        for one in root.iter(f"{space}rect")
        if one.attrib["class"] == "account"
    ]
    assert len(places) == number
    for index, (x, y, width, height) in enumerate(places):
        for other_x, other_y, other_width, other_height in places[index + 1 :]:
            apart_across = x + width <= other_x or other_x + other_width <= x
            assert apart_across or y + height <= other_y or other_y + other_height <= y
