"""Resource tags as AWS takes them."""

from __future__ import annotations

from collections.abc import Mapping

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.quotas import REPOSITORY_TAGS
from ecr_blueprints.domain.resource_tag import check_tag_key, check_tag_value
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_resource_tags"]


def check_resource_tags(tags: Mapping[str, str], *, where: str) -> None:
    """Refuse tags that a repository cannot have; tokens are passed over.

    Args:
        tags: All tags of one repository.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A key or value that AWS does not take, or too many of them.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
    """
    for key, value in tags.items():
        _check(key, value, f"{where}: tag {key!r}")
    if len(tags) > REPOSITORY_TAGS.value:
        raise InvalidValueError(
            f"{len(tags)} tags are given",
            where=where,
            allowed=f"at most {REPOSITORY_TAGS.value}",
            fix="leave some out",
        )


def _check(key: object, value: object, where: str) -> None:
    if not isinstance(key, str) or not isinstance(value, str):
        raise InvalidValueError(
            f"the tag {key!r} has the value {value!r}",
            where=where,
            allowed="texts",
            fix=f"write {str(key)!r}: {str(value)!r}" if isinstance(value, int | float) else None,
        )
    try:
        if not is_token(key):
            check_tag_key(key)
        if not is_token(value):
            check_tag_value(value)
    except InvalidValueError as error:
        raise InvalidValueError(error.what, where=where, allowed=error.allowed, fix=error.fix) from None
