"""Repository creation templates (facts §2, §3); their prefix is `CreationTemplatePrefix`."""

from __future__ import annotations

import re
from enum import StrEnum

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "CUSTOM_ROLE_ARN_PATTERN",
    "MAX_CUSTOM_ROLE_ARN_LENGTH",
    "MAX_DESCRIPTION_LENGTH",
    "ROLE_ACTIONS",
    "ROLE_KMS_ACTIONS",
    "SERVICE_PRINCIPAL",
    "AppliedFor",
    "check_custom_role_arn",
]

MAX_DESCRIPTION_LENGTH = 256
MAX_CUSTOM_ROLE_ARN_LENGTH = 2048

CUSTOM_ROLE_ARN_PATTERN = r"arn:aws[-a-z0-9]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,\-.@_]+"
"""The role that ECR assumes to create repositories with a KMS key or resource tags; without an IAM path.

The API would take a path; CloudFormation's schema has no ``/`` in the role's name and refuses one.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repositorycreationtemplate.html
"""

SERVICE_PRINCIPAL = "ecr.amazonaws.com"
"""Whom the custom role trusts.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
"""

ROLE_ACTIONS = ("ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource")
ROLE_KMS_ACTIONS = ("kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant")
"""What the custom role may do: the first always, the second on the template's KMS key."""

_CUSTOM_ROLE_ARN = re.compile(CUSTOM_ROLE_ARN_PATTERN)


class AppliedFor(StrEnum):
    """The ways in which ECR itself creates a repository, and for which a template can apply.

    A template never applies to a repository that is created by an API call, CloudFormation or the console.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """

    REPLICATION = "REPLICATION"
    """At the destination of a replication. Without a template: ECR's defaults."""

    PULL_THROUGH_CACHE = "PULL_THROUGH_CACHE"
    """At the first pull through a cache. Without a template: ECR's defaults."""

    CREATE_ON_PUSH = "CREATE_ON_PUSH"
    """At a push to a name that does not exist. Without a template the push fails (facts §3)."""


def check_custom_role_arn(arn: str) -> str:
    """Return the ARN if a creation template can name this role in CloudFormation.

    Args:
        arn: The ARN of an IAM role without a path.

    Raises:
        InvalidValueError: It is no role's ARN, or the role has a path.
    """
    if len(arn) > MAX_CUSTOM_ROLE_ARN_LENGTH or not _CUSTOM_ROLE_ARN.fullmatch(arn):
        has_path = arn.partition(":role/")[2].count("/") > 0
        raise InvalidValueError(
            f"{arn!r} cannot be the role of a creation template"
            + (": it has an IAM path" if has_path else ""),
            where="creation template",
            allowed="the ARN of an IAM role without a path, arn:aws:iam::<account>:role/<name>",
            fix="create the role without a path" if has_path else None,
        )
    return arn
