"""Accounts that may assume a role, and what narrows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.argument_type import TEXT, TEXTS, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.named_principals import (
    named_accounts,
    named_organization,
    named_organization_paths,
    named_roles,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["TrustedAccounts"]

_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_WHERE: Final = "TrustedAccounts"
_FIX: Final = "add roles, external_id, organization_id or organization_paths"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedAccounts:
    """Who assumes a role from other accounts; an account alone is never enough.

    Attributes:
        accounts: 12 digits each. With none, every account of the organization or its paths.
        roles: ARNs of the roles that may, in place of ``accounts``; they need not exist yet.
        external_id: What the caller has to pass, 2 to 1,224 characters: against being used by somebody else's
            caller (the confused deputy). It is no secret.
        organization_id: The organization that the caller has to be of.
        organization_paths: Paths of its units, such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``.

    Raises:
        InvalidValueError: Nobody, an account that nothing narrows, or a malformed value.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for the
    external id, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

    Practices: ACC-3
    """

    accounts: Sequence[str] = ()
    roles: Sequence[str] = ()
    external_id: str | None = None
    organization_id: str | None = None
    organization_paths: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check every part, and that they narrow each other."""
        check_arguments(
            {
                "accounts": self.accounts,
                "roles": self.roles,
                "external_id": self.external_id,
                "organization_id": self.organization_id,
                "organization_paths": self.organization_paths,
            },
            {
                "accounts": TEXTS,
                "roles": TEXTS,
                "external_id": TEXT,
                "organization_id": TEXT,
                "organization_paths": TEXTS,
            },
            where=_WHERE,
            required=("accounts", "roles", "organization_paths"),
        )
        if self.accounts:
            named_accounts(self.accounts, method=_WHERE)
        if self.roles:
            named_roles(self.roles, method=_WHERE)
        if self.organization_id is not None:
            named_organization(self.organization_id, method=_WHERE)
        if self.organization_paths:
            named_organization_paths(self.organization_paths, method=_WHERE)
        external_id = self.external_id
        if not (external_id is None or is_token(external_id) or _EXTERNAL_ID.fullmatch(external_id)):
            raise InvalidValueError(
                f"external_id is {external_id!r}",
                where=_WHERE,
                allowed="2 to 1,224 letters, digits and _ + = , . @ : / -",
            )
        in_organization = self.organization_id is not None or bool(self.organization_paths)
        if self.accounts and self.roles:
            raise InvalidValueError(
                "accounts and roles are given: the account would let all of its roles in",
                where=_WHERE,
                allowed="one of them",
                fix="name the roles of every account, or make a role for each group",
            )
        if not (self.accounts or self.roles or in_organization):
            raise InvalidValueError("nobody is named", where=_WHERE, fix="give accounts, roles or paths")
        if self.accounts and self.external_id is None and not in_organization:
            raise InvalidValueError(
                "nothing narrows the accounts: everybody there who may assume roles could assume this one",
                where=_WHERE,
                allowed="accounts with an external id or an organization, or roles",
                fix=_FIX,
            )

    def principal(self) -> iam.IPrincipal:
        """Who assumes the role, with every condition."""
        equals: dict[str, Any] = {}
        conditions: dict[str, Any] = {}
        accounts = list(self.accounts)
        if self.roles:
            named = named_roles(self.roles, method=_WHERE)
            accounts = [account for account, _ in named]
            # By account and condition: IAM refuses a principal that does not exist yet.
            conditions["ArnEquals"] = {"aws:PrincipalArn": [arn for _, arn in named]}
        if self.external_id is not None:
            equals["sts:ExternalId"] = self.external_id
        if self.organization_id is not None:
            equals["aws:PrincipalOrgID"] = self.organization_id
        if equals:
            conditions["StringEquals"] = equals
        if self.organization_paths:
            conditions["ForAnyValue:StringLike"] = {"aws:PrincipalOrgPaths": list(self.organization_paths)}
        principals: list[iam.PrincipalBase] = [
            iam.AccountPrincipal(account) for account in dict.fromkeys(accounts)
        ]
        # Every account, of the organization alone: the condition on it is always there (see __post_init__).
        who = principals or [iam.AnyPrincipal()]
        base = who[0] if len(who) == 1 else iam.CompositePrincipal(*who)
        return iam.PrincipalWithConditions(base, conditions)
