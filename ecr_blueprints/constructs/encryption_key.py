"""The KMS key of a repository or of a creation template, as a construct or by its ARN."""

from __future__ import annotations

import re
from typing import Final

from aws_cdk.interfaces.aws_kms import IKeyRef

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_construct_region", "check_key", "check_key_region", "check_repository_key", "key_arn"]

_KMS_ARN: Final = re.compile(r"arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:(?:key|alias)/.+")


def check_repository_key(key_arn: str, region: str | None, *, where: str) -> None:
    """Refuse what cannot be the key of a repository in a Region; a token is passed over.

    Args:
        key_arn: The ARN of a key or of an alias.
        region: The repository's Region; None if it is not known.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is no such ARN, or lies in another Region.
    """
    if is_token(key_arn):
        return
    if not _KMS_ARN.fullmatch(key_arn):
        raise InvalidValueError(
            f"encryption_key is {key_arn!r}",
            where=where,
            allowed="a key as a construct, or its full ARN arn:aws:kms:<region>:<account>:key/<id>",
            fix="give the key's ARN instead of its id or alias",
        )
    check_key_region(key_arn, region, where=where)


def check_key_region(key_arn: str, region: str | None, *, where: str) -> None:
    """Refuse a key of another Region or partition: ECR encrypts with keys of its own Region.

    Args:
        key_arn: The key's ARN.
        region: Where the repositories are; None if it is not known.
        where: The construct, for the error.

    Raises:
        InvalidValueError: The key lies elsewhere.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    _, partition, _, key_region, *_ = key_arn.split(":")
    _check_same(key_region, region, where)
    expected = partition_of(key_region).name
    if partition != expected:
        raise InvalidValueError(
            f"the KMS key is of the partition {partition}, and {key_region} lies in {expected}",
            where=where,
            allowed=f"a key of the partition {expected}",
            fix=f"write {key_arn.replace(f'arn:{partition}:', f'arn:{expected}:', 1)!r}",
        )


def _check_same(key_region: str, region: str | None, where: str) -> None:
    if region is not None and key_region != region:
        raise InvalidValueError(
            f"the KMS key lies in {key_region}, the registry in {region}",
            where=where,
            allowed=f"a key in {region}",
            fix="use a key or a multi-Region replica in the registry's Region",
        )


def check_key(key: object, *, argument: str, where: str) -> None:
    """Refuse what is neither a key of CDK nor a text.

    Args:
        key: As given.
        argument: Its name, for the error.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is something else.
    """
    # By the class where that says it: asking the object may be a call into Node.js.
    if isinstance(key, str) or hasattr(type(key), "key_ref") or hasattr(key, "key_ref"):
        return
    raise InvalidValueError(
        f"{argument} is {key!r}" if key is None else f"{argument} is of the type {type(key).__name__}",
        where=where,
        allowed="a key as a construct, or its full ARN as a text",
    )


def check_construct_region(key: IKeyRef, region: str | None, *, where: str) -> None:
    """Refuse a key that belongs to a stack of another Region, where both are known.

    Args:
        key: The key as a construct.
        region: Where the repositories are; None if it is not known.
        where: The construct, for the error.

    Raises:
        InvalidValueError: The key lies elsewhere.
    """
    key_region = None if region is None else key.env.region
    if key_region is not None and not is_token(key_region):
        _check_same(key_region, region, where)


def key_arn(key: IKeyRef | str) -> str:
    """The key's ARN, or the token that stands for it.

    Args:
        key: The key, as a construct or its ARN.
    """
    return key if isinstance(key, str) else key.key_ref.key_arn
