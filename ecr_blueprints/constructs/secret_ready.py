"""Waiting for a secret that was made in the same deployment."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.inline_function import InlineFunction

__all__ = ["SecretReady"]

_FUNCTION_ID: Final = "EcrBlueprintsSecretReadyFunction"
_FUNCTION_TIMEOUT_SECONDS: Final = 240
_SERVICE_TIMEOUT_SECONDS: Final = 600


class SecretReady(Construct):
    """A wait between a new secret and the cache rule that refers to it.

    Secrets Manager is eventually consistent: a rule that is made right after its secret has been seen to
    fail with ``SecretNotFoundException``. This resource is complete when Secrets Manager has twice in a row
    told of the secret's current version, and fails after a minute. It reads what is known of the secret,
    never its value. Whether ECR sees the secret at the same moment is not documented (unverified).

    Example:
        A rule that waits for its secret::

            from ecr_blueprints.constructs.secret_ready import SecretReady

            hub = registry.add_pull_through_cache("docker-hub")
            ready = SecretReady(stack, "HubSecretReady", secret_arn=hub.secret_arn)
            hub.resource.node.add_dependency(ready)

    Creates:
        A ``Custom::SecretReady``. All of a stack share a Lambda function with its role, which can describe
        these secrets and nothing else, and its log group; it runs at deployments only and goes with the
        stack.

    Args:
        scope: The construct to belong to, in the secret's stack.
        construct_id: Its id.
        secret_arn: The secret's full ARN.

    Attributes:
        resource: The custom resource.
        function: The function behind it.

    Raises:
        InvalidValueError: The ARN is no text.

    Sources: https://github.com/entigolabs/entigo-infralib/pull/1645

    Practices: PTC-2
    """

    def __init__(self, scope: Construct, construct_id: str, *, secret_arn: str) -> None:
        check_place(scope, construct_id, kind="SecretReady")
        path = path_under(scope, construct_id)
        check_arguments(
            {"secret_arn": secret_arn}, {"secret_arn": TEXT}, where=path, required=("secret_arn",)
        )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.function = InlineFunction.shared(
            self,
            _FUNCTION_ID,
            code="secret_ready",
            description="Waits until Secrets Manager knows a secret that was just made",
            statements=[],
            timeout_seconds=_FUNCTION_TIMEOUT_SECONDS,
        )
        self.function.allow(
            iam.PolicyStatement(actions=["secretsmanager:DescribeSecret"], resources=[secret_arn])
        )
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=self.function.arn,
            service_timeout=cdk.Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            resource_type="Custom::SecretReady",
            properties={"SecretArn": secret_arn},
        )
