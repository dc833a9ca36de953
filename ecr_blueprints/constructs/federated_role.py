"""The role that a pipeline outside AWS takes, made by a grant to the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IOIDCProviderRef
from constructs import Construct

from ecr_blueprints.constructs.construct_place import (
    check_place,
    path_under,
    place_in,
    refusal_if_taken,
    stack_of,
)
from ecr_blueprints.constructs.web_identity import check_provider, web_identity_principal
from ecr_blueprints.domain.actions import AUTHORIZE
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["FederatedGrant", "FederatedRole", "check_identity"]

_ROLES: Final = "_ecr_blueprints_federated_roles"
"""Attribute of a scope with its roles by identifier: asking CDK is several calls into Node.js each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedGrant:
    """What a grant to a pipeline made.

    Attributes:
        role: The role that the pipeline assumes; the same for every grant to it in one stack.
        grant: CDK's grant to that role.
    """

    role: iam.Role
    grant: iam.Grant


class FederatedRole(Construct):
    """The role of a pipeline outside AWS; a stack has one for each pipeline that something is granted to.

    ``repository.grant_push(GitHubActions(…))`` makes it, and every further grant in that stack adds to it. It
    trusts exactly one subject of one issuer and can do nothing but what is granted. For a role that reaches a
    prefix, or repositories of several stacks, use `ImagePusherRole` and `ImagePullerRole`.

    Example:
        from ecr_blueprints import FederatedRole, GitHubActions, ImageRepository

        api = ImageRepository(stack, "Api", repository_name="prod/payments/api")
        pipeline = GitHubActions("acme/payments", environment="prod")
        api.grant_push(pipeline)
        role = FederatedRole.of(stack, pipeline).role  # the same that the grant made

    Creates:
        One ``AWS::IAM::Role`` and, with the first grant, its ``AWS::IAM::Policy``. Neither costs anything;
        both go with the stack. The account's OpenID Connect provider for the issuer has to be there, see
        `PipelineIdentityProvider`.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        identity: Who assumes it.
        provider: The issuer's provider in IAM, as a construct or an ARN. Default: that of the stack's
            account.

    Attributes:
        identity: Who assumes it.
        role: The role.

    Raises:
        InvalidValueError: The identity is none, or the provider is that of another issuer.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html

    Practices: ACC-3, ACC-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identity: FederatedIdentity,
        provider: IOIDCProviderRef | str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="FederatedRole")
        where = path_under(scope, construct_id)
        check_identity(identity, where=where)
        check_provider(provider, identity, where=where)
        try:
            super().__init__(scope, construct_id)
        except RuntimeError:
            refusal = refusal_if_taken(scope, construct_id)
            if refusal is not None:
                raise refusal from None
            raise
        place_in(self, scope)
        if construct_id == identity.identifier:
            vars(scope).setdefault(_ROLES, {})[construct_id] = self
        self.identity = identity
        self._may_log_in = False
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=web_identity_principal(self, identity, provider),
            description=f"{identity.title[:900]}: what is granted to it on image repositories.",
        )

    @classmethod
    def of(cls, scope: Construct, identity: FederatedIdentity) -> FederatedRole:
        """The role of a pipeline in the stack to which a construct belongs; made if there is none yet.

        Args:
            scope: A construct of the stack, or the stack.
            identity: Who assumes it.

        Raises:
            InvalidValueError: It is no `FederatedIdentity`.
        """
        check_identity(identity, where="FederatedRole.of(…)")
        stack = stack_of(scope)
        role: FederatedRole | None = vars(stack).get(_ROLES, {}).get(identity.identifier)
        return cls(stack, identity.identifier, identity=identity) if role is None else role

    def let_log_in(self) -> None:
        """Let it log in, once; ECR knows no narrower resource than ``*`` for that."""
        if not self._may_log_in:
            self._may_log_in = True
            iam.Grant.add_to_principal(grantee=self.role, actions=list(AUTHORIZE), resource_arns=["*"])


def check_identity(identity: object, *, where: str) -> None:
    """Refuse what is no pipeline.

    Args:
        identity: As given.
        where: The construct or call, for the error.

    Raises:
        InvalidValueError: It is none.
    """
    if not isinstance(identity, FederatedIdentity):
        raise InvalidValueError(
            f"the identity is of the type {type(identity).__name__}",
            where=where,
            allowed="GitHubActions, GitLabPipelines or another FederatedIdentity",
            fix='write GitHubActions("acme/payments", environment="prod")',
        )
