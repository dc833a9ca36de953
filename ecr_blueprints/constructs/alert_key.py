"""The KMS key of the topics of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.encryption_key import check_key, check_key_region, key_arn
from ecr_blueprints.domain.kms_key import ADMINISTRATION
from ecr_blueprints.errors import InvalidValueError

__all__ = ["PUBLISH_KEY_ACTIONS", "admit_alarms", "alert_key", "check_alert_key"]

PUBLISH_KEY_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a publisher to an encrypted topic needs on its key.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""


def alert_key(scope: Construct, construct_id: str, *, given: IKeyRef | str | None) -> kms.IKey:
    """The key: as given, or one that is made.

    Args:
        scope: The construct to belong to.
        construct_id: The key's id.
        given: A key that `check_alert_key` let pass.
    """
    if isinstance(given, kms.Key):
        return given
    if given is not None:
        return kms.Key.from_key_arn(scope, construct_id, key_arn(given))
    return kms.Key(
        scope,
        construct_id,
        description="Alerts of Amazon ECR on their way to subscribers",
        enable_key_rotation=True,
        policy=iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="ThisAccount",
                    principals=[iam.AccountRootPrincipal()],
                    # By their IAM policies: whoever administers it, and whoever publishes.
                    actions=[*ADMINISTRATION, *PUBLISH_KEY_ACTIONS],
                    # In a key policy, "*" is the key that the policy is attached to.
                    resources=["*"],
                )
            ]
        ),
        # It protects what is being delivered and nothing that stays.
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def admit_alarms(key: kms.IKey, conditions: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Let CloudWatch's alarms use a key; what cannot be said here, since the key is another app's.

    Args:
        key: The key.
        conditions: Which alarms.
    """
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=list(PUBLISH_KEY_ACTIONS),
        # In a key policy, "*" is the key that the policy is attached to.
        resources=["*"],
        conditions=conditions,
    )
    if isinstance(key, kms.Key):
        key.add_to_resource_policy(statement)
        return ()
    return (statement.to_statement_json(),)


def check_alert_key(key: object, scope: Construct, where: str) -> None:
    """Refuse what cannot be the key of topics here.

    Args:
        key: As given.
        scope: The construct to belong to.
        where: The construct, for the error.

    Raises:
        InvalidValueError: No key, an alias, or a key of another Region.
    """
    if key is None:
        return
    check_key(key, argument="encryption_key", where=where)
    if not isinstance(key, str) or is_token(key):
        return
    parts = key.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "kms" or not parts[5].startswith("key/"):
        raise InvalidValueError(
            f"encryption_key is {key!r}",
            where=where,
            allowed="a key as a construct, or its full ARN arn:aws:kms:<region>:<account>:key/<id>",
            fix="give the key's ARN instead of its id or alias",
        )
    region = cdk.Stack.of(scope).region
    check_key_region(key, None if is_token(region) else region, where=where)
