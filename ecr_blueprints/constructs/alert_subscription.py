"""A subscription to a topic of alerts, filtered by the body of the messages."""

from __future__ import annotations

from aws_cdk import aws_sns as sns

from ecr_blueprints.constructs.alert_filter import FilterValue
from ecr_blueprints.constructs.alert_message import REPOSITORY_KEY
from ecr_blueprints.constructs.construct_place import check_free
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
        InvalidValueError: It has a filter of its own, or its endpoint is subscribed already.
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
    check_free(scope, config.subscriber_id)
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
