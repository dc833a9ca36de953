"""Who pulls through a cache from outside the registry's account, as policy statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ecr_blueprints.domain.actions import CREATE, IMPORT_UPSTREAM, PULL

__all__ = ["CacheConsumer", "ConsumerKind", "import_statements", "pull_statements"]


class ConsumerKind(StrEnum):
    """How a consumer is named."""

    ACCOUNT = "account"
    ROLE = "role"
    ORGANIZATION_PATH = "organization-path"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheConsumer:
    """One consumer of a cache.

    Attributes:
        kind: How it is named.
        value: The account id, the role's ARN, the organization path or the organization's id.
        account: The account id; for a role that of the role. None for an organization.
        create: Whether the first pull of an image may create its repository.
        fill: Whether a pull may fetch from the upstream what the cache does not hold.
    """

    kind: ConsumerKind
    value: str
    account: str | None = None
    create: bool = True
    fill: bool = True


def import_statements(
    consumers: Sequence[CacheConsumer], *, repository_arn: str, partition: str
) -> list[dict[str, Any]]:
    """What the registry policy has to allow: to import from the upstream, and to create (facts §6).

    Args:
        consumers: The consumers, each once.
        repository_arn: The ARN of the cache's repositories, with ``*``.
        partition: Of the registry, such as ``aws``.
    """
    statements = []
    for create in (True, False):
        actions = [*CREATE, *IMPORT_UPSTREAM] if create else [*IMPORT_UPSTREAM]
        chosen = [consumer for consumer in consumers if consumer.fill and consumer.create is create]
        statements += [{**one, "Resource": repository_arn} for one in _allow(chosen, actions, partition)]
    return statements


def pull_statements(consumers: Sequence[CacheConsumer], *, partition: str) -> list[dict[str, Any]]:
    """What the repositories' own policy has to allow: to pull (facts §6)."""
    return _allow(consumers, [*PULL], partition)


def _allow(consumers: Sequence[CacheConsumer], actions: list[str], partition: str) -> list[dict[str, Any]]:
    def of(kind: ConsumerKind) -> list[CacheConsumer]:
        return [consumer for consumer in consumers if consumer.kind is kind]

    def roots(named: Sequence[CacheConsumer]) -> list[str]:
        accounts = dict.fromkeys(consumer.account for consumer in named if consumer.account is not None)
        return [f"arn:{partition}:iam::{account}:root" for account in accounts]

    statements: list[dict[str, Any]] = []
    if accounts := of(ConsumerKind.ACCOUNT):
        statements.append(_statement(_one_or_many(roots(accounts)), actions))
    if roles := of(ConsumerKind.ROLE):
        # ECR refuses a principal that does not exist yet; the account always does.
        arns = [role.value for role in roles]
        condition = {"ArnEquals": {"aws:PrincipalArn": _one_or_many(arns)}}
        statements.append(_statement(_one_or_many(roots(roles)), actions, condition))
    if paths := of(ConsumerKind.ORGANIZATION_PATH):
        condition = {
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": _one_or_many([path.value for path in paths])}
        }
        statements.append(_statement("*", actions, condition))
    if organizations := of(ConsumerKind.ORGANIZATION):
        condition = {
            "StringEquals": {"aws:PrincipalOrgID": _one_or_many([one.value for one in organizations])}
        }
        statements.append(_statement("*", actions, condition))
    return statements


def _statement(
    principal: str | list[str], actions: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions}
    return statement if condition is None else {**statement, "Condition": condition}


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
