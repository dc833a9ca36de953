"""Principals of other accounts, for which a repository policy names the account and a condition.

ECR refuses a policy that names a principal which does not exist; an account always does.
"""

from __future__ import annotations

import re
from typing import Final

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.grantee import check_grantee, check_unconditional
from ecr_blueprints.constructs.service_pull import LAMBDA, unpinned_service
from ecr_blueprints.errors import InvalidValueError

__all__ = ["arns_elsewhere", "check_principal"]

_PRINCIPAL_ARN: Final = re.compile(r"arn:[^:]+:iam::([0-9]{12}):(?:role|user)/.+", re.DOTALL)


def check_principal(grantee: iam.IGrantable, own_account: str, *, where: str) -> None:
    """Refuse a grantee for which no policy can be written that ECR accepts and that says what was meant.

    Args:
        grantee: Whoever is to be granted something.
        own_account: The repository's account, or the token that stands for it.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is no principal; everybody, without a condition; a role or user of another
            account with conditions, or together with other principals; a service without a condition on its
            source.
    """
    check_grantee(grantee, where=where)
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
    if isinstance(principal, iam.Role) or arns_elsewhere(principal, own_account) is not None:
        return
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


def arns_elsewhere(principal: iam.IPrincipal, own: str) -> list[tuple[str, str]] | None:
    """Account and ARN of each role or user of another account; None if the principal is anything else.

    Args:
        principal: Whoever is to be granted something.
        own: The repository's account, or the token that stands for it; then every literal one is another.
    """
    account = principal.principal_account
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
