"""A role that pushes under prefixes of a registry, for a pipeline or for other accounts."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_ecr import IRepositoryRef
from aws_cdk.interfaces.aws_iam import IOIDCProviderRef
from constructs import Construct

from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.image_access_statements import login_statement, pull_statement, push_statement
from ecr_blueprints.constructs.image_role_options import check_role_options
from ecr_blueprints.constructs.push_permission import PushPermission
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.repository_scope import (
    check_no_cache,
    check_registry_account,
    check_repositories,
    read_prefixes,
    read_scope,
)
from ecr_blueprints.constructs.role_assumption import check_assumption, principal_of, provider_for
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ImagePusherRole"]


class ImagePusherRole(Construct):
    """A role of the registry's account that pushes under a team's prefixes, and nowhere else.

    For pipelines outside AWS, which log in with their own token, and for other accounts, which assume it.
    That way no repository policy has to let another account push, and who pushes is one trust policy. It can
    neither delete images nor change a repository, nor pull layers unless told to.

    Where signing rules of the registry cover what it reaches, whether they were made before or after the
    role, it may sign with their profiles.

    Example:
        from ecr_blueprints import GitHubActions, ImagePusherRole

        ImagePusherRole(
            stack,
            "Payments",
            registry=registry,
            assumed_by=GitHubActions("acme/payments", environment="prod"),
            prefixes=["team-a"],
        )

    Creates:
        One ``AWS::IAM::Role`` and its ``AWS::IAM::Policy``; with ``create_provider`` an
        ``AWS::IAM::OIDCProvider`` too, which is kept when the stack goes. None of them costs anything.

    Args:
        scope: The construct to belong to, in the registry's account.
        construct_id: Its id.
        registry: The registry, own or by contract.
        assumed_by: A pipeline, or accounts with what narrows them.
        prefixes: ``team-a`` is every repository under ``team-a/``, also those to come.
        repositories: Single repositories: constructs or names.
        can_pull: Whether it may pull the same repositories. Default: only push.
        provider: The OpenID Connect provider of the pipeline's issuer, as a construct or an ARN. Default:
            that of the account, which has to be there.
        create_provider: Whether to make that provider. Default: no; an account has one for each issuer.
        role_name: Default: CloudFormation generates one.
        max_session_duration: 1 to 12 hours. Default: 1 hour.
        permissions_boundary: A policy that limits the role further. Default: none.

    Attributes:
        role: The role.
        provider: The provider, if it was made here; else None.

    Raises:
        InvalidValueError: Nobody or nothing is named, the whole registry is, a prefix lies under a
            pull-through cache, or the stack is in another account than the registry.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html

    Practices: ACC-3, ACC-4, ACC-6, SIGN-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference,
        assumed_by: TrustedAccounts | FederatedIdentity,
        prefixes: Sequence[str] = (),
        repositories: Sequence[ecr.IRepository | IRepositoryRef | str] = (),
        can_pull: bool = False,
        provider: IOIDCProviderRef | str | None = None,
        create_provider: bool = False,
        role_name: str | None = None,
        max_session_duration: cdk.Duration | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="ImagePusherRole")
        where = path_under(scope, construct_id)
        check_registry_account(registry, scope, where=where)
        check_assumption(scope, assumed_by, provider, create_provider, where=where)
        check_role_options(
            flags={"can_pull": can_pull},
            role_name=role_name,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
            where=where,
        )
        namespaces = read_prefixes(prefixes, where=where)
        check_repositories(repositories, where=where)
        if not namespaces and not repositories:
            raise InvalidValueError(
                "nothing is named that the role could push",
                where=where,
                fix="give prefixes or repositories",
            )
        reached = read_scope(registry, scope, prefixes=namespaces, repositories=repositories)
        check_no_cache(registry, reached.patterns, where=where)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.provider = provider_for(self, assumed_by, create=create_provider)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=principal_of(
                self, assumed_by, provider if self.provider is None else self.provider.resource
            ),
            description="Pushes images to the repositories that its policy names.",
            role_name=role_name,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
        )
        statements = [login_statement(), push_statement(reached.arns)]
        if can_pull:
            statements.append(pull_statement(reached.arns))
        for statement in statements:
            self.role.add_to_principal_policy(statement)
        for pattern in reached.patterns:
            registry.add_push_grant(PushPermission(self.role, repositories=pattern))
