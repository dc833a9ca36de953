"""The place of a construct in the tree, looked at before the construct exists."""

from __future__ import annotations

import re
from typing import Final

import aws_cdk as cdk
from constructs import Construct, IConstruct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "check_free",
    "check_place",
    "environment_of",
    "partition_text",
    "path_of",
    "path_under",
    "place_in",
    "place_stack",
    "refusal_if_taken",
    "stack_of",
]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_PATH: Final = "_ecr_blueprints_path"
_ENVIRONMENT: Final = "_ecr_blueprints_environment"
_PARTITION: Final = "_ecr_blueprints_partition"
_SCOPE: Final = "_ecr_blueprints_scope"
_STACK: Final = "_ecr_blueprints_stack"
"""Attributes of a scope with what never changes of it: asking CDK is two calls into Node.js each time."""


def check_place(scope: object, construct_id: object, *, kind: str) -> None:
    """Refuse a place in which no construct of a stack can be.

    Args:
        scope: The construct to belong to.
        construct_id: The id.
        kind: The construct's class, for the error.

    Raises:
        InvalidValueError: The scope is no construct, an app or a stage, or the id is no text that a template
            can hold.
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
    if "\0" in construct_id or (not construct_id.isascii() and _SURROGATE.search(construct_id)):
        raise InvalidValueError(
            "the id holds a character that no template can",
            where=where,
            allowed="a text without surrogates and NUL",
            fix="read it with the encoding that it was written in, or write another",
        )


def check_free(scope: Construct, construct_id: str) -> None:
    """Refuse an id that another construct of the scope has; the last check before the construct exists.

    Args:
        scope: The construct to belong to.
        construct_id: The id.

    Raises:
        InvalidValueError: It is taken.
    """
    refusal = refusal_if_taken(scope, construct_id)
    if refusal is not None:
        raise refusal


def refusal_if_taken(scope: Construct, construct_id: str) -> InvalidValueError | None:
    """The error of `check_free`, for who asks only once CDK has refused; None if the id is free.

    Asking takes two calls into Node.js: that counts where very many constructs are made.

    Args:
        scope: The construct to belong to.
        construct_id: The id.
    """
    if scope.node.try_find_child(_in_path(construct_id)) is None:
        return None
    path = path_under(scope, construct_id)
    return InvalidValueError(
        f"there is a construct {path!r} already",
        where=path,
        allowed="an id that is unique in its scope",
        fix="give it another id",
    )


def path_under(scope: Construct, construct_id: str) -> str:
    """The construct path that a child of that id has, before it exists."""
    path = path_of(scope)
    own = _in_path(construct_id)
    return f"{path}/{own}" if path else own


def path_of(construct: Construct) -> str:
    """The construct path, which never changes."""
    held = vars(construct)
    if _PATH not in held:
        held[_PATH] = construct.node.path
    return str(held[_PATH])


def environment_of(scope: Construct) -> tuple[str | None, str | None]:
    """The account and the Region of a scope's stack; None for what the stack leaves to the deployment."""
    known: tuple[str | None, str | None] | None = vars(scope).get(_ENVIRONMENT)
    if known is None:
        stack = stack_of(scope)
        account, region = (None if is_token(one) else one for one in (stack.account, stack.region))
        known = vars(scope)[_ENVIRONMENT] = (account, region)
    return known


def stack_of(construct: IConstruct) -> cdk.Stack:
    """The stack to which a construct belongs.

    Args:
        construct: The construct, or the stack.
    """
    if isinstance(construct, cdk.Stack):
        return construct
    held = vars(construct)
    scope = held.get(_SCOPE)
    if scope is not None:
        return stack_of(scope)
    if _STACK not in held:
        held[_STACK] = cdk.Stack.of(construct)
    found: cdk.Stack = held[_STACK]
    return found


def partition_text(construct: IConstruct) -> str:
    """The partition of a construct's stack, or the token that stands for it.

    Args:
        construct: Any construct of the stack.
    """
    of_stack = vars(stack_of(construct))
    if _PARTITION not in of_stack:
        of_stack[_PARTITION] = stack_of(construct).partition
    return str(of_stack[_PARTITION])


def place_in(construct: Construct, scope: Construct) -> None:
    """Note where a construct is, so that CDK need not be asked what is known of its scope.

    Args:
        construct: The construct.
        scope: The scope to which it belongs.
    """
    vars(construct)[_SCOPE] = scope
    vars(construct)[_ENVIRONMENT] = environment_of(scope)


def place_stack(stack: cdk.Stack, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
    """Note where a stack is that has just been made, and its environment, as far as that is literal.

    Args:
        stack: The stack.
        scope: The scope to which it belongs.
        construct_id: Its id.
        env: Its environment as given.
    """
    held = vars(stack)
    held[_PATH] = path_under(scope, construct_id)
    if env.account and env.region and not is_token(env.account) and not is_token(env.region):
        held[_ENVIRONMENT] = (env.account, env.region)


def _in_path(construct_id: str) -> str:
    """The id as CDK writes it in a path, in which a slash parts one construct from the next."""
    return construct_id.replace("/", "--")
