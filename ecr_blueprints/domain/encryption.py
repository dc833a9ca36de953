"""Encryption at rest (facts §13)."""

from __future__ import annotations

import re
from enum import StrEnum

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_KMS_KEY_LENGTH",
    "TEMPLATE_KMS_KEY_PATTERN",
    "EncryptionType",
    "check_template_kms_key",
    "has_dual_layer_encryption",
]

MAX_KMS_KEY_LENGTH = 2048
"""In characters, of a key's ARN, id or alias."""

TEMPLATE_KMS_KEY_PATTERN = r"arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+"
"""A creation template names its key by the key's full ARN: neither by id nor by alias.

CloudFormation's schema lets any text pass, and the API refuses it at deploy (facts §2).
Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
"""

_TEMPLATE_KMS_KEY = re.compile(TEMPLATE_KMS_KEY_PATTERN)


class EncryptionType(StrEnum):
    """How a repository's layers are encrypted; fixed when the repository is created.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """

    AES256 = "AES256"
    """By keys that Amazon S3 manages. ECR's default."""

    KMS = "KMS"
    """By a KMS key, ``aws/ecr`` unless another is named. A key of one's own lies in the same Region."""

    KMS_DSSE = "KMS_DSSE"
    """Twice, by KMS. Per the guide in AWS GovCloud (US) only, although the API accepts it everywhere."""


def check_template_kms_key(key: str) -> str:
    """Return the key if a repository creation template can name it.

    Args:
        key: The key's ARN.

    Raises:
        InvalidValueError: It is a key id, an alias or no key at all.
    """
    if len(key) > MAX_KMS_KEY_LENGTH or not _TEMPLATE_KMS_KEY.fullmatch(key):
        raise InvalidValueError(
            f"{key!r} cannot be the KMS key of a creation template",
            where="creation template",
            allowed="the ARN of a key in the template's Region, arn:aws:kms:<region>:<account>:key/<id>",
            fix="give the key's ARN instead of its id or alias",
        )
    return key


def has_dual_layer_encryption(region: str) -> bool:
    """Whether the guide says that ``KMS_DSSE`` can be had in a Region: in AWS GovCloud (US) alone.

    The API's and CloudFormation's enumerations hold it everywhere, so that nothing but a deployment tells.

    Args:
        region: The Region.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    return region.startswith("us-gov-")
