"""The pseudo parameters, as far as a stack's account, Region and name are known.

``AWS::Partition`` and ``AWS::URLSuffix`` follow from the Region and are those of the commercial partition
where the Region is not known: without a Region there is nothing else that tells them apart, and an account
id in a policy means the same principal in each.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.text_functions import NO_VALUE
from ecr_blueprints.domain.principals import PARTITIONS, Partition
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["pseudo_parameter"]


def pseudo_parameter(stack: Stack, name: str) -> Any:
    """The value of a pseudo parameter: text, `NO_VALUE`, or Unresolved.

    Args:
        stack: The stack in which it stands.
        name: Such as ``AWS::Region``.
    """
    value: Any = None
    if name == "AWS::NoValue":
        return NO_VALUE
    if name == "AWS::Region":
        value = stack.region
    elif name == "AWS::AccountId":
        value = stack.account
    elif name == "AWS::Partition":
        value = _partition(stack.region).name
    elif name == "AWS::URLSuffix":
        value = _partition(stack.region).dns_suffix
    elif name == "AWS::StackName":
        value = stack.name
    return Unresolved(f"Ref: {name}", depends_on=name) if value is None else value


def _partition(region: str | None) -> Partition:
    if region is None:
        return PARTITIONS[-1]
    return next(partition for partition in PARTITIONS if region.startswith(partition.region_prefix))
