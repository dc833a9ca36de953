"""What tells people that a key of ECR is about to be lost."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from ecr_blueprints.domain.kms_key import (
    API_CALL_DETAIL_TYPE,
    ENDANGERING_CALLS,
    KEY_API_SOURCE,
    KEY_DELETED_DETAIL_TYPE,
    KEY_EVENT_SOURCE,
)

__all__ = ["KeyAlarm"]

_TARGET_ID = "Topic"


class KeyAlarm(Construct):
    """Two EventBridge rules to a topic: for calls that endanger a key, and for its deletion.

    A key that is disabled or waits for its deletion keeps ECR from reading every image under it, and both can
    be undone; what is deleted cannot. Made by `RegistryEncryptionKey`.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        key_arn: The key's ARN.
        topic: The topic, in the same account and Region.

    Sources: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-kms.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/kms-events.html and
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, key_arn: str, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self.endangered = self._rule(
            "Endangered",
            topic,
            description="A key of Amazon ECR is disabled or scheduled for deletion, or a grant is revoked",
            pattern={
                "source": [KEY_EVENT_SOURCE],
                "detail-type": [API_CALL_DETAIL_TYPE],
                "detail": {
                    "eventSource": [KEY_API_SOURCE],
                    "eventName": list(ENDANGERING_CALLS),
                    "errorCode": [{"exists": False}],
                    "resources": {"ARN": [key_arn]},
                },
            },
            paths={
                "call": "$.detail.eventName",
                "who": "$.detail.userIdentity.arn",
                "when": "$.time",
                "account": "$.account",
                "region": "$.region",
            },
            lines=(
                "<call> on the KMS key of the Amazon ECR images of account <account> in <region>.",
                "By <who>, at <when>.",
                f"Key: {key_arn}",
                "ECR cannot read what it encrypted with a key that is disabled or waits for its deletion: "
                "nodes and functions that start now get no image. A revoked grant does the same to one "
                "repository, and cannot be given back.",
                "If that was not meant: aws kms cancel-key-deletion, then aws kms enable-key.",
            ),
        )
        self.deleted = self._rule(
            "Deleted",
            topic,
            description="A key of Amazon ECR is deleted",
            pattern={
                "source": [KEY_EVENT_SOURCE],
                "detail-type": [KEY_DELETED_DETAIL_TYPE],
                "resources": [key_arn],
            },
            paths={"when": "$.time", "account": "$.account", "region": "$.region"},
            lines=(
                "The KMS key of the Amazon ECR images of account <account> in <region> is gone since <when>.",
                f"Key: {key_arn}",
                "No image under it can be read again. Build them anew into repositories with another key.",
            ),
        )
        # A topic that is only referred to has its policy elsewhere; then nothing is added.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"ArnLike": {"aws:SourceArn": self._rule_arns(topic)}},
            )
        )

    def _rule_arns(self, topic: sns.ITopic) -> list[str]:
        """The rules, for the topic's policy; where they are in another stack, every rule of the account.

        The two stacks would depend on each other, if the topic's policy named the rules that name the topic.
        """
        own = cdk.Stack.of(self)
        if cdk.Stack.of(topic).node.path == own.node.path:
            return [self.endangered.attr_arn, self.deleted.attr_arn]
        return [f"arn:{own.partition}:events:{own.region}:{own.account}:rule/*"]

    def _rule(
        self,
        construct_id: str,
        topic: sns.ITopic,
        *,
        description: str,
        pattern: dict[str, object],
        paths: dict[str, str],
        lines: tuple[str, ...],
    ) -> events.CfnRule:
        # One JSON text with line ends in it: EventBridge puts the values where the brackets are.
        template = json.dumps("\n".join(lines), ensure_ascii=False)
        return events.CfnRule(
            self,
            construct_id,
            description=description,
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id=_TARGET_ID,
                    arn=topic.topic_arn,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map=paths, input_template=template
                    ),
                )
            ],
        )
