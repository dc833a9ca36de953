"""KMS keys with which ECR encrypts (facts §13): who may do what, and the events that endanger them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ecr_blueprints.domain.encryption import MAX_KMS_KEY_LENGTH, TEMPLATE_KMS_KEY_PATTERN
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "ADMINISTRATION",
    "ALIAS_PATTERN",
    "API_CALL_DETAIL_TYPE",
    "ENDANGERING_CALLS",
    "KEY_API_SOURCE",
    "KEY_DELETED_DETAIL_TYPE",
    "KEY_EVENT_SOURCE",
    "MAX_ALIAS_LENGTH",
    "MAX_DESCRIPTION_LENGTH",
    "PENDING_DAYS",
    "REGISTRY_KEY_ALIAS",
    "REPOSITORY_CREATION",
    "KmsKeyArn",
    "check_key_alias",
    "check_pending_days",
    "ecr_via_service",
]

REPOSITORY_CREATION = ("kms:CreateGrant", "kms:DescribeKey")
"""What a key policy may let a principal do that creates repositories.

Amazon ECR creates two grants on the key for each repository, on behalf of whoever creates it, and uses the
key by them afterwards: neither push nor pull needs a permission of KMS. Who creates a repository needs
``kms:RetireGrant`` as well, which has to be in its IAM policy.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
"""

REGISTRY_KEY_ALIAS = "ecr-registry"
"""The alias, without ``alias/``, of a registry's key where no other was asked for; ours."""

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What a key's administrator does; none of it encrypts or decrypts.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

PENDING_DAYS = (7, 30)
"""How long a key waits for its deletion, in days: at least and, which is the default too, at most.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

MAX_DESCRIPTION_LENGTH = 8192
"""In characters. Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"""

MAX_ALIAS_LENGTH = 256
ALIAS_PATTERN = r"alias/(?!aws/)[a-zA-Z0-9/_-]+"
"""Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"""

_ALIAS = re.compile(ALIAS_PATTERN)
_KEY_ARN = re.compile(TEMPLATE_KMS_KEY_PATTERN)

KEY_EVENT_SOURCE = "aws.kms"
"""The source of KMS's own events and of those that CloudTrail delivers.

Source: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-kms.html
"""

API_CALL_DETAIL_TYPE = "AWS API Call via CloudTrail"
"""The kind of event that a call becomes; it takes a trail that logs the account's management events.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

KEY_API_SOURCE = "kms.amazonaws.com"
"""``detail.eventSource`` of a call to KMS."""

ENDANGERING_CALLS = ("DisableKey", "RevokeGrant", "ScheduleKeyDeletion")
"""Calls after which ECR cannot read what it has encrypted.

ECR retires its grants and never revokes one: a revoked grant takes one repository from it at once. The event
of each names the key's ARN in ``detail.resources``.
Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html and
https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html
"""

KEY_DELETED_DETAIL_TYPE = "KMS CMK Deletion"
"""The event of a key that is gone, from KMS itself and on a best-effort basis; ``resources`` names its ARN.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/kms-events.html
"""


@dataclass(frozen=True, slots=True)
class KmsKeyArn:
    """The ARN of a KMS key, taken apart.

    Attributes:
        value: The ARN.

    Raises:
        InvalidValueError: It is none, or that of an alias.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
    """

    value: str

    def __post_init__(self) -> None:
        """Check the form."""
        if len(self.value) > MAX_KMS_KEY_LENGTH or not _KEY_ARN.fullmatch(self.value):
            raise InvalidValueError(
                f"{self.value!r} is not the ARN of a KMS key",
                where="KMS key",
                allowed="arn:aws:kms:<region>:<account>:key/<id>; neither an id nor an alias",
                fix="give what `aws kms describe-key` answers as Arn",
            )

    @property
    def region(self) -> str:
        """The key's Region."""
        return self.value.split(":")[3]

    @property
    def account(self) -> str:
        """The account that owns the key."""
        return self.value.split(":")[4]


def ecr_via_service(region: str) -> str:
    """What ``kms:ViaService`` holds where ECR calls KMS for somebody.

    Args:
        region: The Region, or the token that stands for it.

    The same form is taken in every partition, as CDK does for other services; for China it is (unverified).
    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    return f"ecr.{region}.amazonaws.com"


def check_key_alias(alias: str) -> str:
    """Return the alias, with ``alias/`` before it, if a key can have it.

    Raises:
        InvalidValueError: It cannot; ``alias/aws/`` is AWS's own.
    """
    full = alias if alias.startswith("alias/") else f"alias/{alias}"
    if len(full) > MAX_ALIAS_LENGTH or not _ALIAS.fullmatch(full):
        raise InvalidValueError(
            f"{alias!r} cannot be the alias of a KMS key",
            where="alias",
            allowed="letters, digits, /, _ and -, 256 characters with alias/ before them; not alias/aws/…",
            fix='write for example "ecr-registry"',
        )
    return full


def check_pending_days(days: int) -> int:
    """Return the days that a key waits for its deletion, if KMS takes them.

    Raises:
        InvalidValueError: Too few or too many.
    """
    shortest, longest = PENDING_DAYS
    if not shortest <= days <= longest:
        raise InvalidValueError(
            f"a key cannot wait {days} days for its deletion",
            where="pending_days",
            allowed=f"{shortest} to {longest}",
            fix=f"leave it out for {longest}: until then every repository can be saved",
        )
    return days
