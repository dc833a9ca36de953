"""The OpenID Connect provider in IAM that has an account trust an issuer of pipeline tokens."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.federated_role import check_identity
from ecr_blueprints.constructs.web_identity import audience_of
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity

__all__ = ["PipelineIdentityProvider"]


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
        InvalidValueError: It is no `FederatedIdentity`.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html

    Practices: ACC-3
    """

    def __init__(self, scope: Construct, construct_id: str, *, identity: FederatedIdentity) -> None:
        check_place(scope, construct_id, kind="PipelineIdentityProvider")
        check_identity(identity, where=path_under(scope, construct_id))
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
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
