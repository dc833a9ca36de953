"""Alerts on what the scans of a registry's images find."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.alert_message import AlertMessage
from ecr_blueprints.constructs.alert_place import check_alert_place, check_event_bus_name
from ecr_blueprints.constructs.alert_rule import alert_rule
from ecr_blueprints.constructs.alert_severity import read_severities
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.argument_type import member_of
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import (
    BASIC_SCAN,
    COVERAGE_CHANGE,
    COVERAGE_FAILURE_REASONS,
    ECR_IMAGE_RESOURCE,
    ENHANCED_FINDING,
    ENHANCED_SCAN,
    FAILED,
    RegistryEvent,
)
from ecr_blueprints.domain.scanning import ScanType

__all__ = ["EnhancedDetail", "ScanFindingAlerts"]

_DEFAULT_SEVERITIES: Final = (FindingSeverity.CRITICAL, FindingSeverity.HIGH)


class EnhancedDetail(StrEnum):
    """What Amazon Inspector's findings become alerts of."""

    FINDINGS = "findings"
    """One for each finding, whenever it is made: those of a new image and those that become known later."""

    SCANS = "scans"
    """One for each image's first scan, with the number of findings; later findings tell nobody."""

    BOTH = "both"


class ScanFindingAlerts(Construct):
    """Findings of image scans, told to people: a topic for each severity, from the right events.

    Basic scanning sends one event when a scan is done, with the number of findings by severity; Amazon
    Inspector sends one for each finding. Rules for the other scanner would never match, so that only those of
    the registry's scan type are made; where it is not known, those of both. An image with findings of
    several severities tells each of their topics. That an image could not be scanned tells the gravest one.

    However many teams there are, there are at most three rules for each severity and one or two more; a team
    subscribes with a filter on the message, see `AlertTopics.add_subscription`. Amazon Inspector has a
    finding's repository by its name and a scan's by its ARN; the filter knows both.

    Events are best effort, says AWS: what is scanned stays in the console and the API.

    Example:
        from aws_cdk import aws_sns_subscriptions as subscriptions

        from ecr_blueprints import ScanFindingAlerts

        alerts = ScanFindingAlerts(stack, "Findings", registry=registry)
        alerts.add_subscription(
            subscriptions.EmailSubscription("payments@example.com"), prefixes=["prod/payments"]
        )

    Creates:
        EventBridge rules, of which AWS's own events cost nothing, and `AlertTopics` unless they are given.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry, own or by contract, whose scan type decides which rules there are. Default:
            none, and rules for both scanners.
        severities: Which findings become alerts, by member or word. Default: ``CRITICAL`` and ``HIGH``.
        enhanced_detail: What Amazon Inspector's become alerts of. Default: each finding.
        topics: The topics, to share them with `OperationalAlerts`. Default: one is made for each severity.
        encryption_key: For the topics that are made, see `AlertTopics`.
        event_bus_name: The bus of this account and Region to which other accounts pass their events on; the
            alerts are of all of them. Not together with ``registry``. Default: the default bus, and this
            account's findings alone.
        scan_type: Which scanner's events there are, where no registry tells. Default: the registry's, or else
            both scanners'.

    Attributes:
        topics: The topics.
        rules: Id → rule.

    Raises:
        InvalidValueError: A severity that there is not or that has no topic, topics of another account or
            Region, a key together with topics.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html,
    https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html (facts §5)

    Practices: SCAN-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference | None = None,
        severities: Sequence[FindingSeverity | str] = _DEFAULT_SEVERITIES,
        enhanced_detail: EnhancedDetail | str = EnhancedDetail.FINDINGS,
        topics: AlertTopics | None = None,
        encryption_key: IKeyRef | str | None = None,
        event_bus_name: str | None = None,
        scan_type: ScanType | str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="ScanFindingAlerts")
        path = path_under(scope, construct_id)
        check_event_bus_name(event_bus_name, registry, where=path)
        check_alert_place(scope, registry=registry, topics=topics, encryption_key=encryption_key, where=path)
        chosen = read_severities(severities, where=path)
        detail = member_of(EnhancedDetail, enhanced_detail, argument="enhanced_detail", where=path)
        known = (
            None if scan_type is None else member_of(ScanType, scan_type, argument="scan_type", where=path)
        )
        if topics is not None:
            for severity in chosen:
                topics.topic(severity)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.topics = topics or AlertTopics(self, "Topics", severities=chosen, encryption_key=encryption_key)
        self._worst = chosen[0]
        self._event_bus_name = event_bus_name
        scanner = _scan_type(registry) if known is None else known
        self.rules: dict[str, events.CfnRule] = {}
        if scanner is not ScanType.ENHANCED:
            self._add_basic(chosen)
        if scanner is not ScanType.BASIC:
            self._add_enhanced(chosen, detail)

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

    def _add_basic(self, severities: Sequence[FindingSeverity]) -> None:
        for severity in severities:
            word = severity.word_of(ScanType.BASIC)
            counts = f"finding-severity-counts.{word}"
            self._add(
                f"Basic{severity.capitalize()}",
                f"Basic scans with {severity} findings",
                BASIC_SCAN.pattern({"finding-severity-counts": {word: [{"numeric": [">", 0]}]}}),
                AlertMessage(
                    summary=f"<count> {severity} findings in <repository>",
                    severity=severity,
                    kind="basic-scan",
                    repository="<repository>",
                    paths={**_scan_paths(BASIC_SCAN), "count": BASIC_SCAN.path(counts)},
                    texts={"image": "<image>"},
                    values={"tags": "<tags>"},
                ),
            )
        self._add(
            "BasicFailed",
            "Basic scans that failed",
            BASIC_SCAN.pattern({"scan-status": [FAILED]}),
            AlertMessage(
                summary="An image in <repository> could not be scanned",
                severity=self._worst,
                kind="basic-scan-failed",
                repository="<repository>",
                paths={
                    "repository": BASIC_SCAN.path("repository-name"),
                    "image": BASIC_SCAN.path("image-digest"),
                },
                texts={"image": "<image>"},
            ),
        )

    def _add_enhanced(self, severities: Sequence[FindingSeverity], detail: EnhancedDetail) -> None:
        for severity in severities:
            if detail is not EnhancedDetail.SCANS:
                self._add_finding(severity)
            # The counts name no severity that nobody has determined yet.
            if detail is not EnhancedDetail.FINDINGS and severity is not FindingSeverity.UNRATED:
                self._add_scan(severity)
        self._add(
            "CoverageLost",
            "Images that Amazon Inspector cannot scan",
            COVERAGE_CHANGE.pattern(
                {
                    "scanStatus": {
                        "statusCodeValue": ["INACTIVE"],
                        "reason": list(COVERAGE_FAILURE_REASONS),
                    }
                },
                resources=[{"prefix": f"arn:{RegistryEnvironment.of_stack(self).partition}:ecr:"}],
            ),
            AlertMessage(
                summary="An image is not scanned: <reason> (<image>)",
                severity=self._worst,
                kind="scan-coverage",
                repository="<image>",
                paths={"image": "$.resources[0]", "reason": COVERAGE_CHANGE.path("scanStatus.reason")},
                texts={"reason": "<reason>"},
                has_name=False,
            ),
        )

    def _add_finding(self, severity: FindingSeverity) -> None:
        image = "resources[0].details.awsEcrContainerImage"
        word = severity.word_of(ScanType.ENHANCED)
        self._add(
            f"Finding{severity.capitalize()}",
            f"{severity} findings of Amazon Inspector",
            ENHANCED_FINDING.pattern(
                {
                    # A delegated administrator's bus has the findings of other accounts' registries too.
                    **({} if self._event_bus_name else {"awsAccountId": [cdk.Stack.of(self).account]}),
                    "severity": [word],
                    "status": ["ACTIVE"],
                    "resources": {"type": [ECR_IMAGE_RESOURCE]},
                }
            ),
            AlertMessage(
                summary=f"{severity} finding in <repository>",
                severity=severity,
                kind="finding",
                repository="<repository>",
                paths={
                    "repository": ENHANCED_FINDING.path(f"{image}.repositoryName"),
                    "image": ENHANCED_FINDING.path(f"{image}.imageHash"),
                    # The whole of it, which is always there; an image without tags may have no imageTags.
                    "containerImage": ENHANCED_FINDING.path(image),
                    "title": ENHANCED_FINDING.path("title"),
                    "finding": ENHANCED_FINDING.path("findingArn"),
                    "fix": ENHANCED_FINDING.path("fixAvailable"),
                },
                texts={"fixAvailable": "<fix>", "image": "<image>", "finding": "<finding>"},
                values={"title": "<title>", "containerImage": "<containerImage>"},
            ),
        )

    def _add_scan(self, severity: FindingSeverity) -> None:
        word = severity.word_of(ScanType.ENHANCED)
        self._add(
            f"Scan{severity.capitalize()}",
            f"First scans by Amazon Inspector with {severity} findings",
            ENHANCED_SCAN.pattern(
                {
                    "scan-status": ["INITIAL_SCAN_COMPLETE"],
                    "repository-name": [{"exists": True}],
                    "finding-severity-counts": {word: [{"numeric": [">", 0]}]},
                }
            ),
            AlertMessage(
                summary=f"<count> {severity} findings in <repository>",
                severity=severity,
                kind="first-scan",
                repository="<repository>",
                paths={
                    **_scan_paths(ENHANCED_SCAN),
                    "count": ENHANCED_SCAN.path(f"finding-severity-counts.{word}"),
                },
                texts={"image": "<image>"},
                values={"tags": "<tags>"},
                has_name=False,
            ),
        )

    def _add(self, rule_id: str, description: str, pattern: dict[str, object], message: AlertMessage) -> None:
        self.rules[rule_id] = alert_rule(
            self,
            rule_id,
            description=description,
            pattern=pattern,
            message=message,
            topics=self.topics,
            event_bus_name=self._event_bus_name,
        )


def _scan_paths(event: RegistryEvent) -> dict[str, str]:
    return {
        "repository": event.path("repository-name"),
        "image": event.path("image-digest"),
        "tags": event.path("image-tags"),
    }


def _scan_type(registry: RegistryReference | None) -> ScanType | None:
    """How the registry is scanned; None where it is not known."""
    scanning = () if registry is None else registry.ledger.scanning
    scan_type = scanning[0].scan_type if len(scanning) == 1 else None
    return scan_type if isinstance(scan_type, ScanType) else None
