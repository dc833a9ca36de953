"""Who may pull and push: grants on a repository that ECR accepts and that open it to nobody else.

What a grant needs on the other side: ``ecr:GetAuthorizationToken`` is allowed by identity-based policies
only, on the resource ``*``. CDK adds it where it owns the role. A principal of another account needs an
identity-based policy of its own for the token **and** for the actions on the repository's ARN: across
accounts both sides must allow (facts §6).

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.grantee import check_grantee, check_unconditional
from ecr_blueprints.constructs.named_principals import (
    named_accounts,
    named_organization,
    named_organization_paths,
    named_roles,
)
from ecr_blueprints.constructs.purpose_statements import Purpose, PurposeStatements, StatementCondition
from ecr_blueprints.domain.actions import AUTHORIZE, PULL, PUSH
from ecr_blueprints.errors import InvalidValueError

__all__ = ["PULL_ACTIONS", "PUSH_ACTIONS", "RepositoryGrants", "check_actions"]

PULL_ACTIONS: Final = tuple(sorted({"ecr:BatchCheckLayerAvailability", *PULL}))
"""What a pull grant allows; the availability check is not needed for a pull, and CDK allows it too."""

PUSH_ACTIONS: Final = tuple(sorted({*PUSH, "ecr:BatchGetImage"}))
"""What a push grant to a role allows: AWS's current example, which lets the client see what is there.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

_ATTRIBUTE: Final = "_ecr_blueprints_grants"
_PRINCIPAL_ARN: Final = re.compile(r"arn:[^:]+:iam::([0-9]{12}):(?:role|user)/.+", re.DOTALL)

_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")

_ORGANIZATION: Final = StatementCondition("StringEquals", "aws:PrincipalOrgID")
_ORGANIZATION_PATH: Final = StatementCondition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths")
_PRINCIPAL: Final = StatementCondition("ArnEquals", "aws:PrincipalArn")

_PULL_BY_ACCOUNTS: Final = Purpose("PullByAccounts", PULL_ACTIONS)
_PULL_BY_ORGANIZATIONS: Final = Purpose("PullByOrganizations", PULL_ACTIONS)
_PULL_BY_ORGANIZATION_PATHS: Final = Purpose("PullByOrganizationPaths", PULL_ACTIONS)
_PULL_BY_ROLES: Final = Purpose("PullByRoles", PULL_ACTIONS)
_PUSH_BY_ROLES: Final = Purpose("PushByRoles", PUSH_ACTIONS)

# What CDK's own grant methods ask for, in CDK's order.
_SIDS_OF_CDK_GRANTS: Final = {
    frozenset(PULL_ACTIONS): "PullByRoles",
    frozenset(PUSH): "UploadByRoles",
    frozenset(PUSH_ACTIONS): "PushByRoles",
    frozenset((*PULL_ACTIONS, *PUSH)): "PullAndPushByRoles",
    frozenset(("ecr:DescribeRepositories", "ecr:DescribeImages")): "ReadByRoles",
}


class RepositoryGrants:
    """The grants of one repository; statements for one purpose are one statement of the policy.

    Use `from_repository`: a repository has one of these, so that a grant made twice is written once.
    Nothing here makes a statement for ``*`` without a condition.

    Args:
        repository: The repository.

    Practices: ACC-1, ACC-4
    """

    def __init__(self, repository: ecr.IRepository) -> None:
        self._repository = repository
        self._statements = PurposeStatements(repository)

    @classmethod
    def from_repository(cls, repository: ecr.IRepository) -> RepositoryGrants:
        """The grants of any repository: an `ImageRepository`, an ``ecr.Repository``, an imported one.

        Args:
            repository: The repository. The policy of an imported one cannot be changed from this app;
                there, only the identity side of a grant is written.

        Raises:
            InvalidValueError: It is no repository.
        """
        if not hasattr(repository, "repository_arn"):
            raise InvalidValueError(
                f"the repository is {type(repository).__name__}",
                where="RepositoryGrants.from_repository(…)",
                allowed="a repository of aws_cdk.aws_ecr, or an ImageRepository",
                fix="import it with ecr.Repository.from_repository_name",
            )
        held: RepositoryGrants | None = vars(repository).get(_ATTRIBUTE)
        if held is None:
            held = cls(repository)
            vars(repository)[_ATTRIBUTE] = held
        return held

    # CDK's grants

    def pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal pull; see `ImageRepository.grant_pull`."""
        self.check(grantee, where="grant_pull(…)")
        return self._with_token(grantee, PULL_ACTIONS) or self._repository.grant_pull(grantee)

    def push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal push; see `ImageRepository.grant_push`."""
        self.check(grantee, where="grant_push(…)")
        return self._with_token(grantee, PUSH) or self._repository.grant_push(grantee)

    def pull_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal pull and push; see `ImageRepository.grant_pull_push`."""
        self.check(grantee, where="grant_pull_push(…)")
        actions = (*PULL_ACTIONS, *(one for one in PUSH if one not in PULL_ACTIONS))
        return self._with_token(grantee, actions) or self._repository.grant_pull_push(grantee)

    def _with_token(self, grantee: iam.IGrantable, actions: tuple[str, ...]) -> iam.Grant | None:
        granted = self.to_principal_elsewhere(grantee, actions)
        if granted is not None:
            iam.Grant.add_to_principal(grantee=grantee, actions=list(AUTHORIZE), resource_arns=["*"])
        return granted

    # Grants to principals of which the app knows the id alone

    def pull_to_account(self, *account_ids: str) -> None:
        """Let every principal of other accounts pull that its own account allows to.

        Args:
            account_ids: 12 digits each.

        Raises:
            InvalidValueError: No account, a malformed one, or the repository is imported.
        """
        for account in named_accounts(account_ids, method="grant_pull_to_account"):
            self._statements.allow(_PULL_BY_ACCOUNTS, account, account=account)

    def pull_to_organization(self, organization_id: str) -> None:
        """Let every principal of an organization pull that its own account allows to.

        That is a wide grant: every account that the organization has or will have. Prefer
        `pull_to_organization_paths`.

        Args:
            organization_id: ``o-`` and 10 to 32 lower-case letters or digits.

        Raises:
            InvalidValueError: The id is malformed, or the repository is imported.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
        """
        organization = named_organization(organization_id, method="grant_pull_to_organization")
        self._statements.allow(_PULL_BY_ORGANIZATIONS, organization, condition=_ORGANIZATION)

    def pull_to_organization_paths(self, *paths: str) -> None:
        """Let every principal of organizational units pull that its own account allows to.

        Args:
            paths: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``; without the ``*``, only accounts in the
                unit itself.

        Raises:
            InvalidValueError: No path, a malformed one, or the repository is imported.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
        """
        for path in named_organization_paths(paths, method="grant_pull_to_organization_paths"):
            self._statements.allow(_PULL_BY_ORGANIZATION_PATHS, path, condition=_ORGANIZATION_PATH)

    def pull_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts pull, whether they exist yet or not.

        ECR refuses a policy that names a principal which does not exist. So the statement names the role's
        account, and holds only where ``aws:PrincipalArn`` is the role.

        Args:
            role_arns: The roles' ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, a malformed ARN, or the repository is imported.
        """
        self._allow_roles(_PULL_BY_ROLES, named_roles(role_arns, method="grant_pull_to_role"))

    def push_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts push, whether they exist yet or not; see `pull_to_role`.

        Args:
            role_arns: The roles' ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, a malformed ARN, or the repository is imported.
        """
        self._allow_roles(_PUSH_BY_ROLES, named_roles(role_arns, method="grant_push_to_role"))

    def to_principal_elsewhere(self, grantee: iam.IGrantable, actions: Sequence[str]) -> iam.Grant | None:
        """Grant actions to a role or user of another account by its account and ``aws:PrincipalArn``.

        The identity side is granted too, where CDK can write it.

        Args:
            grantee: Whoever is to be granted something.
            actions: What is granted.

        Returns:
            The grant; None if the principal is not one role or user (or several) of another account, so that
            CDK's own way is right. In a stack without an account, every principal with a literal account id
            is taken for one of another account.
        """
        principal = grantee.grant_principal
        arns = self._arns_elsewhere(principal)
        if arns is None:
            return None
        actions = tuple(sorted(set(actions)))
        purpose = Purpose(_SIDS_OF_CDK_GRANTS.get(frozenset(actions)), actions)
        for account, arn in arns:
            self._statements.allow(purpose, arn, account=account, condition=_PRINCIPAL, is_required=False)
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(actions), resource_arns=[self._repository.repository_arn]
        )

    def check(self, grantee: iam.IGrantable, *, where: str) -> None:
        """Refuse a grantee for which no policy can be written that ECR accepts and that says what was meant.

        Args:
            grantee: Whoever is to be granted something.
            where: The call, for the error.

        Raises:
            InvalidValueError: It is no principal; everybody, without a condition; a role or user of another
                account with conditions, or together with other principals.
        """
        check_grantee(grantee, where=where)
        principal = grantee.grant_principal
        if isinstance(principal, iam.Role) or self._arns_elsewhere(principal) is not None:
            return
        if any(
            self._is_elsewhere(value) for value in principal.policy_fragment.principal_json.get("AWS", [])
        ):
            check_unconditional(grantee, where=where)
            raise InvalidValueError(
                "the grantee is a role or user of another account together with other principals",
                where=where,
                allowed="one principal, or several roles and users of other accounts",
                fix="grant to each of them on its own",
            )

    def _is_elsewhere(self, value: object) -> bool:
        match = _PRINCIPAL_ARN.fullmatch(str(value))
        return match is not None and match.group(1) != self._repository.env.account

    def _arns_elsewhere(self, principal: iam.IPrincipal) -> list[tuple[str, str]] | None:
        """Account and ARN of each role or user of another account; None if the principal is anything else."""
        account = principal.principal_account
        own = self._repository.env.account
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

    def _allow_roles(self, purpose: Purpose, roles: Sequence[tuple[str, str]]) -> None:
        for account, arn in roles:
            self._statements.allow(purpose, arn, account=account, condition=_PRINCIPAL)


def check_actions(actions: Sequence[object], *, where: str) -> None:
    """Refuse what are no actions of IAM.

    Args:
        actions: As given to a grant.
        where: The call, for the error.

    Raises:
        InvalidValueError: There is none, or one that is no text such as ``ecr:DescribeImages``.
    """
    if not actions:
        raise InvalidValueError(
            "no action is given", where=where, fix='name at least one, such as "ecr:DescribeImages"'
        )
    for action in actions:
        check_arguments({"an action": action}, {"an action": TEXT}, where=where, required=("an action",))
        if not _ACTION.fullmatch(str(action)) and not is_token(action):
            raise InvalidValueError(
                f"{action!r} is no action",
                where=where,
                allowed="a service, a colon and the action's name, which may hold * and ?",
                fix=f"write {f'ecr:{action}'!r}" if _ACTION.fullmatch(f"ecr:{action}") else None,
            )
