"""Resource tags that say whose a repository is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ecr_blueprints.constructs.resource_tags import check_resource_tags
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.domain.naming_convention import NamingConvention

__all__ = ["OWNER_SEGMENT", "OWNER_TAG", "owner_tags"]

OWNER_TAG = "owner"
"""The key of the tag that names the team to which a repository belongs."""

OWNER_SEGMENT = "team"
"""The segment of a naming convention that gives the owner where none is named."""


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
        InvalidValueError: A key or value that AWS does not take, an empty owner, two different ones, or too
            many tags.

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
    check_resource_tags(given, where="ImageRepository(tags=…)")
    if not given.get(OWNER_TAG, "-").strip():
        raise InvalidValueError(
            f"the owner {given[OWNER_TAG]!r} has 0 characters besides spaces",
            where="owner",
            allowed="a name of at least one character",
            fix="name the team, or leave the owner out",
        )
    return {key: given[key] for key in sorted(given, key=lambda key: (key != OWNER_TAG, key))}


def _owner_in_name(repository_name: str | None, convention: NamingConvention | None) -> str | None:
    if repository_name is None or convention is None:
        return None
    segments = convention.match(repository_name)
    return None if segments is None else segments.get(OWNER_SEGMENT)
