"""The identity-based policy with which a workload account pulls from another account's registry."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.image_access_statements import cache_statement, login_statement, pull_statement
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_reference import CacheReference, RegistryReference
from ecr_blueprints.constructs.repository_scope import check_name_pattern
from ecr_blueprints.domain.managed_policy import (
    MAX_MANAGED_POLICY_LENGTH,
    check_managed_policy_description,
    check_managed_policy_name,
)
from ecr_blueprints.domain.principals import check_account_id, check_region, partition_of
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ConsumerPolicy"]

_SHORTER: Final = "name prefixes, such as prod/*, in place of single repositories, or split it in two"
_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")

_ACCEPTED: Final = {
    "account": TEXT,
    "regions": TEXTS,
    "pull": TEXTS,
    "caches": Accepted(types=(Sequence,), words="a list of caches, or of their prefixes or upstreams"),
    "create": FLAG,
    "description": TEXT,
    "managed_policy_name": TEXT,
    "roles": Accepted(types=(Sequence,), words="a list of roles"),
}


class ConsumerPolicy(Construct):
    """What the roles of a workload account need to pull from the registry of another one.

    Across accounts both sides have to allow (facts §6): the registry's account lets this one pull, by
    ``grant_pull_to_account`` and its like on repositories and caches, and this policy lets single roles here
    use that: cluster nodes, task execution roles, functions. It names the registry by account and Region, so
    that no stack refers to another.

    Example:
        from ecr_blueprints import ConsumerPolicy

        ConsumerPolicy(stack, "Pull", account="444455556666", pull=["prod/*"], caches=["docker-hub"])

    Creates:
        One ``AWS::IAM::ManagedPolicy``, which costs nothing and goes with the stack. A role can have ten
        managed policies unless the quota is raised.

    Args:
        scope: The construct to belong to, in the workload account.
        construct_id: Its id.
        registry: The registry by its contract. Default: ``account`` and ``regions`` say where it is.
        account: The registry's account.
        regions: The registry's Regions. Default: the stack's.
        pull: Names of repositories, with ``*`` for any run of characters: ``prod/*``.
        caches: Pull-through caches: constructs, prefixes or, with ``registry``, upstreams.
        create: Whether the first pull of an image through a cache may create its repository. Default: yes.
        description: For people, at most 1,000 characters. Default: none.
        managed_policy_name: At most 128 characters. Default: CloudFormation generates one.
        roles: The roles to attach it to. Default: none; attach it with ``role.add_managed_policy(…)``.

    Attributes:
        policy: The managed policy.

    Raises:
        InvalidValueError: It is not said where the registry is, nothing is pulled, the policy is longer than
            IAM takes, or a malformed value.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html and
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html

    Practices: ACC-1, PTC-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference | None = None,
        account: str | None = None,
        regions: Sequence[str] = (),
        pull: Sequence[str] = (),
        caches: Sequence[CacheReference | str] = (),
        create: bool = True,
        description: str | None = None,
        managed_policy_name: str | None = None,
        roles: Sequence[iam.IRole] = (),
    ) -> None:
        check_place(scope, construct_id, kind="ConsumerPolicy")
        where = path_under(scope, construct_id)
        check_arguments(
            {
                "account": account,
                "regions": regions,
                "pull": pull,
                "caches": caches,
                "create": create,
                "description": description,
                "managed_policy_name": managed_policy_name,
                "roles": roles,
            },
            _ACCEPTED,
            where=where,
            required=("regions", "pull", "caches", "create", "roles"),
        )
        for role in roles:
            if not hasattr(role, "role_arn"):
                raise InvalidValueError(
                    f"a role is of the type {type(role).__name__}",
                    where=where,
                    allowed="roles of aws_cdk.aws_iam",
                    fix='write iam.Role.from_role_arn(stack, "Node", arn)',
                )
        if managed_policy_name is not None and not is_token(managed_policy_name):
            check_managed_policy_name(managed_policy_name, where=where)
        if description is not None and not is_token(description):
            check_managed_policy_description(description, where=where)
        bases = _repository_arn_bases(registry, scope, account, regions, where=where)
        repositories = [
            f"{base}/{check_name_pattern(pattern, where=where)}" for base in bases for pattern in pull
        ]
        cached = _cached(registry, bases, caches, where=where)
        if not repositories and not cached:
            raise InvalidValueError("nothing is pulled", where=where, fix="give pull or caches")
        statements = [login_statement(), pull_statement([*repositories, *cached])]
        if cached:
            statements.append(cache_statement(cached, create=create))
        length = _check_length(statements, where=where)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        # "Default" stands in no logical ID: a managed policy in this place before keeps its own.
        self.policy = iam.ManagedPolicy(
            self,
            "Default",
            description=description,
            managed_policy_name=managed_policy_name,
            statements=statements,
            roles=list(roles) or None,
        )
        warn_of_quota(
            self,
            "managed-policy-length",
            used=length,
            limit=MAX_MANAGED_POLICY_LENGTH,
            what="characters of the pull policy",
            advice=_SHORTER,
        )


def _check_length(statements: Sequence[iam.PolicyStatement], *, where: str) -> int:
    """Refuse a policy that is certainly longer than IAM takes; tokens are not counted. Give its length."""
    document = {"Version": "2012-10-17", "Statement": [one.to_statement_json() for one in statements]}
    length = len(_TOKEN.sub("", json.dumps(document, separators=(",", ":"))))
    if length > MAX_MANAGED_POLICY_LENGTH:
        raise InvalidValueError(
            f"the policy would have {length:,} characters, with each name and cache for each Region",
            where=where,
            allowed=f"at most {MAX_MANAGED_POLICY_LENGTH:,}",
            fix=_SHORTER,
        )
    return length


def _repository_arn_bases(
    registry: object, scope: Construct, account: str | None, regions: Sequence[str], *, where: str
) -> list[str]:
    """``arn:…:repository`` of each Region."""
    stack = cdk.Stack.of(scope)
    if registry is not None:
        if not isinstance(registry, RegistryReference):
            raise InvalidValueError(
                f"the registry is of the type {type(registry).__name__}",
                where=where,
                allowed="PrivateRegistry.from_contract(…), or account and regions",
            )
        if account is not None or regions:
            raise InvalidValueError(
                "the registry is given, and so is its account or Region",
                where=where,
                allowed="registry alone, or account and regions",
            )
        return [RegistryEnvironment.of_registry(registry.ledger, stack).arn("ecr", "repository")]
    if account is None:
        raise InvalidValueError(
            "nothing says in which account the registry is", where=where, fix="give registry or account"
        )
    if not is_token(account):
        check_account_id(account)
    found = []
    for region in regions or [stack.region]:
        partition = stack.partition if is_token(region) else partition_of(check_region(region)).name
        found.append(f"arn:{partition}:ecr:{region}:{account}:repository")
    return found


def _cached(
    registry: RegistryReference | None,
    bases: Sequence[str],
    caches: Sequence[CacheReference | str],
    *,
    where: str,
) -> list[str]:
    """The ARNs of what the caches hold; in every Region, since a construct knows its own alone."""
    prefixes = []
    for cache in caches:
        if isinstance(cache, str):
            prefixes.append(
                CachePrefix(cache).value.removesuffix("/")
                if registry is None
                else registry.cache(cache).prefix
            )
        elif hasattr(cache, "repository_arn_pattern"):
            prefixes.append(cache.prefix)
        else:
            raise InvalidValueError(
                f"a cache is of the type {type(cache).__name__}",
                where=where,
                allowed="a pull-through cache, or its prefix",
                fix="write for example caches=['docker-hub']",
            )
    return [f"{base}/{'*' if prefix == ROOT else f'{prefix}/*'}" for base in bases for prefix in prefixes]
