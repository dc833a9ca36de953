"""Alerts on images that ECR could not sign, of which it sends no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ecr_blueprints.constructs.alert_console import console_host_for
from ecr_blueprints.constructs.alert_rule import DELIVERY_RETRY
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.inline_function import InlineFunction
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import IMAGE_ACTION, MAX_PATTERN_LENGTH
from ecr_blueprints.domain.wildcard import WILDCARD

__all__ = ["SigningAlerts", "pushed_names"]

_DELAY_MINUTES: Final = 10
_SCHEDULE_MINUTES: Final = 15
_TIMEOUT_SECONDS: Final = 120
_MAX_RECEIVES: Final = 12
_RETENTION_DAYS: Final = 2
_MEMORY_MIB: Final = 256
_MAX_FILTERS_LENGTH: Final = MAX_PATTERN_LENGTH // 2
"""In characters: they have to go into an event pattern, and each as an ARN into a role's policy."""


class SigningAlerts(Construct):
    """A look every quarter of an hour at the signing status of pushed images; made by `OperationalAlerts`.

    Each push to a repository that is signed enters a queue and is looked at ten minutes later, once: no
    repository is listed, and what a look costs grows with the pushes and not with the images. A signing that
    is still in progress is looked at again, for an hour. At most 500 images are looked at each time.

    Creates: a rule for pushes, a queue, a function with its role and log group, a rule for its schedule.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        filters: The wildcard filters of the signing rules; empty for every repository, and of more than 1,024
            characters taken for it.
        topics: Where the alerts go.
        severity: How bad a failed signing is.

    Attributes:
        queue: The pushes that wait to be looked at.
        function: The function.
        push_rule: The rule for pushes.
        schedule_rule: The rule for the schedule.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        filters: Sequence[str],
        topics: AlertTopics,
        severity: FindingSeverity,
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Pushes",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            delivery_delay=cdk.Duration.minutes(_DELAY_MINUTES),
            visibility_timeout=cdk.Duration.minutes(_SCHEDULE_MINUTES - 1),
            retention_period=cdk.Duration.days(_RETENTION_DAYS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=topics.dead_letter_queue, max_receive_count=_MAX_RECEIVES
            ),
        )
        if len("".join(filters)) > _MAX_FILTERS_LENGTH:
            filters = ()
        names = pushed_names(filters)
        detail: dict[str, Any] = {"action-type": ["PUSH"], "result": ["SUCCESS"]}
        if names:
            detail["repository-name"] = names
        self.push_rule = events.CfnRule(
            self,
            "PushRule",
            description="Pushed images whose signing is looked at",
            event_pattern=IMAGE_ACTION.pattern(detail),
            targets=[
                events.CfnRule.TargetProperty(
                    id="Pushes",
                    arn=self.queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=topics.dead_letter_queue.queue_arn
                    ),
                    retry_policy=DELIVERY_RETRY,
                )
            ],
        )
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PushRule",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.push_rule.attr_arn}},
            )
        )
        repositories = RegistryEnvironment.of_stack(self).arn("ecr", "repository/")
        host = console_host_for(self)
        topic = topics.topic(severity)
        self.function = InlineFunction(
            self,
            "Status",
            code="signing_status",
            description="Looks at the signing status of images that were pushed to Amazon ECR",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mib=_MEMORY_MIB,
            environment={
                "QUEUE_URL": self.queue.queue_url,
                "TOPIC_ARN": topic.topic_arn,
                "SEVERITY": severity.value,
                "LINK": f"https://{{region}}.{host}/ecr/repositories/private/{{account}}/{{repository}}"
                "?region={region}",
            },
            statements=[
                iam.PolicyStatement(
                    actions=["sqs:ReceiveMessage", "sqs:DeleteMessage"], resources=[self.queue.queue_arn]
                ),
                iam.PolicyStatement(
                    actions=["ecr:DescribeImageSigningStatus"],
                    # Signing rules cover names by wildcards, and repositories that do not exist yet.
                    resources=[f"{repositories}{one}" for one in (filters or [WILDCARD])],
                ),
                *topics.publish_statements(severity),
            ],
        )
        self.schedule_rule = self._schedule(topics)

    def _schedule(self, topics: AlertTopics) -> events.CfnRule:
        rule = events.CfnRule(
            self,
            "Schedule",
            description="When the signing of pushed images is looked at",
            schedule_expression=f"rate({_SCHEDULE_MINUTES} minutes)",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Status",
                    arn=self.function.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=topics.dead_letter_queue.queue_arn
                    ),
                    # The next look comes anyway.
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=_SCHEDULE_MINUTES * 60, maximum_retry_attempts=2
                    ),
                )
            ],
        )
        lambda_.CfnPermission(
            self,
            "Invocation",
            action="lambda:InvokeFunction",
            function_name=self.function.arn,
            principal="events.amazonaws.com",
            source_account=cdk.Stack.of(self).account,
            source_arn=rule.attr_arn,
        )
        return rule


def pushed_names(filters: Sequence[str]) -> list[str | Mapping[str, str]]:
    """What an event pattern says of the repositories that signing filters cover; empty for all.

    A bus takes 30 rules with wildcards: where a prefix or a name says the same, that is written.

    Args:
        filters: Wildcard filters, anchored at both ends.
    """
    if not filters or WILDCARD in filters:
        return []
    return [_matcher(one) for one in dict.fromkeys(filters)]


def _matcher(text: str) -> str | Mapping[str, str]:
    if WILDCARD not in text:
        return text
    head = text.rstrip(WILDCARD)
    return {"wildcard": text} if WILDCARD in head else {"prefix": head}
