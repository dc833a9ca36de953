"""The trust of a role in a pipeline's token: its issuer's provider in IAM, its audience, its subject."""

from __future__ import annotations

import re
from typing import Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IOIDCProviderRef
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import environment_of, partition_text, stack_of
from ecr_blueprints.domain.pipeline_identity import CHINA_STS_AUDIENCE, STS_AUDIENCE, FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["audience_of", "check_provider", "provider_arn", "web_identity_principal"]

_PROVIDER_ARN: Final = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:oidc-provider/(.+)")


def check_provider(
    provider: IOIDCProviderRef | str | None, identity: FederatedIdentity, *, where: str
) -> None:
    """Refuse what is no OpenID Connect provider of IAM, or one of another issuer.

    Args:
        provider: As given.
        identity: Whose tokens it stands for.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is none, or its ARN names another issuer.
    """
    if provider is None or hasattr(type(provider), "oidc_provider_ref") or is_token(provider):
        return
    match = _PROVIDER_ARN.fullmatch(provider) if isinstance(provider, str) else None
    if match is None and not (not isinstance(provider, str) and hasattr(provider, "oidc_provider_ref")):
        raise InvalidValueError(
            f"the provider is {provider!r}",
            where=where,
            allowed="an OpenID Connect provider of aws_cdk.aws_iam, or its ARN",
            fix="leave it out: the provider of the account is found by its issuer",
        )
    if match is not None and match.group(1) != identity.token_issuer:
        raise InvalidValueError(
            f"the provider is that of {match.group(1)}, and the tokens are issued by {identity.token_issuer}",
            where=where,
            fix=f"pass the provider of {identity.token_issuer}, or leave it out",
        )


def provider_arn(
    scope: Construct, identity: FederatedIdentity, provider: IOIDCProviderRef | str | None = None
) -> str:
    """The ARN of the provider that stands for an issuer; an account has one for each.

    Args:
        scope: A construct of the account.
        identity: Whose tokens.
        provider: The provider, where it is given. Default: that of the stack's account, by its issuer.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    if isinstance(provider, str):
        return provider
    if provider is not None:
        return str(provider.oidc_provider_ref.oidc_provider_arn)
    account, _ = environment_of(scope)
    account = stack_of(scope).account if account is None else account
    return f"arn:{partition_text(scope)}:iam::{account}:oidc-provider/{identity.token_issuer}"


def audience_of(scope: Construct, identity: FederatedIdentity) -> str:
    """The audience that a token must have: as the identity says, else that of STS in the stack's partition.

    In a stack without a Region, that of the partition ``aws``.
    """
    if identity.token_audience is not None:
        return identity.token_audience
    _, region = environment_of(scope)
    return CHINA_STS_AUDIENCE if region is not None and region.startswith("cn-") else STS_AUDIENCE


def web_identity_principal(
    scope: Construct, identity: FederatedIdentity, provider: IOIDCProviderRef | str | None = None
) -> iam.WebIdentityPrincipal:
    """Who assumes a role: the bearer of a token of that issuer, audience and subject.

    Args:
        scope: A construct of the role's stack.
        identity: Who it is.
        provider: The provider. Default: that of the stack's account.
    """
    issuer = identity.token_issuer
    equals: dict[str, Any] = {f"{issuer}:aud": audience_of(scope, identity)}
    conditions: dict[str, Any] = {"StringEquals": equals}
    if identity.has_wildcard:
        conditions["StringLike"] = {f"{issuer}:sub": identity.token_subject}
    else:
        equals[f"{issuer}:sub"] = identity.token_subject
    return iam.WebIdentityPrincipal(provider_arn(scope, identity, provider), conditions)
