"""The events that a registry and its scanners send to EventBridge (facts §5, §7, §8): their exact shapes.

A pattern or a path over a member that AWS does not document would silently never match: `RegistryEvent`
refuses it. All are delivered to the default bus, as best effort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "BASIC_SCAN",
    "CACHE_ACTION",
    "COVERAGE_CHANGE",
    "COVERAGE_FAILURE_REASONS",
    "CREATE_REPOSITORY_CALL",
    "ECR_IMAGE_RESOURCE",
    "ENHANCED_FINDING",
    "ENHANCED_SCAN",
    "EVENT_BUS_NAME_PATTERN",
    "FAILED",
    "IMAGE_ACTION",
    "LIFECYCLE_EXECUTION",
    "MAX_INPUT_TEMPLATE_LENGTH",
    "MAX_PATTERN_LENGTH",
    "MAX_RULES_PER_BUS",
    "MAX_TARGETS_PER_RULE",
    "REGISTRY_EVENTS",
    "REPLICATION_ACTION",
    "STATE_WITH_READ_ONLY_EVENTS",
    "RegistryEvent",
]

_ECR: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html"
_ENHANCED: Final = (
    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html"
)
_INSPECTOR: Final = "https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html"
_CLOUDTRAIL: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html"

EVENT_BUS_NAME_PATTERN: Final = r"[/\.\-_A-Za-z0-9]{1,256}"
"""Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html"""

MAX_RULES_PER_BUS: Final = 300
"""Rules on one event bus; 100 in af-south-1 and eu-south-1; raised on request.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

MAX_TARGETS_PER_RULE: Final = 5
"""Not adjustable. Source: as `MAX_RULES_PER_BUS`."""

MAX_PATTERN_LENGTH: Final = 2048
"""Characters of an event pattern; raised on request. Source: as `MAX_RULES_PER_BUS`."""

MAX_INPUT_TEMPLATE_LENGTH: Final = 8192
"""Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html"""

STATE_WITH_READ_ONLY_EVENTS: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""The state in which a rule sees CloudTrail's read-only events too; ``ENABLED`` passes them over.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""

FAILED: Final = "FAILED"
"""The word for what went wrong: of ``result``, ``sync-status`` and ``scan-status``."""

ECR_IMAGE_RESOURCE: Final = "AWS_ECR_CONTAINER_IMAGE"
"""What Amazon Inspector calls an image in ECR."""

COVERAGE_FAILURE_REASONS: Final = (
    "ACCESS_DENIED",
    "ACCESS_DENIED_TO_ENCRYPTION_KEY",
    "IMAGE_SIZE_EXCEEDED",
    "INTERNAL_ERROR",
    "UNSUPPORTED_OS",
)
"""Why Amazon Inspector does not scan an image that somebody expects to be scanned.

What is as it should be is left out: an archived image, one whose re-scan window is over, a Helm chart.
Source: https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEvent:
    """One kind of event.

    Attributes:
        source: Who sends it.
        detail_type: Its name.
        members: The members of ``detail`` that AWS documents and that a rule or a message may need, as
            paths with dots; a list is entered without an index. A member at whose end stands ``.*`` has
            keys that are values.
        repository: The member that names the repository.
        documentation: AWS's page with the sample.
        unverified: What AWS's page leaves open.
    """

    source: str
    detail_type: str
    members: frozenset[str]
    repository: str | None
    documentation: str
    unverified: str = ""

    def pattern(self, detail: Mapping[str, Any], **envelope: Any) -> dict[str, Any]:
        """The event pattern that matches this kind of event with these details.

        Args:
            detail: Member → what it may be, nested as in the event.
            envelope: The same for the event's own members, such as ``resources``.

        Raises:
            InvalidValueError: AWS documents no such member.
        """
        self._check(detail, "")
        pattern: dict[str, Any] = {"source": [self.source], "detail-type": [self.detail_type], **envelope}
        if detail:
            pattern["detail"] = dict(detail)
        return pattern

    def path(self, member: str) -> str:
        """Where an input transformer finds a member: ``$.detail.…``.

        Args:
            member: A path with dots; ``[0]`` takes the first of a list.

        Raises:
            InvalidValueError: AWS documents no such member.
        """
        self._check_member(member.replace("[0]", ""))
        return f"$.detail.{member}"

    def _check(self, detail: Mapping[str, Any], prefix: str) -> None:
        for key, value in detail.items():
            if key == "$or":
                for alternative in value:
                    self._check(alternative, prefix)
            elif isinstance(value, Mapping):
                self._check(value, f"{prefix}{key}.")
            else:
                self._check_member(f"{prefix}{key}")

    def _check_member(self, member: str) -> None:
        if member in self.members or f"{member.rpartition('.')[0]}.*" in self.members:
            return
        raise InvalidValueError(
            f"the event {self.detail_type!r} has no member {member!r}",
            where="registry event",
            allowed=", ".join(sorted(self.members)),
        )


BASIC_SCAN: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="ECR Image Scan",
    members=frozenset(
        {"scan-status", "repository-name", "finding-severity-counts.*", "image-digest", "image-tags"}
    ),
    repository="repository-name",
    documentation=_ECR,
    unverified="that a scan which failed sends the event too, with the status FAILED",
)
"""A basic scan is done. Severities without a finding are absent from the counts."""

ENHANCED_SCAN: Final = RegistryEvent(
    source="aws.inspector2",
    detail_type="Inspector2 Scan",
    members=frozenset(
        {"scan-status", "repository-name", "finding-severity-counts.*", "image-digest", "image-tags"}
    ),
    repository="repository-name",
    documentation=_ENHANCED,
)
"""The first scan of an image by Amazon Inspector is done. ``repository-name`` is the repository's **ARN**."""

ENHANCED_FINDING: Final = RegistryEvent(
    source="aws.inspector2",
    detail_type="Inspector2 Finding",
    members=frozenset(
        {
            "awsAccountId",
            "findingArn",
            "fixAvailable",
            "exploitAvailable",
            "severity",
            "status",
            "title",
            "type",
            "resources.type",
            "resources.id",
            "resources.details.awsEcrContainerImage",
            "resources.details.awsEcrContainerImage.imageHash",
            "resources.details.awsEcrContainerImage.imageTags",
            "resources.details.awsEcrContainerImage.registry",
            "resources.details.awsEcrContainerImage.repositoryName",
        }
    ),
    repository="resources[0].details.awsEcrContainerImage.repositoryName",
    documentation=_ENHANCED,
)
"""Amazon Inspector has found, changed or closed one finding; the repository is named, without an ARN."""

COVERAGE_CHANGE: Final = RegistryEvent(
    source="aws.inspector2",
    detail_type="Inspector2 Coverage",
    members=frozenset({"scanStatus.reason", "scanStatus.statusCodeValue", "scanType"}),
    repository=None,
    documentation=_INSPECTOR,
    unverified="the sample is of an EC2 instance; that an image's event names the image in `resources` "
    "follows from the other samples",
)
"""Amazon Inspector scans a resource, or no longer does, and why."""

REPLICATION_ACTION: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="ECR Replication Action",
    members=frozenset(
        {
            "result",
            "repository-name",
            "image-digest",
            "source-account",
            "source-region",
            "action-type",
            "image-tag",
        }
    ),
    repository="repository-name",
    documentation=_ECR,
    unverified="whether the source registry sees it as well: the sample is the destination's",
)
"""An image was replicated, or was not: ``result`` is ``SUCCESS`` or ``FAILED``."""

CACHE_ACTION: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="ECR Pull Through Cache Action",
    members=frozenset(
        {
            "sync-status",
            "ecr-repository-prefix",
            "repository-name",
            "upstream-registry-url",
            "image-tag",
            "image-digest",
        }
    ),
    repository="repository-name",
    documentation=_ECR,
    unverified="the word FAILED: the sample shows SUCCESS",
)
"""A pull-through cache asked its upstream."""

IMAGE_ACTION: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="ECR Image Action",
    members=frozenset(
        {
            "result",
            "repository-name",
            "image-digest",
            "action-type",
            "image-tag",
            "target-storage-class",
            "manifest-media-type",
            "artifact-media-type",
            "last-activated-at",
        }
    ),
    repository="repository-name",
    documentation=_ECR,
)
"""An image was pushed, deleted, archived or restored."""

LIFECYCLE_EXECUTION: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="AWS Service Event via CloudTrail",
    members=frozenset(
        {
            "eventSource",
            "eventName",
            "serviceEventDetails.repositoryName",
            "serviceEventDetails.lifecycleEventImageActions.lifecycleEventImage.digest",
            "serviceEventDetails.lifecycleEventFailureDetails.failureCode",
        }
    ),
    repository="serviceEventDetails.repositoryName",
    documentation=_CLOUDTRAIL,
)
"""A lifecycle policy acted on images, or could not: ``eventName`` is ``PolicyExecutionEvent``.

It takes a CloudTrail trail that logs, and a rule in the state `STATE_WITH_READ_ONLY_EVENTS`, since the event
says ``"readOnly": true``. Ten images and more come in several events.
Also: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

CREATE_REPOSITORY_CALL: Final = RegistryEvent(
    source="aws.ecr",
    detail_type="AWS API Call via CloudTrail",
    members=frozenset(
        {
            "eventSource",
            "eventName",
            "errorCode",
            "requestParameters.repositoryName",
            "userIdentity.sessionContext.sessionIssuer.arn",
        }
    ),
    repository="requestParameters.repositoryName",
    documentation=_CLOUDTRAIL,
)
"""Somebody called ``CreateRepository``; ``errorCode`` is there only if ECR refused.

It takes a CloudTrail trail that logs management events. Of a role that somebody has assumed, the session's
issuer is the role: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

REGISTRY_EVENTS: Final = (
    BASIC_SCAN,
    ENHANCED_SCAN,
    ENHANCED_FINDING,
    COVERAGE_CHANGE,
    REPLICATION_ACTION,
    CACHE_ACTION,
    IMAGE_ACTION,
    LIFECYCLE_EXECUTION,
    CREATE_REPOSITORY_CALL,
)
"""Every kind of event that a construct here makes a rule for. A failed signing sends none."""
