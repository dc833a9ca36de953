"""The endpoints of a workload account's VPCs in one Region."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import Environment, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from ecr_blueprints.config.network import NetworkModel
from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.stacks.network_endpoints import add_endpoints

__all__ = ["EndpointsStack"]

_ROUTE_TABLES_APART = cdk.Acknowledgment(
    id="@aws-cdk/aws-ec2:noSubnetRouteTableId",
    reason="interface endpoints need no route table, and those of S3's endpoint are named apart",
)


class EndpointsStack(Stack):
    """Private pulls for the VPCs of one account and Region, which exist and are named in the blueprint.

    Nothing is looked up. The construct id of a VPC's endpoints is its id, so that their logical IDs depend on
    the VPC and on nothing else; whose consumers the account's are makes no difference, since a VPC has one
    endpoint of a service.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-endpoints-<account>-<region>``.
        networks: The VPCs by their id.
        registry: The Region's registry: its caches pass through the endpoints.
        fill_caches: Whether pulls may fill them. Default: yes.
        env: The workload account and the Region.

    Attributes:
        endpoints: The constructs by the VPC's id.

    Practices: NET-1, NET-2, NET-4, OPS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        networks: Mapping[str, NetworkModel],
        registry: RegistryReference,
        fill_caches: bool = True,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="VPC endpoints for pulling from the shared registry."
        )
        self.endpoints: dict[str, RegistryEndpoints] = {}
        for vpc_id, network in networks.items():
            vpc = ec2.Vpc.from_vpc_attributes(
                self,
                f"{vpc_id}-vpc",
                vpc_id=vpc_id,
                availability_zones=list(network.subnets),
                isolated_subnet_ids=list(network.subnets.values()),
            )
            for subnet in vpc.isolated_subnets:
                cdk.Validations.of(subnet).acknowledge(_ROUTE_TABLES_APART)
            any_zone, any_subnet = next(iter(network.subnets.items()))
            self.endpoints[vpc_id] = add_endpoints(
                self,
                vpc_id,
                model=network,
                registry=registry,
                vpc=vpc,
                subnets=vpc.isolated_subnets,
                # S3's endpoint asks a subnet for its route table alone.
                routed_subnets=[
                    ec2.Subnet.from_subnet_attributes(
                        self,
                        f"{vpc_id}-{route_table}",
                        subnet_id=any_subnet,
                        availability_zone=any_zone,
                        route_table_id=route_table,
                    )
                    for route_table in network.route_tables
                ],
                cidrs=network.cidrs,
                fill_caches=fill_caches,
            )
