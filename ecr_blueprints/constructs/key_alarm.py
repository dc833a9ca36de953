"""What tells people that a key of ECR is about to be lost."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from ecr_blueprints.constructs.alert_key import PUBLISH_KEY_ACTIONS
from ecr_blueprints.constructs.alert_publisher import alert_publisher
from ecr_blueprints.constructs.alert_rule import DELIVERY_RETRY
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.domain.kms_key import (
    API_CALL_DETAIL_TYPE,
    ENDANGERING_CALLS,
    KEY_API_SOURCE,
    KEY_DELETED_DETAIL_TYPE,
    KEY_EVENT_SOURCE,
)

__all__ = ["KeyAlarm", "alert_topics_of"]

_TARGET_ID = "Topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """Where the rules publish, by which role, and where what cannot be delivered waits."""

    topic_arn: str
    role_arn: str
    dead_letters: events.CfnRule.DeadLetterConfigProperty | None


class KeyAlarm(Construct):
    """Two EventBridge rules to a topic: for calls that endanger a key, and for its deletion.

    A key that is disabled or waits for its deletion keeps ECR from reading every image under it, and both can
    be undone; what is deleted cannot. Made by `RegistryEncryptionKey`.

    They publish by a role that only rules of this account and Region can use: that of the topics, where they
    are `AlertTopics`, with their dead-letter queue; else one that is made here.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        key_arn: The key's ARN.
        topic: The topic, in the same account and Region; of several, that of the gravest severity.

    Attributes:
        endangered: The rule for calls.
        deleted: The rule for the deletion.
        publisher_role: The role by which they publish.

    Sources: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-kms.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/kms-events.html and
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key_arn: str, topic: AlertTopics | sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        topics = alert_topics_of(topic)
        one = topic.topic(topic.severities[0]) if isinstance(topic, AlertTopics) else topic
        self.publisher_role = _publisher(self, one) if topics is None else topics.publisher_role
        self._delivery = _Delivery(
            topic_arn=one.topic_arn,
            role_arn=self.publisher_role.role_arn,
            dead_letters=None
            if topics is None
            else events.CfnRule.DeadLetterConfigProperty(arn=topics.dead_letter_queue.queue_arn),
        )
        self.endangered = self._rule(
            "Endangered",
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

    def _rule(
        self,
        construct_id: str,
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
                    arn=self._delivery.topic_arn,
                    role_arn=self._delivery.role_arn,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map=paths, input_template=template
                    ),
                    dead_letter_config=self._delivery.dead_letters,
                    retry_policy=DELIVERY_RETRY,
                )
            ],
        )


def alert_topics_of(topic: AlertTopics | sns.ITopic) -> AlertTopics | None:
    """The `AlertTopics` that a topic is one of; None for any other topic.

    Args:
        topic: As given.
    """
    if isinstance(topic, AlertTopics):
        return topic
    owner = topic.node.scope if isinstance(topic, sns.Topic) else None
    return owner if isinstance(owner, AlertTopics) else None


def _publisher(scope: Construct, topic: sns.ITopic) -> iam.Role:
    statements = [iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn])]
    key = getattr(topic, "master_key", None)
    if key is not None:
        statements.append(iam.PolicyStatement(actions=list(PUBLISH_KEY_ACTIONS), resources=[key.key_arn]))
    return alert_publisher(
        scope,
        "Publisher",
        description="EventBridge publishes what becomes of a key of Amazon ECR",
        statements=statements,
    )
