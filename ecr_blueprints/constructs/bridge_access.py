"""What an enterprise registry's role may do in one registry of ECR."""

from __future__ import annotations

from typing import Any, Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments, member_of
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.image_access_statements import login_statement
from ecr_blueprints.constructs.push_permission import PushPermission
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.repository_scope import (
    check_no_cache,
    check_registry_account,
    read_prefixes,
    read_scope,
)
from ecr_blueprints.domain.enterprise_registry import (
    COPY_ACTIONS,
    HARBOR_ACTIONS,
    HARBOR_CREATE_ACTIONS,
    EnterpriseRegistry,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["BridgeAccess"]

_ACCEPTED: Final = {"may_create": FLAG}


class BridgeAccess(Construct):
    """Lets the role of a bridge bring images under one prefix of a registry, and nothing else.

    It pushes what is missing, and looks for what is there. It deletes nothing, changes no repository, pulls
    no layers, reads no setting of the registry. Where signing rules of the registry cover the prefix, made
    before or after this, it may sign with their profiles: ECR signs as whoever pushes.

    Example:
        from aws_cdk import aws_iam as iam

        from ecr_blueprints import BridgeAccess

        bridge = iam.Role(stack, "Job", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
        BridgeAccess(stack, "Access", registry=registry, role=bridge, product="artifactory", prefix="prod")

    Creates:
        Statements of the role's policy, an ``AWS::IAM::Policy`` in the role's stack. It costs nothing.

    Args:
        scope: The construct to belong to, in the registry's account.
        construct_id: Its id.
        registry: The registry, own or by contract.
        role: The role, of CDK; or one by its name or ARN that CDK may add a policy to.
        product: ``harbor`` replicates itself; for ``artifactory``, a job copies.
        prefix: ``prod`` is every repository under ``prod/``, also those to come.
        may_create: Whether Harbor may create repositories under the prefix, which then have neither
            immutable tags nor a lifecycle policy; see `CreatedRepositoryBaseline`. Default: no.

    Attributes:
        repository_arn: Every repository that it reaches.

    Raises:
        InvalidValueError: The whole registry is named, the prefix lies under a pull-through cache, or a job
            that copies is to create.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html and
    docs/reference/enterprise-registries.md

    Practices: ACC-4, ACC-6, SIGN-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference,
        role: iam.IRole,
        product: EnterpriseRegistry | str,
        prefix: str,
        may_create: bool = False,
    ) -> None:
        check_place(scope, construct_id, kind="BridgeAccess")
        where = path_under(scope, construct_id)
        check_registry_account(registry, scope, where=where)
        check_arguments({"may_create": may_create}, _ACCEPTED, where=where, required=("may_create",))
        chosen = member_of(EnterpriseRegistry, product, argument="product", where=where)
        _check_role(role, where=where)
        if may_create and chosen is not EnterpriseRegistry.HARBOR:
            raise InvalidValueError(
                "a job that copies is to create repositories",
                where=where,
                fix="declare each repository, and leave out may_create",
            )
        (namespace,) = read_prefixes([prefix], where=where)
        reached = read_scope(registry, scope, prefixes=[namespace], repositories=())
        check_no_cache(registry, reached.patterns, where=where)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        (self.repository_arn,) = reached.arns
        actions = HARBOR_ACTIONS if chosen is EnterpriseRegistry.HARBOR else COPY_ACTIONS
        statements = [login_statement(), self._statement("BringImages", actions)]
        if may_create:
            statements.append(self._statement("CreateRepositories", HARBOR_CREATE_ACTIONS))
        for statement in statements:
            role.add_to_principal_policy(statement)
        for pattern in reached.patterns:
            registry.add_push_grant(PushPermission(role, repositories=pattern))

    def _statement(self, sid: str, actions: tuple[str, ...]) -> iam.PolicyStatement:
        return iam.PolicyStatement(sid=sid, actions=list(actions), resources=[self.repository_arn])


def _check_role(role: Any, *, where: str) -> None:
    if isinstance(role, str) or not hasattr(role, "add_to_principal_policy"):
        raise InvalidValueError(
            f"the role is of the type {type(role).__name__}",
            where=where,
            allowed="a role of aws_cdk.aws_iam",
            fix='make one with BridgeRole, or write iam.Role.from_role_name(stack, "Role", name)',
        )
