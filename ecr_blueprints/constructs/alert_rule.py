"""An EventBridge rule that turns an event into an alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import aws_events as events
from constructs import Construct

from ecr_blueprints.constructs.alert_console import console_host_for
from ecr_blueprints.constructs.alert_message import AlertMessage
from ecr_blueprints.constructs.alert_topics import AlertTopics

__all__ = ["DELIVERY_RETRY", "alert_rule"]

_ENABLED: Final = "ENABLED"
_MAX_EVENT_AGE_SECONDS: Final = 6 * 60 * 60
_MAX_RETRIES: Final = 60

DELIVERY_RETRY: Final = events.CfnRule.RetryPolicyProperty(
    maximum_event_age_in_seconds=_MAX_EVENT_AGE_SECONDS, maximum_retry_attempts=_MAX_RETRIES
)
"""Six hours and sixty attempts, then the dead-letter queue."""


def alert_rule(
    scope: Construct,
    construct_id: str,
    *,
    description: str,
    pattern: Mapping[str, Any],
    message: AlertMessage,
    topics: AlertTopics,
    state: str = _ENABLED,
    event_bus_name: str | None = None,
) -> events.CfnRule:
    """A rule that publishes a message to its severity's topic.

    It publishes by a role: a topic policy would have to admit EventBridge, for which AWS documents conditions
    that hold to the account in one place and none in two others.

    Args:
        scope: The construct to belong to.
        construct_id: The rule's id.
        description: What it tells of.
        pattern: Which events it matches.
        message: What it makes of one.
        topics: Where it goes.
        state: The rule's state.
        event_bus_name: The bus whose events it matches. Default: the default bus.
    """
    return events.CfnRule(
        scope,
        construct_id,
        description=description,
        event_pattern=dict(pattern),
        state=state,
        event_bus_name=event_bus_name,
        targets=[
            events.CfnRule.TargetProperty(
                id="Topic",
                arn=topics.topic(message.severity).topic_arn,
                role_arn=topics.publisher_role.role_arn,
                input_transformer=events.CfnRule.InputTransformerProperty(
                    input_paths_map=message.input_paths,
                    input_template=message.input_template(console_host_for(scope)),
                ),
                dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                    arn=topics.dead_letter_queue.queue_arn
                ),
                retry_policy=DELIVERY_RETRY,
            )
        ],
    )
