"""The metrics by which CloudWatch tells how near a quota of Amazon ECR is (facts §16).

They are all that ECR publishes in ``AWS/Usage``; there is none of failed pulls, image age or finding counts.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/monitoring-usage.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "API_CALLS",
    "DEAD_LETTERS",
    "DEAD_LETTERS_DIMENSION",
    "DEAD_LETTERS_NAMESPACE",
    "REPOSITORY_COUNT",
    "USAGE_METRICS",
    "USAGE_NAMESPACE",
    "UsageMetric",
    "image_count_of",
]

USAGE_NAMESPACE: Final = "AWS/Usage"

DEAD_LETTERS_NAMESPACE: Final = "AWS/SQS"
DEAD_LETTERS: Final = "ApproximateNumberOfMessagesVisible"
DEAD_LETTERS_DIMENSION: Final = "QueueName"
"""How many alerts wait in a dead-letter queue.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageMetric:
    """One metric that has a service quota.

    Attributes:
        name: ``CallCount`` or ``ResourceCount``.
        resource: What is counted: an API action, or a kind of resource.
        dimensions: Its dimensions, name and value.
        statistic: The one that means something.
        period_seconds: The period that it is published for.
    """

    name: str
    resource: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_seconds: int


def _calls(action: str) -> UsageMetric:
    """The calls of an API action, by the minute.

    ECR's page says that it does not use the dimension ``Class``; the metric has it all the same, as every API
    usage metric, with the value ``None``, and a metric is found by all of its dimensions only. (AWS says so
    of CloudWatch's own metrics, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Usage-Metrics.html;
    of ECR's, third parties' alarms made by the Service Quotas console show it.)
    """
    return UsageMetric(
        name="CallCount",
        resource=action,
        dimensions=(("Class", "None"), ("Resource", action), ("Service", "ECR"), ("Type", "API")),
        statistic="Sum",
        period_seconds=60,
    )


API_CALLS: Final = tuple(
    _calls(action)
    for action in (
        "GetAuthorizationToken",
        "BatchCheckLayerAvailability",
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
        "PutImage",
        "BatchGetImage",
        "GetDownloadUrlForLayer",
    )
)
"""The API actions whose rates are metered: those of pushing and pulling."""

REPOSITORY_COUNT: Final = UsageMetric(
    name="ResourceCount",
    resource="RepositoryCount",
    dimensions=(("Resource", "RepositoryCount"), ("Service", "ECR"), ("Type", "RESOURCE")),
    statistic="Maximum",
    period_seconds=300,
)
"""The repositories of the registry. Dimensions as the page has them; against a live account (unverified)."""

USAGE_METRICS: Final = (*API_CALLS, REPOSITORY_COUNT)


def image_count_of(repository_name: str) -> UsageMetric:
    """The images of one repository.

    Args:
        repository_name: Its name.
    """
    return UsageMetric(
        name="ResourceCount",
        resource="ImagesPerRepositoryCount",
        dimensions=(
            ("Resource", "ImagesPerRepositoryCount"),
            ("ResourceId", f"repository/{repository_name}"),
            ("Service", "ECR"),
            ("Type", "RESOURCE"),
        ),
        statistic="Maximum",
        period_seconds=300,
    )
