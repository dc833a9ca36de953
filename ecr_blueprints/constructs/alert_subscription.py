"""A subscription to a topic of alerts, filtered by the body of the messages."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from ecr_blueprints.constructs.alert_filter import FilterValue
from ecr_blueprints.constructs.alert_message import REPOSITORY_KEY
from ecr_blueprints.constructs.construct_place import environment_of
from ecr_blueprints.errors import InvalidValueError

__all__ = ["subscribe"]


def subscribe(
    topic: sns.Topic, subscription: sns.ITopicSubscription, values: list[FilterValue], where: str
) -> sns.Subscription:
    """Subscribe somebody to a topic.

    Args:
        topic: The topic.
        subscription: From ``aws_cdk.aws_sns_subscriptions``.
        values: What the messages' ``repository`` has to be; empty for every message.
        where: The call, for the error.

    Raises:
        InvalidValueError: It has a filter of its own, or its endpoint is subscribed already or is a construct
            of another account or Region.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html
    """
    config = subscription.bind(topic)
    if values and (config.filter_policy or config.filter_policy_with_message_body):
        raise InvalidValueError(
            "the subscription has a filter of its own, and prefixes are given too",
            where=where,
            allowed="one of the two",
            fix="leave the filter out of the subscription",
        )
    scope = config.subscriber_scope or topic
    _check_near(scope, topic, where)
    if scope.node.try_find_child(config.subscriber_id) is not None:
        raise InvalidValueError(
            f"the endpoint is subscribed to {topic.node.path} already",
            where=where,
            allowed="one subscription of an endpoint to a topic, with one filter",
            fix="name all its prefixes, repositories and severities in one call of add_subscription",
        )
    made = sns.Subscription(
        scope,
        config.subscriber_id,
        topic=topic,
        endpoint=config.endpoint,
        protocol=config.protocol,
        raw_message_delivery=config.raw_message_delivery,
        region=config.region,
        dead_letter_queue=config.dead_letter_queue,
        delivery_policy=config.delivery_policy,
        subscription_role_arn=config.subscription_role_arn,
        filter_policy=config.filter_policy,
        filter_policy_with_message_body=_body_filter(values) or config.filter_policy_with_message_body,
    )
    if config.subscription_dependency is not None:
        made.node.add_dependency(config.subscription_dependency)
    return made


def _check_near(subscriber: Construct, topic: sns.Topic, where: str) -> None:
    """Refuse a queue or function whose stack cannot refer to the topic."""
    for what, here, there in zip(
        ("account", "Region"), environment_of(topic), environment_of(subscriber), strict=True
    ):
        if here is not None and there is not None and here != there:
            raise InvalidValueError(
                f"the subscriber {subscriber.node.path!r} is in the {what} {there} and the topic in {here}",
                where=where,
                allowed="a queue or function of the topic's account and Region, or one that is imported here",
                fix=f"import it in {cdk.Stack.of(topic).node.path!r}, as sqs.Queue.from_queue_arn(stack, "
                '"Queue", "arn:…"), and let sns.amazonaws.com send to it in its own stack',
            )


def _body_filter(values: list[FilterValue]) -> dict[str, sns.FilterOrPolicy] | None:
    if not values:
        return None
    return {
        REPOSITORY_KEY: sns.FilterOrPolicy.filter(
            sns.SubscriptionFilter.string_filter(
                match_prefixes=[value["prefix"] for value in values if isinstance(value, dict)],
                allowlist=[value for value in values if isinstance(value, str)] or None,
            )
        )
    }
