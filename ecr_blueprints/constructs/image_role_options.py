"""What the roles for pullers and pushers have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, Accepted, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_role_options"]

_ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_DURATION: Final = Accepted(
    types=(cdk.Duration,), words="a Duration of aws_cdk", fix="write cdk.Duration.hours(1)"
)
_HOUR: Final = 3600
_HOURS: Final = (1, 12)


def check_role_options(
    *,
    flags: Mapping[str, object],
    role_name: object,
    max_session_duration: cdk.Duration | None,
    permissions_boundary: iam.IManagedPolicy | None,
    where: str,
) -> None:
    """Refuse what IAM would.

    Args:
        flags: What is either True or False, by argument.
        role_name: 1 to 64 characters.
        max_session_duration: 1 to 12 hours.
        permissions_boundary: A managed policy.
        where: The role, for the error.

    Raises:
        InvalidValueError: One is of another type, or out of its range.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    check_arguments(flags, dict.fromkeys(flags, FLAG), where=where, required=flags)
    check_arguments(
        {"role_name": role_name, "max_session_duration": max_session_duration},
        {"role_name": TEXT, "max_session_duration": _DURATION},
        where=where,
    )
    if isinstance(role_name, str) and not is_token(role_name) and not _ROLE_NAME.fullmatch(role_name):
        raise InvalidValueError(
            f"role_name is {role_name!r}", where=where, allowed="1 to 64 letters, digits and _ + = , . @ -"
        )
    if max_session_duration is not None and not max_session_duration.is_unresolved():
        seconds = max_session_duration.to_seconds()
        shortest, longest = _HOURS
        if not shortest * _HOUR <= seconds <= longest * _HOUR:
            raise InvalidValueError(
                f"max_session_duration is {seconds:g} seconds", where=where, allowed="1 to 12 hours"
            )
    if permissions_boundary is not None and not hasattr(permissions_boundary, "managed_policy_arn"):
        raise InvalidValueError(
            f"permissions_boundary is of the type {type(permissions_boundary).__name__}",
            where=where,
            allowed="a managed policy of aws_cdk.aws_iam",
            fix='write iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", arn)',
        )
