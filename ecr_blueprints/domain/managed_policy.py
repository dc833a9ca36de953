"""Managed policies of IAM."""

from __future__ import annotations

import re

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "AWS_POLICY_NAME_PATTERN",
    "MANAGED_POLICY_NAME_PATTERN",
    "MAX_MANAGED_POLICIES_PER_ROLE",
    "MAX_MANAGED_POLICY_DESCRIPTION_LENGTH",
    "MAX_MANAGED_POLICY_LENGTH",
    "MAX_MANAGED_POLICY_NAME_LENGTH",
    "check_aws_policy_name",
    "check_managed_policy_description",
    "check_managed_policy_name",
]

MAX_MANAGED_POLICY_NAME_LENGTH = 128
MANAGED_POLICY_NAME_PATTERN = r"[\w+=,.@-]+"
"""Letters, digits and underscores of ASCII alone.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
"""

AWS_POLICY_NAME_PATTERN = r"(?:[a-z-]+/)?[\w+=,.@-]{1,128}"
"""A managed policy of AWS's own by its name, with the path that some of them have.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

MAX_MANAGED_POLICY_LENGTH = 6_144
"""Characters of a managed policy, without white space; AWS does not raise it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

MAX_MANAGED_POLICIES_PER_ROLE = 10
"""Managed policies on one role, by default; AWS raises it on request. From the same page."""

MAX_MANAGED_POLICY_DESCRIPTION_LENGTH = 1_000
"""In characters; from the same page."""

_NAME = re.compile(MANAGED_POLICY_NAME_PATTERN, re.ASCII)


def check_managed_policy_name(name: str, *, where: str) -> str:
    """Return the name if IAM takes it for a managed policy.

    Args:
        name: The name, without a path.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It does not.
    """
    if len(name) > MAX_MANAGED_POLICY_NAME_LENGTH or not _NAME.fullmatch(name):
        long = len(name) > MAX_MANAGED_POLICY_NAME_LENGTH
        raise InvalidValueError(
            f"managed_policy_name is {f'{len(name):,} characters long' if long else repr(name)}",
            where=where,
            allowed=f"1 to {MAX_MANAGED_POLICY_NAME_LENGTH} characters: A-Z a-z 0-9 _ + = , . @ -",
            fix="write a shorter or plainer name, or leave it out to have one generated",
        )
    return name


def check_aws_policy_name(name: str) -> str:
    """Return the name if a managed policy of AWS can have it; whether there is one is not checked.

    Raises:
        InvalidValueError: It cannot.
    """
    if not re.fullmatch(AWS_POLICY_NAME_PATTERN, name, re.ASCII):
        raise InvalidValueError(
            f"{name!r} is not the name of a managed policy of AWS",
            where="policy",
            allowed="names such as AmazonEKSWorkerNodeMinimalPolicy or "
            "service-role/AmazonECSTaskExecutionRolePolicy, no ARN",
            fix=f"write {name.partition(':policy/')[2]}" if ":iam::aws:policy/" in name else None,
        )
    return name


def check_managed_policy_description(description: str, *, where: str) -> str:
    """Return the description if IAM takes it for a managed policy.

    Args:
        description: For people.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is too long.
    """
    if len(description) > MAX_MANAGED_POLICY_DESCRIPTION_LENGTH:
        raise InvalidValueError(
            f"the description has {len(description):,} characters",
            where=where,
            allowed=f"at most {MAX_MANAGED_POLICY_DESCRIPTION_LENGTH:,}",
            fix="shorten it",
        )
    return description
