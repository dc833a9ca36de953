"""VPC endpoints: which ones images are pulled through, and what a private cluster needs besides (facts §12).

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html and
https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = [
    "ENDPOINT_POLICY_LENGTH",
    "ENDPOINT_PORT",
    "FIPS_ENDPOINT_REGIONS",
    "FIPS_SERVICES",
    "OPTIONAL_FOR_CLUSTERS",
    "REQUIRED_BY_CLUSTERS",
    "SMALLEST_PREFIX_LENGTHS",
    "EndpointService",
    "FipsEndpoints",
    "layer_objects_arn",
]


class EndpointService(StrEnum):
    """What an endpoint leads to: its service name without partition and Region.

    `EKS_OIDC` is the one that neither CDK nor botocore knows; its name is from AWS's guide alone.
    """

    ECR_API = "ecr.api"
    ECR_DKR = "ecr.dkr"
    ECR_API_FIPS = "ecr-fips.api"
    ECR_DKR_FIPS = "ecr-fips.dkr"
    S3 = "s3"
    EC2 = "ec2"
    ELASTIC_LOAD_BALANCING = "elasticloadbalancing"
    LOGS = "logs"
    STS = "sts"
    EKS = "eks"
    EKS_AUTH = "eks-auth"
    EKS_OIDC = "oidc-eks"
    XRAY = "xray"
    SSM = "ssm"
    AUTOSCALING = "autoscaling"


class FipsEndpoints(StrEnum):
    """Whether ECR's FIPS endpoints are made.

    They serve the FIPS host names only, so that a client which pulls by the ordinary name needs the ordinary
    endpoints too. The first pull through a cache does not work over them (facts §4).
    """

    NONE = "none"
    BESIDE = "beside"
    ONLY = "only"


FIPS_SERVICES: Final = {
    EndpointService.ECR_API: EndpointService.ECR_API_FIPS,
    EndpointService.ECR_DKR: EndpointService.ECR_DKR_FIPS,
}
"""The FIPS endpoint in the place of each of ECR's."""

FIPS_ENDPOINT_REGIONS: Final = frozenset(
    {"us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2"}
)
"""Where ECR has FIPS endpoints.

Source: https://docs.aws.amazon.com/general/latest/gr/ecr.html, with which a test compares botocore.
"""

REQUIRED_BY_CLUSTERS: Final = (
    EndpointService.EC2,
    EndpointService.ELASTIC_LOAD_BALANCING,
    EndpointService.LOGS,
    EndpointService.STS,
    EndpointService.EKS,
    EndpointService.EKS_AUTH,
)
"""What AWS lists for an EKS cluster without a way to the internet, besides ECR's and S3.

Some depend on what runs: ``elasticloadbalancing`` on load balancers, ``logs`` on logs to CloudWatch, ``sts``
on IAM roles for service accounts, ``eks-auth`` on Pod Identity.

Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

OPTIONAL_FOR_CLUSTERS: Final = (
    EndpointService.EKS_OIDC,
    EndpointService.XRAY,
    EndpointService.SSM,
    EndpointService.AUTOSCALING,
)
"""What only some clusters need: setting up IAM roles for service accounts from within the VPC, X-Ray, Systems
Manager, the Cluster Autoscaler."""

ENDPOINT_PORT: Final = 443
"""The only port on which an endpoint of these answers."""

ENDPOINT_POLICY_LENGTH: Final = 20_480
"""Characters of an endpoint policy, white space included.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

SMALLEST_PREFIX_LENGTHS: Final = {4: 16, 6: 44}
"""The prefix length of the largest block that a VPC can have, by IP version.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html for IPv4; for IPv6
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (unverified).
"""


def layer_objects_arn(*, partition: str, region: str) -> str:
    """The ARN of every layer that ECR stores in a Region; an image cannot be pulled without reading them.

    Args:
        partition: The partition's name, or a token.
        region: The Region, or a token.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    """
    return f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"
