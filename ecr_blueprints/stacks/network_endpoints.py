"""The endpoints of a VPC through which a workload account pulls, as the blueprint says them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from ecr_blueprints.config.network import EndpointsModel
from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.vpc_endpoint import EndpointService

__all__ = ["add_endpoints"]

_BUCKET_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
"""What workloads do in a bucket through the endpoint; whether they may, IAM and the bucket's policy say."""


def add_endpoints(
    stack: Stack,
    construct_id: str,
    *,
    model: EndpointsModel,
    registry: RegistryReference,
    vpc: ec2.IVpc,
    subnets: Sequence[ec2.ISubnet],
    routed_subnets: Sequence[ec2.ISubnet],
    cidrs: Sequence[str],
    fill_caches: bool,
) -> RegistryEndpoints:
    """Adds the endpoints of one VPC to a stack of its account and Region, and says what others need of them.

    They lead to the shared registry and let pulls through its caches pass; whose credentials are those of the
    account alone.

    Args:
        stack: The stack.
        construct_id: Its id; the logical IDs follow from it.
        model: What the blueprint says of the endpoints.
        registry: The registry of the Region, with its caches.
        vpc: The VPC.
        subnets: Where interface endpoints get an address.
        routed_subnets: Subnets with the route tables that S3's endpoint is put into.
        cidrs: The VPC's IPv4 blocks.
        fill_caches: Whether pulls may fill caches.
    """
    cluster = None
    if model.cluster is not None:
        cluster = ClusterEndpoints(
            without=[EndpointService(one) for one in model.cluster.without],
            optional=[EndpointService(one) for one in model.cluster.optional],
            addon_registry=model.cluster.addons,
        )
    endpoints = RegistryEndpoints(
        stack,
        construct_id,
        vpc=vpc,
        registries=[registry],
        fill_caches=fill_caches,
        cluster=cluster,
        subnets=ec2.SubnetSelection(subnets=list(subnets)),
        s3_subnets=[ec2.SubnetSelection(subnets=list(routed_subnets))] if routed_subnets else None,
        vpc_cidrs=cidrs,
        existing=[EndpointService(one) for one in model.existing],
        s3_statements=[_buckets_statement(stack, model.buckets)] if model.buckets else (),
    )
    for name, statements in (
        ("EcrEndpointStatements", endpoints.required_ecr_statements),
        ("S3EndpointStatements", endpoints.required_s3_statements),
    ):
        if statements:
            CfnOutput(
                stack,
                f"{construct_id}{name}",
                value=stack.to_json_string([dict(one) for one in statements]),
                description="What the policy of the endpoint that exists has to let pass.",
            )
    return endpoints


def _buckets_statement(stack: Stack, buckets: Sequence[str]) -> iam.PolicyStatement:
    # A gateway's policy names no other principal than *, and packages are fetched without credentials.
    return iam.PolicyStatement(
        sid="UseBuckets",
        principals=[iam.AnyPrincipal()],
        actions=list(_BUCKET_ACTIONS),
        resources=[
            arn
            for bucket in buckets
            for arn in (
                f"arn:{stack.partition}:s3:::{bucket}",
                f"arn:{stack.partition}:s3:::{bucket}/*",
            )
        ],
    )
