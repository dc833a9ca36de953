"""Resource tags as AWS takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.quotas import REPOSITORY_TAGS
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_resource_tags"]

_MAX_KEY_LENGTH: Final = 128
_MAX_VALUE_LENGTH: Final = 256


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
    if not is_token(key):
        if not 1 <= len(key) <= _MAX_KEY_LENGTH:
            raise InvalidValueError(
                f"a tag key has {len(key)} characters", where=where, allowed=f"1 to {_MAX_KEY_LENGTH}"
            )
        if key.lower().startswith("aws:"):
            raise InvalidValueError(
                f"the tag key {key!r} begins with 'aws:', which AWS keeps for itself",
                where=where,
                fix="use another key",
            )
    if not is_token(value) and len(value) > _MAX_VALUE_LENGTH:
        raise InvalidValueError(
            f"the value of the tag {key!r} has {len(value)} characters",
            where=where,
            allowed=f"at most {_MAX_VALUE_LENGTH}",
        )
