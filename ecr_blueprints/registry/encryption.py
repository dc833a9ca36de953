"""Encryption at rest of a repository or of what a creation template makes."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.registry.unresolved import Resolvable

__all__ = ["Encryption"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The encryption configuration; fixed when the repository is created (facts §13).

    Attributes:
        type: ``AES256`` (ECR's default), ``KMS`` or ``KMS_DSSE``.
        kms_key: The key as given; None means the AWS-managed ``aws/ecr`` key where ``type`` is KMS.
    """

    type: Resolvable[EncryptionType] = EncryptionType.AES256
    kms_key: Resolvable[str] | None = None
