"""The role of the registry's account in which an enterprise registry's images come to ECR."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, check_arguments
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.role_assumption import check_assumption, principal_of, provider_for
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["BridgeRole"]

_ACCEPTED: Final = {"create_provider": FLAG, "role_name": TEXT}
_EC2: Final = "ec2.amazonaws.com"


class BridgeRole(Construct):
    """Who crosses the bridge from Harbor or Artifactory into ECR; what it may do there, `BridgeAccess` says.

    It is one role for every Region, since IAM has no Regions, and trusts exactly one kind of caller: the
    bearer of a token, roles that are named, or EC2 instances of this account by an instance profile. There
    is no user with access keys: a key that lives for long is the secret that this is made to do without.

    Example:
        from ecr_blueprints import BridgeAccess, BridgeRole, TokenSubject

        role = BridgeRole(
            stack,
            "Bridge",
            assumed_by=TokenSubject(
                "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
                "system:serviceaccount:harbor:harbor-replication",
            ),
            create_provider=True,
        )
        BridgeAccess(stack, "Access", registry=registry, role=role.role, product="harbor", prefix="prod")

    Creates:
        One ``AWS::IAM::Role``; with ``create_provider`` an ``AWS::IAM::OIDCProvider``, which is kept when the
        stack goes; for EC2 instances an ``AWS::IAM::InstanceProfile`` of the role's name. Nothing costs.

    Args:
        scope: The construct to belong to, in the registry's account.
        construct_id: Its id.
        assumed_by: A token's bearer, or roles that are named. None: EC2 instances of this account.
        create_provider: Whether to make the issuer's provider. Default: no; an account has one for each.
        role_name: Default: CloudFormation generates one. A role that stacks of several Regions add to needs
            one.

    Attributes:
        role: The role.
        instance_profile: The instance profile, for EC2 instances; else None.

    Raises:
        InvalidValueError: Whole accounts are to assume it, or a provider goes with none.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html

    Practices: ACC-3, ACC-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: FederatedIdentity | TrustedAccounts | None,
        create_provider: bool = False,
        role_name: str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="BridgeRole")
        where = path_under(scope, construct_id)
        given = {"create_provider": create_provider, "role_name": role_name}
        check_arguments(given, _ACCEPTED, where=where, required=("create_provider",))
        if assumed_by is not None:
            check_assumption(scope, assumed_by, None, create_provider, where=where)
        elif create_provider:
            raise InvalidValueError(
                "a provider is to be made, and EC2 instances assume the role",
                where=where,
                fix="leave out create_provider",
            )
        if isinstance(assumed_by, TrustedAccounts) and not assumed_by.roles:
            raise InvalidValueError(
                "accounts are to cross the bridge, and not roles of them",
                where=where,
                allowed="TrustedAccounts(roles=[…])",
                fix="name the role of the job that copies",
            )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=self._principal(assumed_by, create_provider=create_provider),
            description="Brings images of the enterprise registry into Amazon ECR.",
            role_name=role_name,
        )
        self.instance_profile: iam.InstanceProfile | None = None
        if assumed_by is None:
            self.instance_profile = iam.InstanceProfile(
                self, "InstanceProfile", role=self.role, instance_profile_name=role_name
            )

    def _principal(
        self, assumed_by: FederatedIdentity | TrustedAccounts | None, *, create_provider: bool
    ) -> iam.IPrincipal:
        if assumed_by is None:
            return iam.ServicePrincipal(_EC2)
        provider = provider_for(self, assumed_by, create=create_provider)
        return principal_of(self, assumed_by, None if provider is None else provider.resource)
