"""The digest of an image."""

from __future__ import annotations

import re
from typing import Self

from ecr_blueprints.errors import InvalidValueError

__all__ = ["IMAGE_DIGEST_PATTERN", "ImageDigest"]

IMAGE_DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"
"""The digest that ECR gives an image.

Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#sha-256
"""

_DIGEST = re.compile(IMAGE_DIGEST_PATTERN)


class ImageDigest(str):
    """The digest of an image's manifest, which always means the same image; valid once it exists.

    It is a string: it goes wherever a digest goes.

    Args:
        value: ``sha256:`` and 64 lower-case hexadecimal digits.

    Raises:
        InvalidValueError: The text is no digest.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Check the digest."""
        if not _DIGEST.fullmatch(value):
            bare = re.fullmatch(r"[0-9a-f]{64}", value.lower().removeprefix("sha256:"))
            raise InvalidValueError(
                f"{value!r} is not an image digest",
                where="image digest",
                allowed="sha256: and 64 lower-case hexadecimal digits",
                fix=None if bare is None else f"write 'sha256:{bare.group()}'",
            )
        return super().__new__(cls, value)
