"""What the owner of a registry allows, so that another account's registry can cache it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecr_blueprints.constructs.named_principals import named_accounts
from ecr_blueprints.domain.actions import UPSTREAM_COPY

__all__ = ["cache_upstream_statement"]


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
