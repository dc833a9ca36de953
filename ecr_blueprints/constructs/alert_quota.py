"""Alarms on the quotas of Amazon ECR, before they are hit."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ecr_blueprints.domain.usage_metric import USAGE_NAMESPACE, UsageMetric

__all__ = ["quota_alarm"]


def quota_alarm(
    scope: Construct, construct_id: str, *, metric: UsageMetric, percentage: int, topic_arn: str
) -> cloudwatch.CfnAlarm:
    """An alarm that goes off when usage reaches a part of its quota, whatever the quota is at the time.

    The quota is the account's own, by ``SERVICE_QUOTA``, so that one that AWS has raised is not alarmed of.

    Args:
        scope: The construct to belong to.
        construct_id: The alarm's id.
        metric: The usage.
        percentage: From how much of the quota on.
        topic_arn: Where it tells of it.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
    """
    stat = cloudwatch.CfnAlarm.MetricStatProperty(
        metric=cloudwatch.CfnAlarm.MetricProperty(
            namespace=USAGE_NAMESPACE,
            metric_name=metric.name,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                for name, value in metric.dimensions
            ],
        ),
        period=metric.period_seconds,
        stat=metric.statistic,
    )
    return cloudwatch.CfnAlarm(
        scope,
        construct_id,
        alarm_description=f"Amazon ECR: {metric.resource} reaches {percentage} % of its quota",
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=percentage,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        alarm_actions=[topic_arn],
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(id="usage", metric_stat=stat, return_data=False),
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="percentage",
                expression="(usage/SERVICE_QUOTA(usage))*100",
                label="% of the quota",
                return_data=True,
            ),
        ],
    )
