"""The endpoints of a VPC in whatever account a stack set reaches, whose facts each account holds itself."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from ecr_blueprints.config.network import NetworkParametersModel
from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.stacks.network_endpoints import add_endpoints

__all__ = ["add_unit_endpoints"]

_ROUTE_TABLES_APART = cdk.Acknowledgment(
    id="@aws-cdk/aws-ec2:noSubnetRouteTableId",
    reason="interface endpoints need no route table, and those of S3's endpoint are given apart",
)


def add_unit_endpoints(
    stack: cdk.Stack, *, network: NetworkParametersModel, registry: RegistryReference, fill_caches: bool
) -> RegistryEndpoints:
    """Adds the endpoints to the template of a stack set.

    The VPC's facts are template parameters of the types ``AWS::SSM::Parameter::Value<…>``, whose default is
    the name of a Systems Manager parameter: CloudFormation reads it in the account and Region of the stack,
    when the stack is created and at each update, and fails if there is none. A dynamic reference would not
    do: ``Fn::Split`` splits its text before it is resolved, so that a StringList never becomes a list. A
    transform that could would be refused, since stack sets with service-managed permissions take none.

    That the stacks of a stack set read the parameters of the account that they are in follows from their
    being ordinary stacks there; AWS's pages on stack sets do not say it (unverified).

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html,
    https://github.com/aws-cloudformation/cfn-lint/issues/2181 and, of transforms,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html

    Args:
        stack: The stack to fill, without account and Region.
        network: Which parameters hold what.
        registry: The registry with its caches.
        fill_caches: Whether pulls may fill them.
    """
    vpc_id = _parameter(stack, "VpcId", "AWS::EC2::VPC::Id", network.vpc)
    cidr = _parameter(stack, "VpcCidr", "String", network.cidr)
    subnets = _parameter(stack, "SubnetIds", "List<AWS::EC2::Subnet::Id>", network.subnets)
    route_tables = None
    if network.route_tables is not None:
        route_tables = _parameter(stack, "RouteTableIds", "List<String>", network.route_tables)
    # How many subnets and route tables there are, the account knows; the first of each stands for them here.
    subnet = ec2.Subnet.from_subnet_attributes(
        stack,
        "Subnet",
        subnet_id=cdk.Fn.select(0, subnets.value_as_list),
        availability_zone="any",
        route_table_id=None if route_tables is None else cdk.Fn.select(0, route_tables.value_as_list),
    )
    cdk.Validations.of(subnet).acknowledge(_ROUTE_TABLES_APART)
    endpoints = add_endpoints(
        stack,
        "Endpoints",
        model=network,
        registry=registry,
        vpc=ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id=vpc_id.value_as_string, availability_zones=["any"]
        ),
        subnets=[subnet],
        routed_subnets=[] if route_tables is None else [subnet],
        cidrs=[cidr.value_as_string],
        fill_caches=fill_caches,
    )
    for interface in endpoints.interface_endpoints.values():
        _resource(interface).subnet_ids = subnets.value_as_list
    if endpoints.s3_gateway is not None and route_tables is not None:
        _resource(endpoints.s3_gateway).route_table_ids = route_tables.value_as_list
    return endpoints


def _parameter(stack: cdk.Stack, name: str, kind: str, default: str) -> cdk.CfnParameter:
    return cdk.CfnParameter(
        stack,
        name,
        type=f"AWS::SSM::Parameter::Value<{kind}>",
        default=default,
        description="The parameter of this account that holds it.",
    )


def _resource(endpoint: ec2.InterfaceVpcEndpoint | ec2.GatewayVpcEndpoint) -> ec2.CfnVPCEndpoint:
    resource = endpoint.node.default_child
    assert isinstance(resource, ec2.CfnVPCEndpoint)
    return resource
