"""The networks of workload accounts that pull without the internet, as the blueprint says them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import (
    AvailabilityZone,
    BucketName,
    CidrBlock,
    ParameterName,
    RegionName,
    RouteTableId,
    SubnetId,
)

__all__ = ["ClusterModel", "EndpointsModel", "NetworkModel", "NetworkParametersModel"]

RequiredService = Literal["ec2", "elasticloadbalancing", "logs", "sts", "eks", "eks-auth"]
OptionalService = Literal["oidc-eks", "xray", "ssm", "autoscaling"]
Service = Literal[
    "ecr.api",
    "ecr.dkr",
    "s3",
    "ec2",
    "elasticloadbalancing",
    "logs",
    "sts",
    "eks",
    "eks-auth",
    "oidc-eks",
    "xray",
    "ssm",
    "autoscaling",
]


class ClusterModel(BlueprintModel):
    """What an EKS cluster without a way to the internet needs besides ECR's endpoints and S3's."""

    without: tuple[RequiredService, ...] = Field(
        default=(), strict=False, description="Services that this cluster does not need an endpoint for."
    )
    optional: tuple[OptionalService, ...] = Field(
        default=(), strict=False, description="Services that only some clusters need an endpoint for."
    )
    addons: bool = Field(
        default=True,
        description="Whether images of EKS add-ons may be pulled from AWS's registry of the Region.",
    )


class EndpointsModel(BlueprintModel):
    """What the endpoints of one VPC are, and what they let pass."""

    cluster: ClusterModel | None = Field(
        default=None, description="Endpoints for an EKS cluster. Default: none beside ECR's and S3's."
    )
    existing: tuple[Service, ...] = Field(
        default=(),
        strict=False,
        description="Services that the VPC has an endpoint for already; none is made, and the stack's output "
        "says what its policy has to let pass.",
    )
    buckets: tuple[BucketName, ...] = Field(
        default=(),
        strict=False,
        description="Buckets that workloads use through S3's endpoint, which lets image layers and these "
        "pass and nothing else.",
    )


class NetworkModel(EndpointsModel):
    """One VPC that exists, and the endpoints that are made in it."""

    cidrs: tuple[CidrBlock, ...] = Field(
        strict=False,
        min_length=1,
        description="The IPv4 blocks of the VPC, all of them: the endpoints answer nobody else.",
    )
    subnets: dict[AvailabilityZone, SubnetId] = Field(
        min_length=1,
        description="Availability Zone → the subnet in which the interface endpoints get an address; one in "
        "each, and every one costs.",
    )
    route_tables: tuple[RouteTableId, ...] = Field(
        default=(),
        strict=False,
        description="The route tables of all subnets that pull; S3's endpoint is a route in each. Needed "
        "unless `existing` has s3.",
    )


class NetworkParametersModel(EndpointsModel):
    """The VPC of every account of the units: Systems Manager parameters that hold its facts, by their names.

    Each account has its own values under the same names, in each of the Regions.
    """

    vpc: ParameterName = Field(description="The parameter that holds the VPC's id.")
    cidr: ParameterName = Field(description="The parameter that holds the VPC's IPv4 block.")
    subnets: ParameterName = Field(
        description="The parameter with the ids of the subnets for interface endpoints, one in each "
        "Availability Zone, as a StringList."
    )
    route_tables: ParameterName | None = Field(
        default=None,
        description="The parameter with the ids of the route tables, as a StringList. Needed unless "
        "`existing` has s3.",
    )
    regions: tuple[RegionName, ...] = Field(
        default=(),
        strict=False,
        description="Where the accounts have such a VPC. Default: every Region of the registry.",
    )
