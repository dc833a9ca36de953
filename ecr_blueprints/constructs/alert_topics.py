"""The topics to which every alert of a registry goes, one for each severity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.alert_filter import repository_filter
from ecr_blueprints.constructs.alert_key import PUBLISH_KEY_ACTIONS, admit_alarms, alert_key, check_alert_key
from ecr_blueprints.constructs.alert_publisher import alert_publisher, from_rules
from ecr_blueprints.constructs.alert_severity import read_severities
from ecr_blueprints.constructs.alert_subscription import subscribe
from ecr_blueprints.constructs.argument_type import member_of
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.usage_metric import DEAD_LETTERS, DEAD_LETTERS_DIMENSION, DEAD_LETTERS_NAMESPACE
from ecr_blueprints.errors import InvalidValueError

__all__ = ["AlertTopics"]

_RATED: Final = tuple(one for one in FindingSeverity if one is not FindingSeverity.UNRATED)
_DEAD_LETTER_DAYS: Final = 14
_ALARM_PERIOD_SECONDS: Final = 300


class AlertTopics(Construct):
    """One Amazon SNS topic for each severity, to which the alerts of a registry go, and who may publish.

    There is no topic for each team: teams subscribe to the severities they want, filtered by the prefixes of
    their repositories (`add_subscription`). A rule or topic for each team would run into EventBridge's 300
    rules on a bus and CloudFormation's 500 resources in a stack.

    The topics are encrypted with a KMS key of one's own: EventBridge and CloudWatch cannot publish to a topic
    with the key ``alias/aws/sns``. EventBridge publishes by a role that only rules of this account and Region
    can use, so that neither topic nor key has to admit the service: AWS says that a key policy cannot hold
    EventBridge to one account. CloudWatch is admitted from this account alone, and nothing publishes without
    TLS. What cannot be delivered waits 14 days in a queue, on which there is an alarm.

    Example:
        from aws_cdk import aws_sns_subscriptions as subscriptions

        from ecr_blueprints import AlertTopics

        topics = AlertTopics(stack, "Alerts")
        email = subscriptions.EmailSubscription("team-a@example.com")
        topics.add_subscription(email, severities=["CRITICAL"], prefixes=["team-a"])

    Creates:
        A topic for each severity with its policy, a queue with its policy, a role, an alarm, and a KMS key
        unless one is given. KMS bills the key by the month and its use; Amazon SNS what is published and
        delivered; CloudWatch the alarm. Nothing is left behind: the key protects only what is on its way, and
        is deleted 30 days after its stack.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        severities: One topic for each, by member or word. Default: all five that a scanner gives; not
            ``UNRATED``.
        encryption_key: A symmetric KMS key, as a construct or a full ARN, no alias. Default: one is made,
            with rotation.

    Attributes:
        topics: Severity → topic.
        encryption_key: The key.
        dead_letter_queue: What could not be delivered.
        dead_letter_alarm: Goes off while something lies there; tells the gravest severity's topic.
        publisher_role: The role by which EventBridge publishes.
        required_key_statements: What the policy of a given key has to say and this app cannot add to it: of
            a key by its ARN, that CloudWatch may use it. Empty where it was added.

    Raises:
        InvalidValueError: No severity, one twice, one that there is not; a key of another Region, an alias.

    Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html

    Practices: SCAN-3, OBS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        severities: Sequence[FindingSeverity | str] | None = None,
        encryption_key: IKeyRef | str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="AlertTopics")
        path = path_under(scope, construct_id)
        chosen = read_severities(_RATED if severities is None else severities, where=path)
        check_alert_key(encryption_key, scope, path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._path = path
        self._environment = RegistryEnvironment.of_stack(self)
        self.encryption_key: kms.IKey = alert_key(self, "Key", given=encryption_key)
        self.required_key_statements = admit_alarms(self.encryption_key, self._from_alarms())
        topics = {severity: self._topic(severity) for severity in chosen}
        self.topics: Mapping[FindingSeverity, sns.Topic] = MappingProxyType(topics)
        self.publisher_role = alert_publisher(
            self,
            "Publisher",
            description="EventBridge publishes alerts of Amazon ECR",
            statements=self.publish_statements(*self.topics),
        )
        self.dead_letter_queue = self._queue()
        self.dead_letter_alarm = self._dead_letter_alarm()

    @property
    def severities(self) -> tuple[FindingSeverity, ...]:
        """The severities that have a topic, gravest first."""
        return tuple(self.topics)

    def topic(self, severity: FindingSeverity | str) -> sns.Topic:
        """The topic of a severity.

        Args:
            severity: The severity, by member or word.

        Raises:
            InvalidValueError: It has none here.
        """
        wanted = member_of(FindingSeverity, severity, argument="severity", where=self._path)
        if wanted not in self.topics:
            raise InvalidValueError(
                f"there is no topic for {wanted}",
                where=self._path,
                allowed=", ".join(self.topics),
                fix=f"name {wanted} among the severities of AlertTopics, or send the alert elsewhere",
            )
        return self.topics[wanted]

    def publish_statements(self, *severities: FindingSeverity) -> tuple[iam.PolicyStatement, ...]:
        """What a principal of this account may do in order to publish to topics of some severities.

        Args:
            severities: At least one.
        """
        return (
            iam.PolicyStatement(
                actions=["sns:Publish"], resources=[self.topic(one).topic_arn for one in severities]
            ),
            iam.PolicyStatement(actions=list(PUBLISH_KEY_ACTIONS), resources=[self.encryption_key.key_arn]),
        )

    def add_subscription(
        self,
        subscription: sns.ITopicSubscription,
        *,
        severities: Sequence[FindingSeverity | str] | None = None,
        prefixes: Sequence[str] | None = None,
        repositories: Sequence[str] | None = None,
    ) -> tuple[sns.Subscription, ...]:
        """Let somebody know: of everything, or of some repositories.

        The filter is on the message's body (``FilterPolicyScope: MessageBody``) and takes up to 15 minutes to
        be in force. Alerts that belong to no repository, such as quotas, go to those without a filter only.
        One endpoint subscribes once to a topic, with everything it wants in one filter: SNS refuses it a
        second time with another one.

        Args:
            subscription: From ``aws_cdk.aws_sns_subscriptions``. A queue or function of another account or
                Region is imported here by its ARN; its own policy there lets ``sns.amazonaws.com`` in, and
                the owner of a queue of another account confirms the subscription, by the message in it.
            severities: The topics. Default: all.
            prefixes: ``team-a`` for the repositories under ``team-a/``. Default: every repository.
            repositories: Names of repositories, in addition to the prefixes.

        Returns:
            A subscription for each topic.

        Raises:
            InvalidValueError: No subscription, one with a filter of its own together with prefixes, an
                endpoint that is subscribed already or made in another account or Region, or more than SNS
                takes.

        Practices: SCAN-3
        """
        where = f"{self._path}.add_subscription"
        if not hasattr(type(subscription), "bind"):
            raise InvalidValueError(
                f"the subscription is of the type {type(subscription).__name__}",
                where=where,
                allowed="a subscription of aws_cdk.aws_sns_subscriptions",
                fix='write subscriptions.EmailSubscription("team@example.com")',
            )
        chosen = self.severities if severities is None else read_severities(severities, where=where)
        wanted = [self.topic(severity) for severity in chosen]
        values = repository_filter(
            prefixes, repositories, arn_base=self._environment.arn("ecr", "repository/"), where=where
        )
        return tuple(subscribe(topic, subscription, values, where) for topic in wanted)

    # --- its parts ------------------------------------------------------------------------------------

    def _from_alarms(self) -> dict[str, Any]:
        """The condition that a request is made for an alarm of this account and Region."""
        return {
            "StringEquals": {"aws:SourceAccount": self._environment.account_text},
            "ArnLike": {"aws:SourceArn": self._environment.arn("cloudwatch", "alarm:*")},
        }

    def _topic(self, severity: FindingSeverity) -> sns.Topic:
        topic = sns.Topic(
            self,
            severity.capitalize(),
            display_name=f"Amazon ECR {severity}",
            master_key=self.encryption_key,
            enforce_ssl=True,
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions=self._from_alarms(),
            )
        )
        return topic

    def _queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(_DEAD_LETTER_DAYS),
        )
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RulesOfThisAccount",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions=from_rules(self._environment),
            )
        )
        return queue

    def _dead_letter_alarm(self) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            "DeadLetterAlarm",
            alarm_description="Alerts of Amazon ECR could not be delivered; the dead-letter queue holds them",
            namespace=DEAD_LETTERS_NAMESPACE,
            metric_name=DEAD_LETTERS,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name=DEAD_LETTERS_DIMENSION, value=self.dead_letter_queue.queue_name
                )
            ],
            statistic="Maximum",
            period=_ALARM_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=0,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic(self.severities[0]).topic_arn],
        )
