"""Names of S3's buckets."""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = ["BUCKET_NAME_PATTERN", "check_bucket_name"]

BUCKET_NAME_PATTERN: Final = (
    r"(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
)
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""


def check_bucket_name(name: str) -> str:
    """Return the name if a general purpose bucket can have it.

    Raises:
        InvalidValueError: It cannot.
    """
    if not re.fullmatch(BUCKET_NAME_PATTERN, name):
        raise InvalidValueError(
            f"{name!r} is not the name of a bucket",
            where="bucket",
            allowed="3 to 63 lower-case letters, digits, hyphens and dots, no wildcard and no ARN",
        )
    return name
