"""AWS services that pull from a repository, each pinned to the account or resource that it pulls for.

A service that pulls by its own principal pulls for whoever asks it to: without a condition on the source, for
anybody's function or build (the confused deputy).

Sources: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-permissions and
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.named_principals import named_accounts
from ecr_blueprints.constructs.purpose_statements import Purpose, PurposeStatements, StatementCondition
from ecr_blueprints.domain.actions import PULL
from ecr_blueprints.errors import InvalidValueError

__all__ = ["LAMBDA", "LAMBDA_SID", "ServicePull", "unpinned_service"]

LAMBDA: Final = "lambda.amazonaws.com"

LAMBDA_SID: Final = "LambdaECRImageRetrievalPolicy"
"""The id of the statement that Lambda itself adds where the policy has none, and that AWS documents."""

_LAMBDA_ELSEWHERE_SID: Final = "LambdaECRImageCrossAccountRetrievalPolicy"
_ACTIONS: Final = tuple(PULL)
_SOURCE_ARN: Final = StatementCondition("ArnLike", "aws:SourceArn")
_SOURCE_ACCOUNT: Final = StatementCondition("StringEquals", "aws:SourceAccount")
_SERVICE: Final = re.compile(r"([a-z0-9-]+)(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")
_ARN: Final = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9*-]*:[0-9]{12}:[^\s]+")


class ServicePull:
    """The statements of one repository's policy by which services pull.

    Args:
        repository: The repository.
        statements: The statements of its policy.

    Practices: ACC-5
    """

    def __init__(self, repository: ecr.IRepository, statements: PurposeStatements) -> None:
        self._repository = repository
        self._statements = statements

    def to_lambda(self, account_ids: Sequence[str]) -> tuple[str, ...]:
        """Let the functions of accounts pull, of this Region.

        The statement for the repository's own account has the id that AWS documents, and lets in whom the
        statement would that Lambda adds where it finds none. So Lambda adds nothing, and no later deployment
        takes away what it added (that Lambda is content with it is unverified; AWS documents the two actions,
        without the condition). For the same reason it is for all functions of the account.

        Args:
            account_ids: Other accounts, or the repository's own. Empty: the repository's own.

        Returns:
            The other accounts: those principals of theirs that make functions have to be let pull too.
        """
        own = self._repository.env.account
        accounts = named_accounts(account_ids, method="grant_pull_to_lambda") if account_ids else (own,)
        others = []
        for account in accounts:
            is_own = account == own
            if not is_own:
                others.append(account)
            self._statements.allow(
                Purpose(LAMBDA_SID if is_own else _LAMBDA_ELSEWHERE_SID, _ACTIONS),
                self._functions_of(account),
                service=LAMBDA,
                condition=_SOURCE_ARN,
            )
        return tuple(others)

    def to_service(self, service: str, *, source_account: str | None, source_arn: str | None) -> None:
        """Let a service pull for an account, or for one resource."""
        where = f"grant_pull_to_service({service!r})"
        check_arguments(
            {"service": service, "source_account": source_account, "source_arn": source_arn},
            {"service": TEXT, "source_account": TEXT, "source_arn": TEXT},
            where=where,
            required=("service",),
        )
        match = _SERVICE.fullmatch(service)
        if match is None:
            raise InvalidValueError(
                f"{service!r} is no service principal",
                where=where,
                allowed="a name such as codebuild.amazonaws.com",
            )
        if service == LAMBDA:
            raise InvalidValueError(
                "Lambda writes into the repository policy itself unless it finds what it needs",
                where=where,
                fix="call grant_pull_to_lambda",
            )
        sid = f"PullBy{match.group(1).replace('-', ' ').title().replace(' ', '')}"
        if source_arn is None:
            account = self._repository.env.account
            if source_account is not None:
                (account,) = named_accounts([source_account], method="grant_pull_to_service")
            self._statements.allow(
                Purpose(sid, _ACTIONS), account, service=service, condition=_SOURCE_ACCOUNT
            )
            return
        if source_account is not None:
            raise InvalidValueError(
                "source_arn and source_account are given; the ARN holds the account",
                where=where,
                allowed="one of them",
            )
        if not is_token(source_arn) and not _ARN.fullmatch(source_arn):
            raise InvalidValueError(
                f"source_arn is {source_arn!r}",
                where=where,
                allowed="an ARN with an account id in it",
                fix="give source_account for a resource whose ARN has no account",
            )
        self._statements.allow(
            Purpose(f"{sid}Sources", _ACTIONS), source_arn, service=service, condition=_SOURCE_ARN
        )

    def _functions_of(self, account: str) -> str:
        stack = cdk.Stack.of(self._repository)
        region = self._repository.env.region
        return f"arn:{stack.partition}:lambda:{region}:{account}:function:*"


def unpinned_service(grantee: object) -> str | None:
    """The service that a grantee is, if nothing says for whom it acts; None for anything else."""
    if not isinstance(grantee, iam.ServicePrincipal) or grantee.policy_fragment.conditions:
        return None
    return str(grantee.service)
