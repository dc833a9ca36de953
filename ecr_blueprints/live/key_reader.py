"""Asks KMS whose a key is.

ECR tells the key of a repository by its ARN, also where it is ``aws/ecr``, which AWS manages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

__all__ = ["KmsClient", "is_customer_key"]

_CUSTOMER: Final = "CUSTOMER"
"""``KeyManager`` of a key that the account manages itself.

Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
"""


class KmsClient(Protocol):
    """What the reader needs of ``boto3.client("kms")``: one operation, which reads."""

    def describe_key(self, *, KeyId: str) -> Mapping[str, Any]:
        """A key's metadata."""


def is_customer_key(client: KmsClient, key_arn: str) -> bool:
    """Whether a key is the account's own, and not one that AWS manages.

    Args:
        client: A boto3 KMS client of the key's Region.
        key_arn: The key's ARN.
    """
    return bool(client.describe_key(KeyId=key_arn)["KeyMetadata"].get("KeyManager") == _CUSTOMER)
