"""The registries that are reached through endpoints, and their caches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.principals import check_account_id, partition_of
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_credential import upstream_of
from ecr_blueprints.registry.cache_rule import CacheRule

__all__ = ["CacheToSeed", "ReachedRegistry", "read_registries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheToSeed:
    """A pull-through cache of which each image has to be pulled once from where the internet is.

    Attributes:
        registry_uri: The host name of its registry.
        prefix: The prefix of its repositories, or ``ROOT``.
        upstream: What it caches: a host, where that is known.
    """

    registry_uri: str
    prefix: str
    upstream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedRegistry:
    """A registry that a VPC pulls from.

    Attributes:
        repository_arn_base: The ARN of its repositories as far as ``repository``.
        reference: The registry itself; None if nothing is known of it but its account.
    """

    repository_arn_base: str
    reference: RegistryReference | None

    @property
    def repository_arn(self) -> str:
        """The ARN of every repository, with ``*``."""
        return f"{self.repository_arn_base}/*"

    @property
    def caches(self) -> tuple[CacheToSeed, ...]:
        """Its pull-through caches, as far as they are known now."""
        reference = self.reference
        if reference is None:
            return ()
        return tuple(
            CacheToSeed(registry_uri=reference.uri, prefix=rule.known_prefix, upstream=_upstream(rule))
            for rule in reference.ledger.cache_rules
            if rule.known_prefix is not None
        )

    @property
    def cache_repository_arns(self) -> tuple[str, ...]:
        """The ARN of every repository of each cache, with ``*``."""
        return tuple(
            f"{self.repository_arn_base}/{CreationTemplatePrefix(cache.prefix).pattern}"
            for cache in self.caches
        )


def read_registries(given: object, stack: cdk.Stack, *, where: str) -> tuple[ReachedRegistry, ...]:
    """The registries that are meant.

    What a registry leaves open of its account is taken for the stack's. An account that is named twice is
    taken once.

    Args:
        given: A registry or an account id, or several of them.
        stack: The stack of the endpoints, which lead to registries of its Region.
        where: The construct, for the error.

    Raises:
        InvalidValueError: There is none, one that is neither, or one of another Region.
    """
    several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if not several:
        raise InvalidValueError(
            "no registry is given",
            where=where,
            allowed="registries or account ids",
            fix="write registries=[registry]",
        )
    partition = stack.partition if is_token(stack.region) else partition_of(stack.region).name
    reached: dict[str, ReachedRegistry] = {}
    for one in several:
        account, reference = _account_of(one, stack, where)
        base = f"arn:{partition}:ecr:{stack.region}:{account}:repository"
        if account not in reached or reference is not None:
            reached[account] = ReachedRegistry(repository_arn_base=base, reference=reference)
    return tuple(reached.values())


def _account_of(given: object, stack: cdk.Stack, where: str) -> tuple[str, RegistryReference | None]:
    if isinstance(given, str):
        return (given if is_token(given) else check_account_id(given)), None
    if not isinstance(given, RegistryReference):
        raise InvalidValueError(
            f"a registry is of the type {type(given).__name__}",
            where=where,
            allowed="a PrivateRegistry, one from a contract, or an account id in quotes",
            fix='write registries=[registry] or registries=["111122223333"]',
        )
    if given.region is not None and not is_token(stack.region) and given.region != stack.region:
        raise InvalidValueError(
            f"the registry is in {given.region}, and the endpoints are in {stack.region}",
            where=where,
            allowed="registries of the same Region, of any account",
            fix=f"replicate to the registry of {stack.region}, and pull from there",
        )
    return (stack.account if given.account is None else given.account), given


def _upstream(rule: CacheRule) -> str:
    for value in (rule.upstream_registry_url, rule.upstream_registry):
        if isinstance(value, str):
            return value
    known = upstream_of(rule)
    return str(getattr(known, "key", "its upstream"))
