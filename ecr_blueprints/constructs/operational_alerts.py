"""Alerts on what goes wrong in a registry without anybody seeing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.alert_message import WHOLE_EVENT, AlertMessage
from ecr_blueprints.constructs.alert_place import check_alert_place, check_event_bus_name
from ecr_blueprints.constructs.alert_quota import quota_alarm
from ecr_blueprints.constructs.alert_rule import alert_rule
from ecr_blueprints.constructs.alert_signed_names import signed_filters, watch_signed_filters
from ecr_blueprints.constructs.alert_signing import SigningAlerts
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.argument_type import (
    TEXTS,
    Accepted,
    check_arguments,
    check_literal_text,
    member_of,
)
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import (
    CACHE_ACTION,
    FAILED,
    LIFECYCLE_EXECUTION,
    REPLICATION_ACTION,
    STATE_WITH_READ_ONLY_EVENTS,
)
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.domain.usage_metric import USAGE_METRICS, image_count_of
from ecr_blueprints.errors import InvalidValueError

__all__ = ["OperationalAlerts"]

_DEFAULT_QUOTA_PERCENTAGE: Final = 80
_PERCENTAGE: Final = Accepted(types=(int,), words="a whole number from 1 to 100")


class OperationalAlerts(Construct):
    """What goes wrong in a registry, told to people: replication, caches, signing, deletions, quotas.

    Every rule and alarm is on an event or metric that AWS documents; there are none of image pulls or failed
    pushes, for which ECR has neither. Each is told to the topic of its severity and can be left out by None:

    * A replication that failed. The event is the destination's: have the alerts there too.
    * A pull-through cache that could not ask its upstream: any sync status but ``SUCCESS``, since AWS's page
      shows no other. The whole event is in the message, with ECR's reason if it gives one.
    * An image that ECR could not sign, of which there is no event: a function looks at what was pushed.
    * Images that a lifecycle policy deleted or could not delete. The event comes by CloudTrail, so that the
      account needs a trail that logs management events; without one nothing is told.
    * A quota of API calls or repositories that is used to 80 %.

    Example:
        from ecr_blueprints import AlertTopics, OperationalAlerts, ScanFindingAlerts

        topics = AlertTopics(stack, "Alerts")
        ScanFindingAlerts(stack, "Findings", registry=registry, topics=topics)
        OperationalAlerts(stack, "Operations", registry=registry, topics=topics)

    Creates:
        EventBridge rules, nine CloudWatch alarms, and for signing a queue and a function that runs every
        quarter of an hour, with its role and log group; `AlertTopics` unless they are given. CloudWatch bills
        alarms by the month, each on a metric and its quota; Lambda, SQS and CloudWatch Logs bill the little
        that signing takes. Nothing is left behind.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry, own or by contract, whose signing rules tell which pushes to look at. Without
            one, and where its rules are not known, every push is looked at; where nothing is signed, none.
            Make the alerts after the signing rules: a rule that comes later is refused at synthesis.
        signed: The filters of what is signed, such as ``prod/*``. Default: the registry's.
        replication: How bad a failed replication is, by member or word; None for no alert. Default: ``HIGH``.
        caches: The same for caches. Default: ``HIGH``.
        signing: The same for signing. Default: ``HIGH``.
        lifecycle: The same for lifecycle policies. Default: ``INFORMATIONAL``.
        quotas: The same for quotas. Default: ``MEDIUM``.
        quota_percentage: From how much of a quota on, 1 to 100. Default: 80.
        counted_repositories: Repositories whose number of images is watched against its quota as well; an
            alarm each. Default: none.
        topics: The topics, to share them with `ScanFindingAlerts`. Default: those it takes are made.
        encryption_key: For the topics that are made, see `AlertTopics`.
        event_bus_name: The bus of this account and Region to which other accounts pass their events on; the
            alerts are of all of them. It has no signing, lifecycle or quotas: write None. Not together with
            ``registry``. Default: the default bus.

    Attributes:
        topics: The topics.
        rules: Id → rule, for replication, caches and lifecycle policies.
        signing: What looks at signing; None if nothing does.
        quota_alarms: What is counted → alarm.

    Raises:
        InvalidValueError: Nothing to alert of, a severity without a topic, a percentage out of range, a
            filter that signing does not know, topics of another account or Region.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/monitoring-usage.html (facts §5, §8, §16)

    Practices: OBS-1, OBS-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference | None = None,
        signed: Sequence[str] | None = None,
        replication: FindingSeverity | str | None = FindingSeverity.HIGH,
        caches: FindingSeverity | str | None = FindingSeverity.HIGH,
        signing: FindingSeverity | str | None = FindingSeverity.HIGH,
        lifecycle: FindingSeverity | str | None = FindingSeverity.INFORMATIONAL,
        quotas: FindingSeverity | str | None = FindingSeverity.MEDIUM,
        quota_percentage: int = _DEFAULT_QUOTA_PERCENTAGE,
        counted_repositories: Sequence[str] | None = None,
        topics: AlertTopics | None = None,
        encryption_key: IKeyRef | str | None = None,
        event_bus_name: str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="OperationalAlerts")
        path = path_under(scope, construct_id)
        check_event_bus_name(event_bus_name, registry, where=path)
        check_alert_place(scope, registry=registry, topics=topics, encryption_key=encryption_key, where=path)
        given = {
            "replication": replication,
            "caches": caches,
            "signing": signing,
            "lifecycle": lifecycle,
            "quotas": quotas,
        }
        chosen = {
            name: member_of(FindingSeverity, value, argument=name, where=path)
            for name, value in given.items()
            if value is not None
        }
        if not chosen:
            raise InvalidValueError(
                "there is nothing to alert of", where=path, fix="leave at least one severity as it is"
            )
        own = [name for name in ("signing", "lifecycle", "quotas") if name in chosen]
        if event_bus_name is not None and own:
            raise InvalidValueError(
                f"{' and '.join(own)} cannot be told from another account's events",
                where=path,
                allowed="replication and caches, with event_bus_name",
                fix=f"write {', '.join(f'{name}=None' for name in own)}, and have those alerts there",
            )
        _check_values(quota_percentage, counted_repositories, path)
        filters = signed_filters(registry, signed, where=path)
        if topics is not None:
            for severity in chosen.values():
                topics.topic(severity)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.topics = topics or AlertTopics(
            self, "Topics", severities=list(dict.fromkeys(chosen.values())), encryption_key=encryption_key
        )
        self._event_bus_name = event_bus_name
        self.rules: dict[str, events.CfnRule] = {}
        if "replication" in chosen:
            self._add_replication(chosen["replication"])
        if "caches" in chosen:
            self._add_caches(chosen["caches"])
        if "lifecycle" in chosen:
            self._add_lifecycle(chosen["lifecycle"])
        self.signing: SigningAlerts | None = None
        if "signing" in chosen and registry is not None and signed is None:
            watch_signed_filters(self, registry, filters)
        if "signing" in chosen and filters is not None:
            self.signing = SigningAlerts(
                self, "Signing", filters=filters, topics=self.topics, severity=chosen["signing"]
            )
        self.quota_alarms: dict[str, cloudwatch.CfnAlarm] = {}
        if "quotas" in chosen:
            self._add_quotas(chosen["quotas"], quota_percentage, counted_repositories or ())

    def add_subscription(
        self,
        subscription: sns.ITopicSubscription,
        *,
        severities: Sequence[FindingSeverity | str] | None = None,
        prefixes: Sequence[str] | None = None,
        repositories: Sequence[str] | None = None,
    ) -> tuple[sns.Subscription, ...]:
        """Let somebody know; see `AlertTopics.add_subscription`."""
        return self.topics.add_subscription(
            subscription, severities=severities, prefixes=prefixes, repositories=repositories
        )

    def _add_replication(self, severity: FindingSeverity) -> None:
        self.rules["Replication"] = alert_rule(
            self,
            "Replication",
            description="Images that could not be replicated",
            pattern=REPLICATION_ACTION.pattern({"result": [FAILED]}),
            message=AlertMessage(
                summary="An image of <repository> was not replicated from <sourceRegion> (<sourceAccount>)",
                severity=severity,
                kind="replication-failed",
                repository="<repository>",
                paths={
                    "repository": REPLICATION_ACTION.path("repository-name"),
                    "image": REPLICATION_ACTION.path("image-digest"),
                    "tag": REPLICATION_ACTION.path("image-tag"),
                    "sourceAccount": REPLICATION_ACTION.path("source-account"),
                    "sourceRegion": REPLICATION_ACTION.path("source-region"),
                },
                texts={
                    "image": "<image>",
                    "tag": "<tag>",
                    "sourceAccount": "<sourceAccount>",
                    "sourceRegion": "<sourceRegion>",
                },
                values={"event": WHOLE_EVENT},
            ),
            topics=self.topics,
            event_bus_name=self._event_bus_name,
        )

    def _add_caches(self, severity: FindingSeverity) -> None:
        self.rules["CacheSync"] = alert_rule(
            self,
            "CacheSync",
            description="Pull-through caches that could not reach their upstream",
            pattern=CACHE_ACTION.pattern({"sync-status": [{"anything-but": ["SUCCESS"]}]}),
            message=AlertMessage(
                summary="The cache <prefix> could not get <repository>:<tag> from <upstream>",
                severity=severity,
                kind="cache-sync-failed",
                repository="<repository>",
                paths={
                    "repository": CACHE_ACTION.path("repository-name"),
                    "prefix": CACHE_ACTION.path("ecr-repository-prefix"),
                    "upstream": CACHE_ACTION.path("upstream-registry-url"),
                    "status": CACHE_ACTION.path("sync-status"),
                    "tag": CACHE_ACTION.path("image-tag"),
                },
                texts={"status": "<status>", "upstream": "<upstream>", "tag": "<tag>"},
                values={"event": WHOLE_EVENT},
            ),
            topics=self.topics,
            event_bus_name=self._event_bus_name,
        )

    def _add_lifecycle(self, severity: FindingSeverity) -> None:
        acted = {"lifecycleEventImageActions": {"lifecycleEventImage": {"digest": [{"exists": True}]}}}
        failed = {"lifecycleEventFailureDetails": {"failureCode": [{"exists": True}]}}
        self.rules["Lifecycle"] = alert_rule(
            self,
            "Lifecycle",
            description="Images that a lifecycle policy deleted, or could not delete",
            pattern=LIFECYCLE_EXECUTION.pattern(
                {
                    "eventSource": ["ecr.amazonaws.com"],
                    "eventName": ["PolicyExecutionEvent"],
                    "serviceEventDetails": {"$or": [acted, failed]},
                }
            ),
            state=STATE_WITH_READ_ONLY_EVENTS,
            message=AlertMessage(
                summary="The lifecycle policy of <repository> acted on images",
                severity=severity,
                kind="lifecycle",
                repository="<repository>",
                paths={"repository": LIFECYCLE_EXECUTION.path("serviceEventDetails.repositoryName")},
                values={"event": WHOLE_EVENT},
            ),
            topics=self.topics,
        )

    def _add_quotas(self, severity: FindingSeverity, percentage: int, repositories: Iterable[str]) -> None:
        topic_arn = self.topics.topic(severity).topic_arn
        for metric in USAGE_METRICS:
            self.quota_alarms[metric.resource] = quota_alarm(
                self, f"Quota{metric.resource}", metric=metric, percentage=percentage, topic_arn=topic_arn
            )
        for name in dict.fromkeys(repositories):
            self.quota_alarms[name] = quota_alarm(
                self,
                f"QuotaImagesOf-{name}",
                metric=image_count_of(name),
                percentage=percentage,
                topic_arn=topic_arn,
            )


def _check_values(percentage: object, repositories: Sequence[str] | None, where: str) -> None:
    given = {"quota_percentage": percentage, "counted_repositories": repositories}
    accepted = {"quota_percentage": _PERCENTAGE, "counted_repositories": TEXTS}
    check_arguments(given, accepted, where=where, required=("quota_percentage",))
    assert isinstance(percentage, int)
    if not 1 <= percentage <= 100:
        raise InvalidValueError(
            f"quota_percentage is {percentage}", where=where, allowed="1 to 100", fix="write 80"
        )
    for name in repositories or ():
        because = "the alarm's id follows from it"
        RepositoryName(
            check_literal_text(name, argument="a counted repository", where=where, because=because)
        )
