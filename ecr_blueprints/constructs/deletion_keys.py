"""The second key to deleting a repository: a context value beside what the construct says.

The first key is on the construct, ``removal_policy=DESTROY`` with ``empty_on_delete=True``. The second is
a context value on its stage or app, so that neither a line in a construct library nor a line in
``cdk.json`` deletes images alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import IConstruct

from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.errors import InvalidValueError

__all__ = ["DELETION_CONTEXT_KEY", "allows_deletion", "check_removal", "is_deletion_allowed"]

DELETION_CONTEXT_KEY = "ecr-blueprints:allow-repository-deletion"
"""The context key: ``true`` for every repository below, or a list of names and construct paths with ``*``."""


def check_removal(
    policy: cdk.RemovalPolicy | None,
    *,
    empty_on_delete: bool | None = None,
    auto_delete_images: bool | None = None,
    where: str,
) -> None:
    """Refuse what no repository can do when it is removed.

    Args:
        policy: The removal policy as given.
        empty_on_delete: As given.
        auto_delete_images: As given.
        where: What the error names.

    Raises:
        InvalidValueError: A snapshot, or images deleted of a repository that is kept.
    """
    if policy is cdk.RemovalPolicy.SNAPSHOT:
        raise InvalidValueError(
            "a repository has no snapshots",
            where=where,
            allowed="RETAIN, RETAIN_ON_UPDATE_OR_DELETE, DESTROY",
        )
    if (empty_on_delete or auto_delete_images) and policy is not cdk.RemovalPolicy.DESTROY:
        asked = "empty_on_delete" if empty_on_delete else "auto_delete_images"
        raise InvalidValueError(
            f"{asked} is given for a repository that is kept",
            where=where,
            fix=f"add removal_policy=RemovalPolicy.DESTROY, or leave {asked} out",
        )


def is_deletion_allowed(construct: IConstruct, *, repository_name: str | None, construct_path: str) -> bool:
    """Whether the second key is turned for a repository.

    Args:
        construct: The repository's construct; its context, or that of the nearest stage above, counts.
        repository_name: The repository's name; None if CloudFormation generates it.
        construct_path: The construct's path, such as ``Dev/Images/Api``.

    Raises:
        InvalidValueError: The context value is neither true or false nor a list of patterns.
    """
    value = construct.node.try_get_context(DELETION_CONTEXT_KEY)
    return allows_deletion(value, repository_name=repository_name, construct_path=construct_path)


def allows_deletion(value: object, *, repository_name: str | None, construct_path: str) -> bool:
    """Whether a context value allows a repository's deletion.

    Args:
        value: None, True, False, a list of patterns, or a text as ``cdk -c`` gives it: ``true``, ``false``,
            or patterns with commas between them. A pattern is matched with the repository's whole name and
            with its whole construct path; ``*`` stands for any run of characters.
        repository_name: The repository's name; None if CloudFormation generates it.
        construct_path: The construct's path.

    Raises:
        InvalidValueError: The value is of another kind.
    """
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        if value.strip().lower() in ("true", "false", ""):
            return value.strip().lower() == "true"
        patterns: Sequence[object] = [part.strip() for part in value.split(",")]
    elif isinstance(value, Sequence):
        patterns = value
    else:
        raise _unusable(value)
    names = [construct_path] if repository_name is None else [repository_name, construct_path]
    allowed = False
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise _unusable(value)
        allowed = allowed or any(matches_wildcard(pattern, name) for name in names)
    return allowed


def _unusable(value: object) -> InvalidValueError:
    return InvalidValueError(
        f"{value!r} does not say which repositories may be deleted",
        where=f"context {DELETION_CONTEXT_KEY}",
        allowed="true, false, or a list of repository names or construct paths, in which * is a wildcard",
        fix='write for example ["dev/*"]',
    )
