"""The OpenID Connect provider in IAM that has an account trust an issuer of pipeline tokens."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from ecr_blueprints.constructs.app_registries import app_anchor
from ecr_blueprints.constructs.construct_place import check_free, check_place, environment_of, path_under
from ecr_blueprints.constructs.federated_role import check_identity
from ecr_blueprints.constructs.web_identity import audience_of
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["PipelineIdentityProvider", "check_no_other_provider"]

_BY_APP: WeakKeyDictionary[IConstruct, dict[tuple[str, str], str]] = WeakKeyDictionary()


class PipelineIdentityProvider(Construct):
    """Has the account trust the issuer of a pipeline's tokens: GitHub, GitLab or another.

    An account has one provider for each issuer, shared by every role that trusts it. Most accounts have
    GitHub's already; then leave this out: roles find it by its ARN. It lets nobody in by itself.

    Made of CloudFormation's own resource, without the Lambda function that ``iam.OpenIdConnectProvider``
    adds. It is kept when it leaves the template, since roles of other stacks may depend on it.

    Example:
        from ecr_blueprints import GitHubActions, PipelineIdentityProvider

        PipelineIdentityProvider(stack, "GitHub", identity=GitHubActions("acme/payments", environment="prod"))

    Creates:
        One ``AWS::IAM::OIDCProvider``, which costs nothing. It stays when the stack goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        identity: Anybody whose tokens come from the issuer: issuer and audience are taken from it.

    Attributes:
        resource: The provider.
        arn: Its ARN.

    Raises:
        InvalidValueError: It is no `FederatedIdentity`, or this app makes the issuer's provider in the
            account already: in any of its stacks, or in this one where the account is left open.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html

    Practices: ACC-3
    """

    def __init__(self, scope: Construct, construct_id: str, *, identity: FederatedIdentity) -> None:
        check_place(scope, construct_id, kind="PipelineIdentityProvider")
        path = path_under(scope, construct_id)
        check_identity(identity, where=path)
        check_no_other_provider(scope, identity, where=path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        _providers(scope)[_place(scope, identity)] = path
        # Without thumbprints, IAM takes the issuer's certificate authority from the issuer itself.
        self.resource = iam.CfnOIDCProvider(
            self,
            "Resource",
            url=f"https://{identity.token_issuer}",
            client_id_list=[audience_of(self, identity)],
        )
        self.resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    @property
    def arn(self) -> str:
        """The provider's ARN."""
        return self.resource.attr_arn


def check_no_other_provider(scope: Construct, identity: FederatedIdentity, *, where: str) -> None:
    """Refuse a second provider of an issuer in one account: IAM knows no Regions, and has one for each URL.

    Args:
        scope: A construct of the stack in which it is to be.
        identity: Whose tokens.
        where: The construct that is to make it, for the error.

    Raises:
        InvalidValueError: This app makes it already; the error names both.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    """
    other = _providers(scope).get(_place(scope, identity))
    if other is not None:
        raise InvalidValueError(
            f"{other!r} makes the provider of {identity.token_issuer} already, and {where!r} would too",
            where=where,
            allowed="one provider for each issuer in an account",
            fix="make it once, and pass it as provider= to roles of its stack; leave provider out elsewhere",
        )


def _providers(scope: Construct) -> dict[tuple[str, str], str]:
    return _BY_APP.setdefault(app_anchor(scope), {})


def _place(scope: Construct, identity: FederatedIdentity) -> tuple[str, str]:
    """The account, or the stack that leaves it open, and the issuer."""
    account, _ = environment_of(scope)
    return account or f"stack {cdk.Stack.of(scope).node.path}", identity.token_issuer
