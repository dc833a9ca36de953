"""Principals of which an app knows the id alone: accounts, organizations, their units, roles elsewhere.

A token is never checked and never refused, except where a policy has to be written differently for what it
stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.principals import (
    check_account_id,
    check_organization_id,
    check_organization_path,
    check_role_arn,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["named_accounts", "named_organization", "named_organization_paths", "named_roles"]

_ACCOUNT_IN_ARN: Final = re.compile(r"arn:[^:]+:iam::([0-9]{12}):role/.+", re.DOTALL)


def named_accounts(account_ids: Sequence[str], *, method: str) -> tuple[str, ...]:
    """The account ids that a grant names.

    Args:
        account_ids: As given.
        method: The grant, for the error.

    Raises:
        InvalidValueError: There is none, or one that is none.
    """
    return _checked(account_ids, check_account_id, method)


def named_organization(organization_id: str, *, method: str) -> str:
    """The organization's id that a grant names.

    Args:
        organization_id: As given.
        method: The grant, for the error.

    Raises:
        InvalidValueError: It is none.
    """
    (checked,) = _checked([organization_id], check_organization_id, method)
    return checked


def named_organization_paths(paths: Sequence[str], *, method: str) -> tuple[str, ...]:
    """The paths of organizational units that a grant names.

    Args:
        paths: As given.
        method: The grant, for the error.

    Raises:
        InvalidValueError: There is none, or one that is none.
    """
    return _checked(paths, check_organization_path, method)


def named_roles(role_arns: Sequence[str], *, method: str) -> tuple[tuple[str, str], ...]:
    """The account and the ARN of each role that a grant names.

    Args:
        role_arns: As given; the account id in each must be literal, since the policy names the account.
        method: The grant, for the error.

    Raises:
        InvalidValueError: There is none, one that is no role's ARN, or one whose account is not known.
    """
    found = []
    for arn in _checked(role_arns, check_role_arn, method):
        match = _ACCOUNT_IN_ARN.fullmatch(arn)
        if match is None:
            raise InvalidValueError(
                "the role's account is not known before deployment",
                where=f"{method}(…)",
                allowed="an ARN with a literal account id",
                fix="write the ARN, or pass the role itself to grant_pull or grant_push",
            )
        found.append((match.group(1), arn))
    return tuple(found)


def _checked(values: Sequence[str], check: Callable[[str], str], method: str) -> tuple[str, ...]:
    where = f"{method}(…)"
    if not values:
        raise InvalidValueError(
            "nobody is named", where=where, fix="name at least one, or leave the call out"
        )
    for value in values:
        _check_type(value, method)
        if not is_token(value):
            try:
                check(value)
            except InvalidValueError as error:
                raise InvalidValueError(
                    error.what, where=where, allowed=error.allowed, fix=error.fix
                ) from None
    return tuple(values)


def _check_type(value: object, method: str) -> None:
    where = f"{method}(…)"
    if hasattr(type(value), "grant_principal"):
        raise InvalidValueError(
            f"the grantee is a {type(value).__name__}",
            where=where,
            allowed="ids or ARNs, as texts",
            fix=f"pass it to {method.partition('_to_')[0]}",
        )
    if isinstance(value, list | tuple | set):
        raise InvalidValueError(
            "the grantee is a collection", where=where, allowed="texts", fix=f"write {method}(*values)"
        )
    check_arguments({"the grantee": value}, {"the grantee": TEXT}, where=where, required=("the grantee",))
