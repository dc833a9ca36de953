"""Every example is deployed whole, read back, updated and destroyed, and no image is lost.

The tests of this file run in order, example by example: they are the life of each.

Practices: OPS-1
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from example_assemblies import example_names
from example_deployment import ADDED, ExampleDeployment, Place
from local_cloud import LocalCloud
from registry_comparison import comparable, own_repositories
from synthesized import Assembly

from ecr_blueprints.registry.registry import Registry


@dataclass(kw_only=True)
class Life:
    """An example that is deployed, and the image that was pushed into each of its registries."""

    deployment: ExampleDeployment
    pushed: dict[tuple[Place, str], str] = field(default_factory=dict)

    @property
    def first(self) -> Assembly:
        return self.deployment.first

    def differences(self, assembly: Assembly) -> dict[Place, list[str]]:
        """Registry → what of it ECR's API tells otherwise than the templates."""
        return {
            place: different
            for place, declared in self.deployment.declared(assembly).items()
            if (different := _different(declared, self.deployment.live(place)))
        }


def _different(declared: Registry, live: Registry) -> list[str]:
    ours, theirs = comparable(declared), comparable(live)
    if not declared.scanning:
        theirs["scanning"] = []  # a registry is always scanned in some way
    return [f"{key}: {ours[key]} is {theirs[key]}" for key in ours if ours[key] != theirs[key]]


@pytest.fixture(scope="module", params=example_names())
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """An example, deployed to an emulator of its own, since examples share account ids."""
    folder = tmp_path_factory.mktemp(request.param)
    with LocalCloud(log=folder / "emulator.log") as cloud:
        deployment = ExampleDeployment(request.param, cloud, folder)
        deployment.bootstrap()
        deployment.deploy(deployment.first)
        life = Life(deployment=deployment)
        for place, registry in deployment.declared(deployment.first).items():
            for repository in own_repositories(registry)[:1]:
                name = str(repository.known_name)
                life.pushed[place, name] = deployment.push(place, name)
        yield life


def test_what_is_declared_is_what_each_registry_holds(life: Life) -> None:
    assert life.deployment.declared(life.first)
    assert life.differences(life.first) == {}


def test_what_is_in_a_stack_set_goes_into_two_accounts(life: Life) -> None:
    """The emulator deploys no stack set, so its template is deployed as it is into accounts of its own."""
    sets = [
        (place, resource["Properties"])
        for stack, place in life.first.environments.items()
        for resource in life.first.templates[stack]["Resources"].values()
        if resource["Type"] == "AWS::CloudFormation::StackSet"
    ]
    accounts = itertools.count(800000000001)
    for (_, region), properties in sets:
        parameters = properties.get("Parameters", [])
        assert all(isinstance(one["ParameterValue"], str) for one in parameters)
        for account in itertools.islice(accounts, 2):
            _tell_network(life, (str(account), region), json.loads(properties["TemplateBody"]))
            cloudformation = life.deployment.client("cloudformation", (str(account), region))
            cloudformation.create_stack(
                StackName="instance",
                TemplateBody=properties["TemplateBody"],
                Parameters=parameters,
                Capabilities=properties.get("Capabilities", []),
            )
            assert _settled(cloudformation) == "CREATE_COMPLETE"


def _tell_network(life: Life, place: Place, template: dict[str, Any]) -> None:
    """Writes the parameters of Systems Manager that a template reads, as the account's network team does."""
    read = {
        name: one["Default"]
        for name, one in template.get("Parameters", {}).items()
        if one["Type"].startswith("AWS::SSM::Parameter::Value<")
    }
    if not read:
        return
    ec2 = life.deployment.client("ec2", place)
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24", AvailabilityZone=f"{place[1]}a")
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    values = {
        "VpcId": vpc,
        "VpcCidr": "10.99.0.0/16",
        "SubnetIds": subnet["Subnet"]["SubnetId"],
        "RouteTableIds": table,
    }
    for name, parameter in read.items():
        kind = "StringList" if name.endswith("Ids") else "String"
        life.deployment.client("ssm", place).put_parameter(Name=parameter, Value=values[name], Type=kind)


def _settled(cloudformation: object) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (stack,) = cloudformation.describe_stacks(StackName="instance")["Stacks"]  # type: ignore[attr-defined]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return str(stack["StackStatus"])
        time.sleep(0.1)
    raise TimeoutError("the stack has not settled")


@pytest.fixture(scope="module")
def second(life: Life) -> Assembly:
    """The example with one more repository and another retention, deployed."""
    assembly = life.deployment.update()
    assert life.deployment.deploy(assembly)
    return assembly


def test_an_update_adds_a_repository_and_changes_lifecycles(life: Life, second: Assembly) -> None:
    assert life.differences(second) == {}
    before, after = life.deployment.declared(life.first), life.deployment.declared(second)
    changed = []
    for place, registry in after.items():
        old = {one["name"]: one["lifecycle"] for one in comparable(before[place])["repositories"]}
        new = {one["name"]: one["lifecycle"] for one in comparable(registry)["repositories"]}
        changed += [name for name in old if old[name] != new[name]]
        assert all(ADDED in name for name in new.keys() - old.keys())
        assert old.keys() <= new.keys()
    assert changed
    added = [name for place in after for name in _names(life.deployment.live(place)) if ADDED in name]
    assert added
    for (place, name), digest in life.pushed.items():
        assert life.deployment.digests(place, name) == {digest}


def _names(registry: Registry) -> list[str]:
    return [str(one.known_name) for one in own_repositories(registry)]


def test_destroying_keeps_every_repository_and_image(life: Life, second: Assembly) -> None:
    places = list(life.deployment.declared(second))
    before = {place: comparable(life.deployment.live(place))["repositories"] for place in places}
    life.deployment.destroy(second)
    after = {place: comparable(life.deployment.live(place))["repositories"] for place in places}
    assert after == before
    for (place, name), digest in life.pushed.items():
        assert life.deployment.digests(place, name) == {digest}
