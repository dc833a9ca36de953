"""Who assumes a puller or pusher role: other accounts, or a pipeline."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IOIDCProviderRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments
from ecr_blueprints.constructs.pipeline_identity_provider import (
    PipelineIdentityProvider,
    check_no_other_provider,
)
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.constructs.web_identity import check_provider, web_identity_principal
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_assumption", "principal_of", "provider_for"]


def check_assumption(
    scope: Construct,
    assumed_by: object,
    provider: IOIDCProviderRef | str | None,
    create_provider: object,
    *,
    where: str,
) -> None:
    """Refuse what nobody can assume a role by.

    Args:
        scope: The construct to which the role is to belong.
        assumed_by: As given.
        provider: As given.
        create_provider: As given.
        where: The role, for the error.

    Raises:
        InvalidValueError: It is neither accounts nor a pipeline, a provider goes with none, or one is to be
            created that this app makes already.
    """
    check_arguments(
        {"create_provider": create_provider},
        {"create_provider": FLAG},
        where=where,
        required=("create_provider",),
    )
    if not isinstance(assumed_by, TrustedAccounts | FederatedIdentity):
        raise InvalidValueError(
            f"assumed_by is {assumed_by!r}"
            if assumed_by is None or isinstance(assumed_by, str)
            else f"assumed_by is of the type {type(assumed_by).__name__}",
            where=where,
            allowed="TrustedAccounts, GitHubActions, GitLabPipelines or another FederatedIdentity",
            fix="for a role or user of this app, use the grants of the repository or prefix instead",
        )
    if isinstance(assumed_by, TrustedAccounts):
        if provider is not None or create_provider:
            raise InvalidValueError(
                "a provider is given, and accounts assume the role",
                where=where,
                fix="leave out provider and create_provider",
            )
        return
    if provider is not None and create_provider:
        raise InvalidValueError(
            "a provider is given, and another is to be created; an account has one for each issuer",
            where=where,
            fix="leave out one of provider and create_provider",
        )
    check_provider(provider, assumed_by, where=where)
    if create_provider:
        check_no_other_provider(scope, assumed_by, where=where)


def provider_for(
    scope: Construct, assumed_by: TrustedAccounts | FederatedIdentity, *, create: bool
) -> PipelineIdentityProvider | None:
    """The provider that a role makes, if it is to make one."""
    if not create or isinstance(assumed_by, TrustedAccounts):
        return None
    return PipelineIdentityProvider(scope, "Provider", identity=assumed_by)


def principal_of(
    scope: Construct,
    assumed_by: TrustedAccounts | FederatedIdentity,
    provider: IOIDCProviderRef | str | None,
) -> iam.IPrincipal:
    """Who assumes the role, as CDK takes it."""
    if isinstance(assumed_by, TrustedAccounts):
        return assumed_by.principal()
    return web_identity_principal(scope, assumed_by, provider)
