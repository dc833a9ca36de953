"""Resource tags that say whose a repository is."""

from __future__ import annotations

from collections.abc import Mapping

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.quotas import REPOSITORY_TAGS
from ecr_blueprints.errors import InvalidValueError

__all__ = ["OWNER_SEGMENT", "OWNER_TAG", "owner_tags"]

OWNER_TAG = "owner"
"""The key of the tag that names the team to which a repository belongs."""

OWNER_SEGMENT = "team"
"""The segment of a naming convention that gives the owner where none is named."""

_MAX_KEY_LENGTH = 128
_MAX_VALUE_LENGTH = 256


def owner_tags(
    *,
    owner: str | None,
    tags: Mapping[str, str] | None,
    repository_name: str | None,
    convention: NamingConvention | None,
) -> dict[str, str]:
    """The tags of a repository.

    Args:
        owner: The owner as given; None to take it from the name's ``team`` segment, if there is one.
        tags: Further tags, which may hold the owner tag themselves.
        repository_name: The repository's name; None if it is not known.
        convention: How repositories are named; None if that is not declared.

    Returns:
        The tags in the order of their keys, the owner first.

    Raises:
        InvalidValueError: A key or value that AWS does not take, two different owners, or too many tags.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html

    Practices: NAME-3
    """
    given = {} if tags is None else dict(tags)
    if owner is not None and given.get(OWNER_TAG, owner) != owner:
        raise InvalidValueError(
            f"two owners are named, {owner!r} and {given[OWNER_TAG]!r}",
            where=f"ImageRepository(owner=…, tags={{{OWNER_TAG!r}: …}})",
            fix="name the owner once",
        )
    if owner is None and OWNER_TAG not in given:
        owner = _owner_in_name(repository_name, convention)
    if owner is not None:
        given[OWNER_TAG] = owner
    for key, value in given.items():
        _check(key, value)
    if len(given) > REPOSITORY_TAGS.value:
        raise InvalidValueError(
            f"{len(given)} tags are given",
            where="ImageRepository(tags=…)",
            allowed=f"at most {REPOSITORY_TAGS.value}",
            fix="leave some out",
        )
    return {key: given[key] for key in sorted(given, key=lambda key: (key != OWNER_TAG, key))}


def _owner_in_name(repository_name: str | None, convention: NamingConvention | None) -> str | None:
    if repository_name is None or convention is None:
        return None
    segments = convention.match(repository_name)
    return None if segments is None else segments.get(OWNER_SEGMENT)


def _check(key: str, value: str) -> None:
    where = f"ImageRepository(tags={{{key!r}: …}})"
    if not isinstance(key, str) or not isinstance(value, str):
        raise InvalidValueError(f"the tag {key!r} has the value {value!r}", where=where, allowed="texts")
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
