"""Encryption at rest, as repositories and creation templates spell it (facts §13)."""

from __future__ import annotations

from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_member,
    as_property_text,
    as_unresolved,
    malformed,
)
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_encryption"]


def read_encryption(resource: Resource) -> Encryption | Unresolved | Malformed:
    """Reads ``EncryptionConfiguration``.

    Args:
        resource: A repository or a creation template.
    """
    configuration = resource.get("EncryptionConfiguration")
    if configuration is None:
        return Encryption()
    if isinstance(configuration, Unresolved | Malformed):
        return configuration
    if not isinstance(configuration, dict):
        return malformed(configuration, "EncryptionConfiguration is no mapping")
    kind = as_member(EncryptionType, configuration.get("EncryptionType"), "EncryptionType")
    if kind is None:
        return malformed(configuration, "EncryptionConfiguration has no EncryptionType")
    if isinstance(kind, Malformed):
        return kind
    key = as_property_text(configuration.get("KmsKey"), "KmsKey")
    return Encryption(type=kind, kms_key=as_unresolved(key) if isinstance(key, Malformed) else key)
