"""The identity side of pulling through a cache, and who stands behind a grantee."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.actions import AUTHORIZE, CREATE, IMPORT_UPSTREAM, PULL
from ecr_blueprints.errors import InvalidValueError

__all__ = ["account_of", "grant_identity_pull", "role_arn_of"]


def grant_identity_pull(
    grantee: iam.IGrantable, *, repository_arn: str, create: bool, where: str, required: bool = True
) -> iam.Grant:
    """Let a principal log in, pull and import, and create what it pulls first, by its own policy.

    Args:
        grantee: A role, user or group, or what stands for one.
        repository_arn: The ARN of the cache's repositories, with ``*``.
        create: Whether the first pull of an image may create its repository.
        where: The cache, for the error.
        required: Whether a grantee without a policy of its own is refused.

    Raises:
        InvalidValueError: The grantee has no policy of its own.
    """
    actions = [*PULL, *IMPORT_UPSTREAM, *(CREATE if create else ())]
    grant = iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[repository_arn])
    if required and not grant.success:
        raise InvalidValueError(
            "the grantee has no identity-based policy that could allow it to pull",
            where=where,
            allowed="a role or user of the registry's account, a role or account principal of another one",
            fix="use grant_pull_to_account, grant_pull_to_organization_path or grant_pull_to_organization",
        )
    login = iam.Grant.add_to_principal(grantee=grantee, actions=[*AUTHORIZE], resource_arns=["*"])
    return grant.combine(login)


def account_of(grantee: iam.IGrantable) -> str | None:
    """The grantee's account id, if it is known before deployment."""
    account = grantee.grant_principal.principal_account
    if account is not None:
        return None if is_token(account) else account
    arn = _principal_arn(grantee)
    return arn.split(":")[4] if arn is not None else None


def role_arn_of(grantee: iam.IGrantable) -> str | None:
    """The ARN of the role that the grantee is or names; None if it is something else."""
    arn: Any = getattr(grantee, "role_arn", None)
    if isinstance(arn, str):
        return arn
    named = _principal_arn(grantee)
    return named if named is not None and ":role/" in named else None


def _principal_arn(grantee: iam.IGrantable) -> str | None:
    principals = grantee.grant_principal.policy_fragment.principal_json.get("AWS", [])
    if len(principals) != 1 or is_token(principals[0]) or not principals[0].startswith("arn:"):
        return None
    return str(principals[0])
