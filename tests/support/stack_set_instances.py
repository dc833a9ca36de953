"""The stack sets of an assembly, and what the accounts of their units hold of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from example_deployment import ExampleDeployment, Place
from synthesized import Assembly

__all__ = ["Instance", "StackSet", "stack_sets", "tell_network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A stack that a stack set has in an account and Region."""

    place: Place
    stack_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSet:
    """A stack set as it is declared."""

    place: Place
    name: str
    template: dict[str, Any]
    units: tuple[str, ...]
    regions: tuple[str, ...]

    def instances(self, deployment: ExampleDeployment) -> list[Instance]:
        """Its instances, as the live endpoint tells them."""
        client = deployment.client("cloudformation", self.place)
        return [
            Instance(place=(one["Account"], one["Region"]), stack_id=one["StackId"], status=one["Status"])
            for one in client.list_stack_instances(StackSetName=self.name)["Summaries"]
        ]


def stack_sets(assembly: Assembly) -> Iterator[StackSet]:
    """Every stack set of an assembly."""
    for stack, place in assembly.environments.items():
        for resource in assembly.templates[stack]["Resources"].values():
            if resource["Type"] == "AWS::CloudFormation::StackSet":
                properties = resource["Properties"]
                (group,) = properties["StackInstancesGroup"]
                yield StackSet(
                    place=place,
                    name=properties["StackSetName"],
                    template=json.loads(properties["TemplateBody"]),
                    units=tuple(group["DeploymentTargets"]["OrganizationalUnitIds"]),
                    regions=tuple(group["Regions"]),
                )


def tell_network(deployment: ExampleDeployment, place: Place, template: dict[str, Any]) -> None:
    """Writes the parameters of Systems Manager that a template reads, as the account's network team does."""
    read = {
        name: one["Default"]
        for name, one in template.get("Parameters", {}).items()
        if one["Type"].startswith("AWS::SSM::Parameter::Value<")
    }
    if not read:
        return
    ec2 = deployment.client("ec2", place)
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
        deployment.client("ssm", place).put_parameter(Name=parameter, Value=values[name], Type=kind)
