"""The role by which EventBridge's rules publish alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.registry_environment import RegistryEnvironment

__all__ = ["alert_publisher", "from_rules"]


def from_rules(environment: RegistryEnvironment) -> dict[str, Any]:
    """The condition that a request is made for a rule of this account and Region.

    Args:
        environment: The account and Region.
    """
    return {
        "StringEquals": {"aws:SourceAccount": environment.account_text},
        "ArnLike": {"aws:SourceArn": environment.arn("events", "rule/*")},
    }


def alert_publisher(
    scope: Construct, construct_id: str, *, description: str, statements: Sequence[iam.PolicyStatement]
) -> iam.Role:
    """A role for rules of this account and Region alone, so that neither topic nor key admits EventBridge.

    Args:
        scope: The construct to belong to.
        construct_id: The role's id.
        description: The role's.
        statements: What it may do.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    conditions = from_rules(RegistryEnvironment.of_stack(scope))
    return iam.Role(
        scope,
        construct_id,
        description=description,
        assumed_by=iam.ServicePrincipal("events.amazonaws.com", conditions=conditions),
        inline_policies={"Publish": iam.PolicyDocument(statements=list(statements))},
    )
