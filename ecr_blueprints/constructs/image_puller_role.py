"""A role that pulls from a registry, for other accounts or for a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_ecr import IRepositoryRef
from aws_cdk.interfaces.aws_iam import IOIDCProviderRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import Accepted, check_arguments
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.image_access_statements import cache_statement, login_statement, pull_statement
from ecr_blueprints.constructs.image_role_options import check_role_options
from ecr_blueprints.constructs.registry_reference import CacheReference, RegistryReference
from ecr_blueprints.constructs.repository_scope import (
    check_registry_account,
    check_repositories,
    read_prefixes,
    read_scope,
)
from ecr_blueprints.constructs.role_assumption import check_assumption, principal_of, provider_for
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ImagePullerRole"]

_CACHES: Final = Accepted(types=(Sequence,), words="a list of caches, or of their prefixes or upstreams")


class ImagePullerRole(Construct):
    """A role of the registry's account that pulls under some prefixes, repositories and caches alone.

    For whoever cannot be named in repository policies: a customer's account with an external id, a pipeline
    with its token, a tool that serves many accounts. Accounts of your own organization are better served by
    a grant on the repositories and a `ConsumerPolicy` in theirs: their nodes then pull with their own roles.

    Example:
        from ecr_blueprints import ImagePullerRole, TrustedAccounts

        ImagePullerRole(
            stack,
            "Customer",
            registry=registry,
            assumed_by=TrustedAccounts(accounts=["222233334444"], external_id="customer-4711"),
            prefixes=["products"],
        )

    Creates:
        One ``AWS::IAM::Role`` and its ``AWS::IAM::Policy``; with ``create_provider`` an
        ``AWS::IAM::OIDCProvider`` too, which is kept when the stack goes. None of them costs anything; what
        is pulled out of the Region is billed as data transfer to the registry's account.

    Args:
        scope: The construct to belong to, in the registry's account.
        construct_id: Its id.
        registry: The registry, own or by contract.
        assumed_by: Accounts with what narrows them, or a pipeline.
        prefixes: ``prod`` is every repository under ``prod/``, also those to come.
        repositories: Single repositories: constructs or names.
        caches: Pull-through caches: constructs, or their prefixes or upstreams.
        create: Whether the first pull of an image through a cache may create its repository. Default: yes.
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
        InvalidValueError: Nobody or nothing is named, the whole registry is, there is no such cache, or the
            stack is in another account than the registry.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html and
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html

    Practices: ACC-3, ACC-4, PTC-4
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
        caches: Sequence[CacheReference | str] = (),
        create: bool = True,
        provider: IOIDCProviderRef | str | None = None,
        create_provider: bool = False,
        role_name: str | None = None,
        max_session_duration: cdk.Duration | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="ImagePullerRole")
        where = path_under(scope, construct_id)
        check_registry_account(registry, scope, where=where)
        check_assumption(scope, assumed_by, provider, create_provider, where=where)
        check_role_options(
            flags={"create": create},
            role_name=role_name,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
            where=where,
        )
        namespaces = read_prefixes(prefixes, where=where)
        check_repositories(repositories, where=where)
        found = _read_caches(registry, caches, where=where)
        if not namespaces and not repositories and not found:
            raise InvalidValueError(
                "nothing is named that the role could pull",
                where=where,
                fix="give prefixes, repositories or caches",
            )
        reached = read_scope(registry, scope, prefixes=namespaces, repositories=repositories)
        cached = tuple(dict.fromkeys(cache.repository_arn_pattern for cache in found))
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.provider = provider_for(self, assumed_by, create=create_provider)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=principal_of(
                self, assumed_by, provider if self.provider is None else self.provider.resource
            ),
            description="Pulls images from the repositories that its policy names.",
            role_name=role_name,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
        )
        statements = [login_statement(), pull_statement([*reached.arns, *cached])]
        if cached:
            statements.append(cache_statement(cached, create=create))
        for statement in statements:
            self.role.add_to_principal_policy(statement)


def _read_caches(
    registry: RegistryReference, caches: Sequence[CacheReference | str], *, where: str
) -> tuple[CacheReference, ...]:
    check_arguments({"caches": caches}, {"caches": _CACHES}, where=where, required=("caches",))
    found = []
    for one in caches:
        if isinstance(one, str):
            found.append(registry.cache(one))
        elif hasattr(one, "repository_arn_pattern"):
            found.append(one)
        else:
            raise InvalidValueError(
                f"a cache is of the type {type(one).__name__}",
                where=where,
                allowed="a pull-through cache, or its prefix or upstream",
                fix="write for example caches=['docker-hub']",
            )
    return tuple(found)
