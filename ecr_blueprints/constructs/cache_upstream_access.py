"""What the owner of a registry allows, so that another account's registry can cache it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from constructs import Construct

from ecr_blueprints.constructs.app_registries import AppRegistries
from ecr_blueprints.constructs.named_principals import named_accounts
from ecr_blueprints.domain.actions import UPSTREAM_COPY
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["UpstreamAccess", "cache_upstream_statement"]


def cache_upstream_statement(
    downstream_accounts: Sequence[str], *, partition: str, repository_arns: Sequence[str] = ()
) -> dict[str, Any]:
    """The statement by which a registry lets other accounts' registries cache it.

    It goes into the registry policy, for everything under a prefix, or into the policy of one repository. A
    registry policy of scope V1 enforces but one of its four actions (facts §6): the registry needs scope V2,
    which new registries have. A cache of the same account needs no statement.

    Args:
        downstream_accounts: The accounts whose registries cache this one, at least one, 12 digits each. The
            account's root is what AWS documents; that naming the cache's role is enough is not (unverified).
        partition: The registry's, such as ``aws``.
        repository_arns: The ARNs of the repositories that may be cached, with ``*``, for a registry policy.
            Default: none, for the policy of a repository.

    Raises:
        InvalidValueError: No account, or a malformed one.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html

    Practices: PTC-1
    """
    accounts = named_accounts(downstream_accounts, method="allow_cache_upstream")
    roots = [f"arn:{partition}:iam::{account}:root" for account in dict.fromkeys(accounts)]
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": roots[0] if len(roots) == 1 else roots},
        "Action": [*UPSTREAM_COPY],
    }
    if not repository_arns:
        return statement
    return {**statement, "Resource": repository_arns[0] if len(repository_arns) == 1 else [*repository_arns]}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamAccess:
    """The statement that a cache needs in the registry policy of its upstream, which this app owns too.

    Attributes:
        owner: The upstream's registry.
        contributor: The construct path of the cache.
        statement: What the upstream has to allow.
    """

    owner: PrivateRegistry
    contributor: str
    statement: dict[str, Any]

    @classmethod
    def find(
        cls,
        scope: Construct,
        upstream: UpstreamRegistry,
        *,
        upstream_prefix: str | None,
        account: str | None,
        path: str,
    ) -> Self | None:
        """What is to be allowed; None where nothing is, or where another app has to.

        Args:
            scope: The cache's scope.
            upstream: What is cached.
            upstream_prefix: The prefix at the upstream; None for all of it.
            account: The cache's account; None if it is left to the deployment.
            path: The construct path of the cache.

        Raises:
            InvalidValueError: The upstream's registry policy would be too long.
        """
        if upstream.account is None or account is None or upstream.account == account:
            return None
        place = (upstream.account, upstream.region)
        for owner in AppRegistries.of(scope).registries:
            if (owner.account, owner.region) == place:
                # All of the registry only where the cache has no upstream prefix, and thus is of all of it.
                names = owner.repository_arn_under(ROOT if upstream_prefix is None else upstream_prefix)
                statement = cache_upstream_statement(
                    [account], partition=owner.partition, repository_arns=[names]
                )
                owner.check_registry_policy(path, [statement])
                return cls(owner=owner, contributor=path, statement=statement)
        return None

    def allow(self) -> None:
        """Add the statement to the upstream's registry policy."""
        self.owner.set_registry_policy(self.contributor, [self.statement])
