"""Stack sets of AWS CloudFormation that an organization's service-managed permissions deploy.

They never reach the organization's management account, even where it is in a unit that they target.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "EXECUTION_ROLE_NAME_PATTERN",
    "MAX_STACK_SET_DESCRIPTION_LENGTH",
    "MAX_TEMPLATE_BODY_BYTES",
    "NAMED_IAM_PROPERTIES",
    "STACK_SET_NAME_PATTERN",
    "CallAs",
    "Capability",
    "RegionConcurrency",
    "check_stack_set_name",
]

MAX_TEMPLATE_BODY_BYTES: Final = 51_200
"""Bytes of a template that stands in the request itself, and so of ``TemplateBody``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

STACK_SET_NAME_PATTERN: Final = r"[a-zA-Z][a-zA-Z0-9\-]{0,127}"
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html"""

MAX_STACK_SET_DESCRIPTION_LENGTH: Final = 1024
"""Characters. Source: the same page."""

EXECUTION_ROLE_NAME_PATTERN: Final = "stacksets-exec-*"
"""The role with which CloudFormation deploys in each account, an administrator's; it is made by itself.

It cannot make nested stacks, and no template with transforms or macros.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
"""

NAMED_IAM_PROPERTIES: Final = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
"""Type → the property that gives it a name, for which `Capability.NAMED_IAM` has to be acknowledged.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
"""

_NAME: Final = re.compile(STACK_SET_NAME_PATTERN)


class CallAs(StrEnum):
    """From which account of the organization a stack set is deployed."""

    SELF = "SELF"
    """From the management account."""

    DELEGATED_ADMIN = "DELEGATED_ADMIN"
    """From a member account that is registered as CloudFormation's delegated administrator."""


class Capability(StrEnum):
    """What the deployer of a template acknowledges; `NAMED_IAM` includes `IAM`."""

    IAM = "CAPABILITY_IAM"
    NAMED_IAM = "CAPABILITY_NAMED_IAM"


class RegionConcurrency(StrEnum):
    """Whether Regions are deployed to one after the other."""

    SEQUENTIAL = "SEQUENTIAL"
    PARALLEL = "PARALLEL"


def check_stack_set_name(name: str) -> str:
    """Return the name if a stack set can have it.

    Args:
        name: 1 to 128 letters, digits and hyphens, of which the first is a letter.

    Raises:
        InvalidValueError: It cannot.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{name!r} is not the name of a stack set",
            where="stack set",
            allowed="1 to 128 letters, digits and hyphens, beginning with a letter",
        )
    return name
