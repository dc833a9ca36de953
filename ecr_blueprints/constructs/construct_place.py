"""The place of a construct in the tree, looked at before the construct exists."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_free", "check_place", "path_under"]


def check_place(scope: object, construct_id: object, *, kind: str) -> None:
    """Refuse a place in which no construct of a stack can be.

    Args:
        scope: The construct to belong to.
        construct_id: The id.
        kind: The construct's class, for the error.

    Raises:
        InvalidValueError: The scope is no construct, an app or a stage, or the id is no text.
    """
    where = f"{kind}({construct_id!r})"
    if not isinstance(scope, Construct) or isinstance(scope, cdk.Stage):
        given = f"an {scope.__class__.__name__}" if isinstance(scope, cdk.App) else scope.__class__.__name__
        raise InvalidValueError(
            f"the scope is {given}",
            where=where,
            allowed="a stack, or a construct in one",
            fix=f'write {kind}(stack, "Id", …)',
        )
    if not isinstance(construct_id, str) or not construct_id:
        raise InvalidValueError(
            f"the id is {construct_id!r}",
            where=where,
            allowed="a text, unique in its scope",
            fix=f'write {kind}(scope, "Id", …)',
        )


def check_free(scope: Construct, construct_id: str) -> None:
    """Refuse an id that another construct of the scope has; the last check before the construct exists.

    Args:
        scope: The construct to belong to.
        construct_id: The id.

    Raises:
        InvalidValueError: It is taken.
    """
    if scope.node.try_find_child(_in_path(construct_id)) is not None:
        path = path_under(scope, construct_id)
        raise InvalidValueError(
            f"there is a construct {path!r} already",
            where=path,
            allowed="an id that is unique in its scope",
            fix="give it another id",
        )


def path_under(scope: Construct, construct_id: str) -> str:
    """The construct path that a child of that id has, before it exists."""
    path = scope.node.path
    own = _in_path(construct_id)
    return f"{path}/{own}" if path else own


def _in_path(construct_id: str) -> str:
    """The id as CDK writes it in a path, in which a slash parts one construct from the next."""
    return construct_id.replace("/", "--")
