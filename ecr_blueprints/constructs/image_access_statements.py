"""The statements of an identity-based policy that pulls or pushes, for roles and managed policies.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.granted_actions import PUSH_ACTIONS
from ecr_blueprints.domain.actions import AUTHORIZE, CREATE, IMPORT_UPSTREAM, PULL

__all__ = ["cache_statement", "login_statement", "pull_statement", "push_statement"]


def login_statement() -> iam.PolicyStatement:
    """To log in."""
    # ECR knows no narrower resource than * for it; what the token can do, other statements say (facts §6).
    return iam.PolicyStatement(sid="LogIn", actions=list(AUTHORIZE), resources=["*"])


def pull_statement(repository_arns: Sequence[str]) -> iam.PolicyStatement:
    """To pull from repositories.

    Args:
        repository_arns: ARNs; one that ends with ``/*`` is every repository under a prefix.
    """
    return iam.PolicyStatement(sid="Pull", actions=list(PULL), resources=list(repository_arns))


def push_statement(repository_arns: Sequence[str]) -> iam.PolicyStatement:
    """To push to repositories: neither to delete nor to change settings.

    Args:
        repository_arns: ARNs; one that ends with ``/*`` is every repository under a prefix.
    """
    return iam.PolicyStatement(sid="Push", actions=list(PUSH_ACTIONS), resources=list(repository_arns))


def cache_statement(repository_arns: Sequence[str], *, create: bool = True) -> iam.PolicyStatement:
    """To have pull-through caches fetch what they do not hold.

    Args:
        repository_arns: The ARNs of the caches' repositories, which end with ``/*``: nobody knows the names
            of what will be pulled.
        create: Whether the first pull of an image may create its repository.
    """
    return iam.PolicyStatement(
        sid="PullThroughCaches",
        actions=[*IMPORT_UPSTREAM, *(CREATE if create else ())],
        resources=list(repository_arns),
    )
