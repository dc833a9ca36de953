"""Whether what a template would say of a repository's encryption differs from what the repository has."""

from __future__ import annotations

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.registry.encryption import Encryption

__all__ = ["in_words", "is_change"]


def is_change(existing: Encryption, wanted: Encryption) -> bool:
    """Whether the one is certainly not the other, so that CloudFormation would replace the repository.

    Keys are compared where both are known by the ARN of a key: what is wanted may be a token, an alias, or
    nothing, which means ``aws/ecr``, whose ARN no template knows.

    Args:
        existing: What the repository has.
        wanted: What is about to be rendered.
    """
    if not isinstance(existing.type, EncryptionType) or not isinstance(wanted.type, EncryptionType):
        return False
    if existing.type is not wanted.type:
        return True
    keys = (existing.kms_key, wanted.kms_key)
    return all(isinstance(key, str) and ":key/" in key for key in keys) and keys[0] != keys[1]


def in_words(encryption: Encryption) -> str:
    """The encryption as a person says it."""
    kind = encryption.type.value if isinstance(encryption.type, EncryptionType) else "an unknown encryption"
    return f"{kind} with the key {encryption.kms_key}" if isinstance(encryption.kms_key, str) else kind
