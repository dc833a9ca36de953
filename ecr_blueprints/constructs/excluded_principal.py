"""The principal of a pull-time update exclusion, from whatever names it."""

from __future__ import annotations

import re
from typing import Any, Final

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.principals import check_pull_time_exclusion_arn
from ecr_blueprints.errors import InvalidValueError

__all__ = ["excluded_principal_arn"]

_ALLOWED: Final = "a role or a user, or the ARN of one: arn:aws:iam::<account>:role/<name>"
_ASSUMED_ROLE: Final = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)(?:/.*)?", re.DOTALL)
_ACCOUNT: Final = re.compile(r"(?:arn:[^:]+:iam::)?\d{12}(?::root)?")
_OTHER_KIND: Final = re.compile(r"arn:[^:]+:iam::\d{12}:([a-z-]+)/.+", re.DOTALL)


def excluded_principal_arn(principal: object, *, where: str, partition: str) -> str:
    """The ARN of a role or user; a token where only deployment knows it.

    Args:
        principal: As given.
        where: The construct, for the error.
        partition: The registry's partition, or a token.

    Raises:
        InvalidValueError: It is no role or user; the error says what to write instead.
    """
    arn = _arn_of(principal)
    if arn is None:
        if hasattr(principal, "grant_principal"):
            raise InvalidValueError(
                f"the principal is of the type {type(principal).__name__}",
                where=where,
                allowed=_ALLOWED,
                fix="pass the role that it pulls with",
            )
        check_arguments({"principal": principal}, {"principal": TEXT}, where=where, required=("principal",))
        arn = str(principal)
    if is_token(arn):
        return arn
    _check_kind(arn, where)
    try:
        check_pull_time_exclusion_arn(arn)
    except InvalidValueError as error:
        raise InvalidValueError(error.what, where=where, allowed=error.allowed, fix=error.fix) from None
    given = arn.split(":")[1]
    if not is_token(partition) and given != partition:
        raise InvalidValueError(
            f"the principal is in the partition {given} and the registry in {partition}",
            where=where,
            fix=f"write {arn.replace(f'arn:{given}:', f'arn:{partition}:', 1)!r}",
        )
    return arn


def _arn_of(principal: object) -> str | None:
    """The ARN of a construct of CDK's; imported ones say by the object alone what they are."""
    given: Any = principal
    for attribute in ("role_arn", "user_arn"):
        arn = getattr(given, attribute, None)
        if isinstance(arn, str):
            return arn
    return None


def _check_kind(arn: str, where: str) -> None:
    """Refuse what people write for a role and what would exclude nobody."""
    assumed = _ASSUMED_ROLE.fullmatch(arn)
    if assumed is not None:
        partition, account, role = assumed.groups()
        raise InvalidValueError(
            f"{arn!r} is a session of a role",
            where=where,
            allowed=_ALLOWED,
            fix=f"write 'arn:{partition}:iam::{account}:role/{role}', with the role's path if it has one",
        )
    if "*" in arn or "?" in arn:
        raise InvalidValueError(
            f"{arn!r} has a wildcard, and ECR compares the whole ARN",
            where=where,
            allowed=_ALLOWED,
            fix="write one exclusion for each role",
        )
    if _ACCOUNT.fullmatch(arn):
        raise InvalidValueError(
            f"{arn!r} is an account, not one of its principals",
            where=where,
            allowed=_ALLOWED,
            fix="name the roles that scan or build, one exclusion each",
        )
    if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?", arn):
        raise InvalidValueError(
            f"{arn!r} is a service",
            where=where,
            allowed=_ALLOWED,
            fix="name the role that it pulls with; pulls by Amazon Inspector never count",
        )
    other = _OTHER_KIND.fullmatch(arn)
    if other is not None and other.group(1) not in ("role", "user"):
        raise InvalidValueError(
            f"{arn!r} is a {other.group(1)}, not a role or user",
            where=where,
            allowed=_ALLOWED,
            fix="name the role itself",
        )
