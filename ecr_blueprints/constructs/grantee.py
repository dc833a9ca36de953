"""Who is granted something: whether it can be, and who stands behind it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.domain.principals import check_account_id
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "account_of",
    "accounts_of",
    "check_grantee",
    "check_unconditional",
    "role_arn_of",
    "words_for",
]

_ACCOUNT_ID: Final = re.compile(r"(?:^|:(?:iam|sts)::)([0-9]{12})(?:$|:)")


def check_grantee(grantee: object, *, where: str) -> None:
    """Refuse what can be granted nothing, and everybody without a condition: that would be public.

    Args:
        grantee: Whoever is to be granted something.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is no principal of CDK, everybody, or an account with a malformed id.
    """
    if isinstance(grantee, iam.Role | iam.User | iam.Group):
        return
    if not _is_grantable(grantee):
        shown = repr(grantee) if grantee is None or isinstance(grantee, str | int) else type(grantee).__name__
        raise InvalidValueError(
            f"the grantee is {shown}",
            where=where,
            allowed="a role, or another principal of aws_cdk.aws_iam",
            fix="name an id or ARN with grant_pull_to_account, grant_pull_to_role or grant_push_to_role"
            if isinstance(grantee, str)
            else "pass the role that the pipeline assumes: FederatedRole.of(stack, identity).role"
            if isinstance(grantee, FederatedIdentity)
            else "pass the role that pulls or pushes",
        )
    if isinstance(grantee, iam.AccountPrincipal):
        account = grantee.account_id
        if not is_token(account):
            _check_account(str(account), where)
    fragment = _fragment(grantee)
    named = [value for values in fragment.principal_json.values() for value in values]
    if "*" in named and not fragment.conditions:
        raise InvalidValueError(
            "the grant is to everybody, without a condition: the repository would be public",
            where=where,
            allowed="a role, an account, organization paths, an organization",
            fix='call grant_pull_to_organization_paths("o-…/r-…/ou-…/*"), or use a public repository',
        )


def check_unconditional(grantee: iam.IGrantable, *, where: str) -> None:
    """Refuse a principal of another account with conditions of its own.

    A policy names the account of a role elsewhere, with a condition on the role; a second condition of the
    same operator and key could not stand beside it, and none may be lost.

    Args:
        grantee: A role or user of another account, however it is named.
        where: The call, for the error.

    Raises:
        InvalidValueError: It has conditions.
    """
    conditions = _fragment(grantee).conditions
    if conditions:
        raise InvalidValueError(
            f"the grantee of another account has conditions, on {', '.join(sorted(conditions))}",
            where=where,
            allowed="a role, a user or an account without conditions",
            fix="write the statement with add_to_resource_policy, or leave the conditions out",
        )


def _check_account(account: str, where: str) -> None:
    try:
        check_account_id(account)
    except InvalidValueError as error:
        raise InvalidValueError(error.what, where=where, allowed=error.allowed, fix=error.fix) from None


def account_of(grantee: iam.IGrantable) -> str | None:
    """The grantee's account id, if it is known before deployment."""
    account = grantee.grant_principal.principal_account
    if account is not None:
        return None if is_token(account) else account
    arn = _principal_arn(grantee)
    return arn.split(":")[4] if arn is not None else None


def accounts_of(grantee: iam.IGrantable, scope: Construct | None = None) -> tuple[str, ...] | None:
    """The ids of the grantee's accounts, as far as they are known before deployment.

    Args:
        grantee: One principal, or several in a ``CompositePrincipal``.
        scope: A construct in whose stack tokens are resolved. Default: tokens tell no account.

    Returns:
        Them; None if it may be of any account, such as an organization's.
    """
    account = grantee.grant_principal.principal_account
    if account is not None:
        return () if is_token(account) else (account,)
    named = _named(grantee, scope)
    if "*" in named:
        return None
    found = [one for text in named for one in _ACCOUNT_ID.findall(text)]
    return tuple(dict.fromkeys(found))


def words_for(grantee: iam.IGrantable, scope: Construct | None = None) -> str:
    """Who the grantee is, for people: its ARNs, its account, its organization or its construct's path.

    Args:
        grantee: The principal.
        scope: A construct in whose stack tokens are resolved. Default: they are shown as such.
    """
    if isinstance(grantee, iam.OrganizationPrincipal):
        return f"the organization {grantee.organization_id}"
    if isinstance(grantee, iam.AccountPrincipal):
        return f"the account {grantee.account_id}"
    fragment = _fragment(grantee)
    named = [str(value) for values in fragment.principal_json.values() for value in values]
    if any(is_token(one) for one in named):
        node: Any = getattr(grantee, "node", None)
        if node is not None:
            return str(node.path)
        named = _named(grantee, scope)
    conditions = (
        f" with conditions on {', '.join(sorted(fragment.conditions))}" if fragment.conditions else ""
    )
    return f"{' and '.join(named)}{conditions}"


def role_arn_of(grantee: iam.IGrantable) -> str | None:
    """The ARN of the role that the grantee is or names; None if it is something else."""
    arn: Any = getattr(grantee, "role_arn", None)
    if isinstance(arn, str):
        return arn
    named = _principal_arn(grantee)
    return named if named is not None and ":role/" in named else None


def _is_grantable(grantee: object) -> bool:
    # By the class where that says it: asking the object may be a call into Node.js.
    return hasattr(type(grantee), "grant_principal") or hasattr(grantee, "grant_principal")


def _principal_arn(grantee: iam.IGrantable) -> str | None:
    principals = _fragment(grantee).principal_json.get("AWS", [])
    if len(principals) != 1 or is_token(principals[0]) or not principals[0].startswith("arn:"):
        return None
    return str(principals[0])


def _named(grantee: iam.IGrantable, scope: Construct | None) -> list[str]:
    """The AWS principals of the grantee; what a token stands for as JSON."""
    values = [str(value) for value in _fragment(grantee).principal_json.get("AWS", [])]
    if scope is None or not any(map(is_token, values)):
        return values
    resolved = cdk.Stack.of(scope).resolve(values)
    return [one if isinstance(one, str) else json.dumps(one) for one in resolved]


def _fragment(grantee: Any) -> iam.PrincipalPolicyFragment:
    fragment: iam.PrincipalPolicyFragment = grantee.grant_principal.policy_fragment
    return fragment
