"""Encryption that ``ecr.Repository`` does not take, written on its resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.encryption_key import (
    check_construct_region,
    check_key,
    check_repository_key,
    key_arn,
)
from ecr_blueprints.domain.encryption import EncryptionType, has_dual_layer_encryption
from ecr_blueprints.errors import InvalidValueError

__all__ = ["RepositoryEncryption", "read_encryption", "warn_of_dual_layer"]

_DUAL_LAYER_WARNING: Final = "ecr-blueprints:dual-layer-encryption"
"""The id of the warning that ``KMS_DSSE`` is asked where the guide does not offer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryEncryption:
    """The encryption of one repository, split by who writes it.

    Attributes:
        for_cdk: What ``ecr.Repository`` gets as ``encryption``.
        key_for_cdk: What it gets as ``encryption_key``.
        for_resource: What is written on the resource in their place; None if CDK does it.
    """

    for_cdk: ecr.RepositoryEncryption | None = None
    key_for_cdk: IKeyRef | None = None
    for_resource: ecr.CfnRepository.EncryptionConfigurationProperty | None = None


def read_encryption(
    encryption: ecr.RepositoryEncryption | EncryptionType | None,
    key: IKeyRef | str | None,
    *,
    region: str | None,
    where: str,
) -> RepositoryEncryption:
    """Split what was given.

    CDK writes AES-256 (nothing) and KMS with a key that is a construct. ``KMS_DSSE``, which it knows and
    refuses, and a key given by its ARN are written on the resource.

    Args:
        encryption: CDK's or the library's kind of encryption.
        key: The key, as a construct or an ARN.
        region: The repository's Region; None if it is not known.
        where: What the error names.

    Raises:
        InvalidValueError: A key is given with AES-256, is none, or lies in another Region; or a kind that ECR
            does not have.
    """
    if key is not None:
        check_key(key, argument="encryption_key", where=where)
    if isinstance(key, str):
        check_repository_key(key, region, where=where)
    elif key is not None:
        check_construct_region(key, region, where=where)
    kind = _kind(encryption, key, where)
    if kind is EncryptionType.AES256 and key is not None:
        raise InvalidValueError(
            "a KMS key is given with the encryption AES256",
            where=where,
            allowed="a key with KMS or KMS_DSSE",
            fix="leave encryption out: a key means KMS",
        )
    if kind is EncryptionType.KMS_DSSE or isinstance(key, str):
        assert kind is not None
        arn = None if key is None else key_arn(key)
        written = ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type=kind.value, kms_key=arn)
        return RepositoryEncryption(for_resource=written)
    if isinstance(encryption, EncryptionType):
        is_kms = encryption is EncryptionType.KMS
        encryption = ecr.RepositoryEncryption.KMS if is_kms else ecr.RepositoryEncryption.AES_256
    return RepositoryEncryption(for_cdk=encryption, key_for_cdk=key)


def warn_of_dual_layer(
    construct: Construct, encryption: ecr.RepositoryEncryption | EncryptionType, *, region: str | None
) -> None:
    """Warn of ``KMS_DSSE`` in a Region where the guide does not offer it; it is not refused.

    Args:
        construct: What asks for it.
        encryption: The kind, CDK's or the library's.
        region: Where; None if it is not known.
    """
    if region is None or encryption.value != EncryptionType.KMS_DSSE.value:
        return
    if not has_dual_layer_encryption(region):
        cdk.Validations.of(construct).add_warning(
            _DUAL_LAYER_WARNING,
            f"{construct.node.path} asks for KMS_DSSE in {region}: by ECR's guide AWS GovCloud (US) alone "
            "has it, although the API takes the value everywhere. Try it in a test stack first, or write KMS",
        )


def _kind(
    encryption: ecr.RepositoryEncryption | EncryptionType | None, key: object, where: str
) -> EncryptionType | None:
    if encryption is None:
        return None if key is None else EncryptionType.KMS
    if isinstance(encryption, EncryptionType):
        return encryption
    try:
        return EncryptionType(encryption.value)
    except ValueError:
        raise InvalidValueError(
            f"{encryption.value!r} is no encryption of ECR", where=where, allowed=", ".join(EncryptionType)
        ) from None
