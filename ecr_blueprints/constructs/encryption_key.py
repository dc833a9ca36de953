"""The KMS key of a repository or of a creation template, where it is given by its ARN."""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_key_region", "check_repository_key"]

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
    """Refuse a key of another Region: ECR encrypts with keys of its own.

    Args:
        key_arn: The key's ARN.
        region: Where the repositories are; None if it is not known.
        where: The construct, for the error.

    Raises:
        InvalidValueError: The key lies elsewhere.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    key_region = key_arn.split(":")[3]
    if region is not None and key_region != region:
        raise InvalidValueError(
            f"the KMS key lies in {key_region}, the registry in {region}",
            where=where,
            allowed=f"a key in {region}",
            fix="use a key or a multi-Region replica in the registry's Region",
        )
