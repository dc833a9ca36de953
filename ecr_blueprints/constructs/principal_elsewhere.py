"""Principals of other accounts, for which a repository policy names the account and a condition.

ECR refuses a policy that names a principal which does not exist; an account always does.
"""

from __future__ import annotations

import re
from typing import Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import environment_of
from ecr_blueprints.constructs.grantee import check_grantee, check_unconditional
from ecr_blueprints.constructs.service_pull import LAMBDA, unpinned_service
from ecr_blueprints.errors import InvalidValueError

__all__ = ["arns_elsewhere", "check_principal"]

_ACCOUNT: Final = "_ecr_blueprints_account"
_PRINCIPAL_ARN: Final = re.compile(r"arn:[^:]+:iam::([0-9]{12}):(?:role|user)/.+", re.DOTALL)


def check_principal(grantee: iam.IGrantable, repository: ecr.IRepository, *, where: str) -> None:
    """Refuse a grantee for which no policy can be written that ECR accepts and that says what was meant.

    Args:
        grantee: Whoever is to be granted something.
        repository: The repository.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is no principal; everybody, without a condition; a role or user of another
            account with conditions, or together with other principals; a service without a condition on its
            source.
    """
    check_grantee(grantee, where=where)
    if isinstance(grantee, iam.Role):
        return
    service = unpinned_service(grantee)
    if service is not None:
        raise InvalidValueError(
            f"nothing says for whom {service} acts: it would for every account's resources",
            where=where,
            allowed="a service with a condition on aws:SourceArn or aws:SourceAccount",
            fix="call grant_pull_to_lambda"
            if service == LAMBDA
            else f"call grant_pull_to_service({service!r})",
        )
    principal = grantee.grant_principal
    if isinstance(principal, iam.Role) or arns_elsewhere(grantee, repository) is not None:
        return
    own_account = _account_of_repository(repository)
    if any(
        _is_elsewhere(value, own_account) for value in principal.policy_fragment.principal_json.get("AWS", [])
    ):
        check_unconditional(grantee, where=where)
        raise InvalidValueError(
            "the grantee is a role or user of another account together with other principals",
            where=where,
            allowed="one principal, or several roles and users of other accounts",
            fix="grant to each of them on its own",
        )


def arns_elsewhere(grantee: iam.IGrantable, repository: ecr.IRepository) -> list[tuple[str, str]] | None:
    """Account and ARN of each role or user of another account; None if the principal is anything else.

    Args:
        grantee: Whoever is to be granted something.
        repository: The repository; where its account is a token, every literal one is another.
    """
    own = _account_of_repository(repository)
    principal = grantee if isinstance(grantee, iam.Role) else grantee.grant_principal
    account = _account_of(principal)
    if account is not None and (account == own or is_token(account)):
        return None
    if isinstance(principal, iam.Role):
        # A role that this app makes in another account: its ARN is literal if its name is.
        name = principal._physical_name
        return None if account is None or is_token(name) else [(account, principal.role_arn)]
    fragment = principal.policy_fragment
    values = fragment.principal_json.get("AWS", [])
    if len(fragment.principal_json) != 1 or fragment.conditions or not values:
        return None
    found = []
    for value in [values] if isinstance(values, str) else values:
        match = _PRINCIPAL_ARN.fullmatch(str(value))
        if match is None or match.group(1) == own:
            return None
        found.append((match.group(1), str(value)))
    return found


def _is_elsewhere(value: object, own_account: str) -> bool:
    match = _PRINCIPAL_ARN.fullmatch(str(value))
    return match is not None and match.group(1) != own_account


def _account_of_repository(repository: ecr.IRepository) -> str:
    """The repository's account, or the token that stands for it."""
    if isinstance(repository, ecr.Repository):
        known, _ = environment_of(repository)
        if known is not None:
            return known
    return repository.env.account


def _account_of(principal: iam.IPrincipal) -> str | None:
    """The principal's account as CDK knows it; a role that is granted much is asked once."""
    if not isinstance(principal, iam.Role):
        return principal.principal_account
    held = vars(principal)
    if _ACCOUNT not in held:
        held[_ACCOUNT] = principal.principal_account
    account: str | None = held[_ACCOUNT]
    return account
