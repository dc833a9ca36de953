"""``AWS::ECR::PullTimeUpdateExclusion``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-pulltimeupdateexclusion.html
"""

from __future__ import annotations

from typing import Final

from ecr_blueprints.cloudformation.readers.resource import Resource, as_property_text, malformed
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion

__all__ = ["RESOURCE_TYPE", "read_pull_time_exclusion"]

RESOURCE_TYPE: Final = "AWS::ECR::PullTimeUpdateExclusion"


def read_pull_time_exclusion(resource: Resource) -> PullTimeExclusion:
    """Reads one pull-time update exclusion."""
    arn = as_property_text(resource.get("PrincipalArn"), "PrincipalArn")
    return PullTimeExclusion(
        source=resource.source,
        principal_arn=malformed(None, "PrincipalArn is missing") if arn is None else arn,
    )
