"""Encryption that ``ecr.Repository`` does not take, written on its resource."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ecr as ecr
from aws_cdk.interfaces.aws_kms import IKeyRef

from ecr_blueprints.constructs.encryption_key import check_repository_key
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError

__all__ = ["RepositoryEncryption", "read_encryption"]


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
    if isinstance(key, str):
        check_repository_key(key, region, where=where)
    elif key is not None and not hasattr(key, "key_ref"):
        raise InvalidValueError(
            f"encryption_key is of the type {type(key).__name__}",
            where=where,
            allowed="a key as a construct, or its full ARN as a text",
        )
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
        arn = key if key is None or isinstance(key, str) else key.key_ref.key_arn
        written = ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type=kind.value, kms_key=arn)
        return RepositoryEncryption(for_resource=written)
    if isinstance(encryption, EncryptionType):
        is_kms = encryption is EncryptionType.KMS
        encryption = ecr.RepositoryEncryption.KMS if is_kms else ecr.RepositoryEncryption.AES_256
    return RepositoryEncryption(for_cdk=encryption, key_for_cdk=key)


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
