"""The identity side of pulling through a cache."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments
from ecr_blueprints.constructs.cache_lambda import check_not_lambda
from ecr_blueprints.domain.actions import AUTHORIZE, CREATE, IMPORT_UPSTREAM, PULL
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_create", "grant_identity_pull"]


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
        InvalidValueError: The grantee has no policy of its own, or is a Lambda function.
    """
    check_create(create, where=where)
    check_not_lambda(grantee, where=where)
    actions = [*PULL, *IMPORT_UPSTREAM, *(CREATE if create else ())]
    grant = iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[repository_arn])
    if required and not grant.success:
        raise InvalidValueError(
            "the grantee has no identity-based policy that could allow it to pull",
            where=where,
            allowed="a role or user of the registry's account, a role or account principal of another one",
            fix="use grant_pull_to_account, grant_pull_to_organization_paths or grant_pull_to_organization",
        )
    login = iam.Grant.add_to_principal(grantee=grantee, actions=[*AUTHORIZE], resource_arns=["*"])
    return grant.combine(login)


def check_create(create: object, *, fill: object = True, where: str) -> None:
    """Refuse what does not say whether a pull may create its repository, or fetch from the upstream.

    Args:
        create: As given.
        fill: As given.
        where: The cache, for the error.

    Raises:
        InvalidValueError: It is neither True nor False.
    """
    check_arguments(
        {"create": create, "fill": fill},
        {"create": FLAG, "fill": FLAG},
        where=where,
        required=("create", "fill"),
    )
