"""Duties around a repository that are neither to pull nor to push: promote, administer, delete images."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.grantee import account_of, check_grantee
from ecr_blueprints.domain.actions import ADMIN
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ADMINISTER_ACTIONS", "DELETE_IMAGE_ACTIONS", "check_own_identity", "check_source"]

ADMINISTER_ACTIONS: Final = tuple(ADMIN)
"""To change settings, lifecycle, policy and tags of a repository. Neither images nor the repository go."""

DELETE_IMAGE_ACTIONS: Final = ("ecr:BatchDeleteImage",)
"""To delete images; the repository itself is deleted by whoever deploys its stack."""


def check_own_identity(grantee: iam.IGrantable, repository: ecr.IRepository, *, where: str) -> None:
    """Refuse to let anybody but an identity of the repository's account change it or delete from it.

    Args:
        grantee: A role, user or group.
        repository: The repository.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is no identity with a policy of its own, or one of another account.
    """
    check_grantee(grantee, where=where)
    account = account_of(grantee)
    if account is not None and account != repository.env.account:
        raise InvalidValueError(
            f"the grantee is of the account {account}, which is not the repository's",
            where=where,
            allowed="a role, user or group of the repository's account",
            fix="make a role here that theirs may assume, and grant to that",
        )
    if isinstance(grantee, iam.Role):
        return
    named = grantee.grant_principal.policy_fragment.principal_json
    values = [str(value) for values in named.values() for value in values]
    is_account = isinstance(grantee.grant_principal, iam.AccountPrincipal)
    if is_account or set(named) != {"AWS"} or any("*" in one or one.endswith(":root") for one in values):
        raise InvalidValueError(
            "the grantee is no single identity",
            where=where,
            allowed="a role, user or group of the repository's account",
            fix="grant to the role that does this work",
        )


def check_source(source: object, destination: ecr.IRepository, *, where: str) -> None:
    """Refuse what nothing can be promoted from.

    Args:
        source: As given.
        destination: Where images are promoted to.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is no repository, or the destination itself.
    """
    if not hasattr(source, "repository_arn"):
        raise InvalidValueError(
            f"the source is {source!r}"
            if isinstance(source, str)
            else f"the source is a {type(source).__name__}",
            where=where,
            allowed="a repository of aws_cdk.aws_ecr, or an ImageRepository",
            fix="import it with ecr.Repository.from_repository_name",
        )
    if source is destination:
        raise InvalidValueError(
            "the source and the destination are one repository",
            where=where,
            fix="name the repository from which images come",
        )
