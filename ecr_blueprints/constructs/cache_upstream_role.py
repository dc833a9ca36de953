"""The role with which ECR fetches from another private registry."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.domain.actions import AUTHORIZE, UPSTREAM_COPY
from ecr_blueprints.domain.upstream_registry import CACHE_ROLE_ACTIONS, CACHE_SERVICE_PRINCIPAL

__all__ = ["CacheUpstreamRole"]


class CacheUpstreamRole(iam.Role):
    """A role of the cache's account that ECR assumes to copy images from the upstream registry.

    AWS's example allows its actions on every resource. Here they are held to the two places between which an
    image is copied: the upstream's repositories and the cache's. Logging in knows no resource.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        upstream_arn: The ARN of the upstream's repositories, with ``*``: they are read. That ECR asks for no
            more there is what its upstream's policy says, while its example allows the role everything on
            everything (unverified).
        cache_arn: The ARN of the cache's repositories, with ``*``: they are read and written.
        upstream: The upstream, for the description.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html

    Practices: PTC-1
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, upstream_arn: str, cache_arn: str, upstream: str
    ) -> None:
        statements = [
            iam.PolicyStatement(actions=list(UPSTREAM_COPY), resources=[upstream_arn]),
            iam.PolicyStatement(actions=list(CACHE_ROLE_ACTIONS), resources=[cache_arn]),
            # A wildcard, since ecr:GetAuthorizationToken is for a registry and takes no resource.
            iam.PolicyStatement(actions=list(AUTHORIZE), resources=["*"]),
        ]
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(CACHE_SERVICE_PRINCIPAL),
            description=f"Amazon ECR copies images from {upstream} into a pull-through cache with this role",
            inline_policies={"CopyFromUpstream": iam.PolicyDocument(statements=statements)},
        )
