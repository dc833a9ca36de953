"""What follows a repository in an image's URI."""

from __future__ import annotations

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import InvalidValueError

__all__ = ["image_suffix"]


def image_suffix(*, tag: str | None, digest: str | None, where: str) -> str:
    """What follows the repository in an image's URI: ``@sha256:…`` or ``:v1.4.2``.

    Args:
        tag: The tag; checked unless it is a token.
        digest: The digest, ``sha256:`` and 64 hexadecimal digits; checked unless it is a token.
        where: The call that the error names.

    Raises:
        InvalidValueError: Neither is given or both are, or the one given is malformed.
    """
    check_arguments({"tag": tag, "digest": digest}, {"tag": TEXT, "digest": TEXT}, where=where)
    if (tag is None) is (digest is None):
        raise InvalidValueError(
            "neither a digest nor a tag is given" if tag is None else "a digest and a tag are given",
            where=where,
            allowed="exactly one of digest and tag",
            fix="give tag='…', or digest='sha256:…', which always means the same image",
        )
    if digest is not None:
        return f"@{digest if is_token(digest) else ImageDigest(digest)}"
    assert tag is not None
    return f":{tag if is_token(tag) else check_image_tag(tag)}"
