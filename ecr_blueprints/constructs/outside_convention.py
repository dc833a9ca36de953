"""Repositories of a kind of their own, whose names its registry's naming convention is not about."""

from __future__ import annotations

from collections.abc import Mapping

from ecr_blueprints.constructs.argument_type import check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.image_repository_arguments import IMAGE_REPOSITORY_ARGUMENTS
from ecr_blueprints.constructs.owner_tags import OWNER_SEGMENT, OWNER_TAG
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.errors import InvalidValueError

__all__ = ["owner_outside_convention", "reason_outside_convention"]


def reason_outside_convention(registry: RegistryReference | None, kind: str) -> str | None:
    """The reason to record in the registry; None where it has no convention.

    Args:
        registry: The registry; None if the repository belongs to none.
        kind: What the repository is, such as ``a Helm chart``.
    """
    if registry is None or registry.ledger.production.convention is None:
        return None
    return f"{kind}, which the convention is not about"


def owner_outside_convention(
    registry: RegistryReference | None,
    *,
    owner: str | None,
    tags: Mapping[str, str] | None,
    follows: str | None = None,
    where: str,
) -> str | None:
    """The owner of a repository whose own name does not say it.

    Args:
        registry: The registry; None if the repository belongs to none.
        owner: As given.
        tags: The tags as given, which may hold the owner too.
        follows: A name that may follow the convention, such as that of what is built. Default: none.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A value of another type, or no owner although the registry reads owners from names.

    Practices: NAME-3
    """
    check_arguments({"owner": owner, "tags": tags}, IMAGE_REPOSITORY_ARGUMENTS, where=where)
    if owner is not None or registry is None or OWNER_TAG in (tags or {}):
        return owner
    convention = registry.ledger.production.convention
    if convention is None or OWNER_SEGMENT not in convention.segments:
        return None
    segments = None if follows is None or is_token(follows) else convention.match(follows)
    if segments is not None:
        return segments[OWNER_SEGMENT]
    raise InvalidValueError(
        f"no owner is given, and the name does not say it as the convention {str(convention)!r} has it",
        where=where,
        allowed="the owner, for the tag that each repository of the registry has",
        fix='write owner="…"',
    )
