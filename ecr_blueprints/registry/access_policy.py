"""Resource policies (repository and registry), parsed once for everyone who asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["AccessPolicy", "Condition", "Effect", "Principal", "Statement"]


class Effect(StrEnum):
    """Whether a statement grants or refuses."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """One principal of a statement.

    Attributes:
        kind: ``AWS``, ``Service``, ``Federated`` or ``CanonicalUser``.
        value: ``*``, an account id, an ARN, a service name.
    """

    kind: str
    value: Resolvable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key of a statement's ``Condition``: every condition has to hold, any value satisfies it.

    Attributes:
        operator: Such as ``StringEquals`` or ``ForAnyValue:StringLike``.
        key: Such as ``aws:PrincipalOrgID``, as written.
        values: The values it is compared with.
    """

    operator: str
    key: str
    values: tuple[Resolvable[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Attributes:
        sid: The statement's id, if it has one.
        effect: Allow or Deny.
        principals: ``Principal``; empty where ``NotPrincipal`` is used.
        not_principals: ``NotPrincipal``.
        actions: ``Action``, as written.
        not_actions: ``NotAction``.
        resources: ``Resource``; empty where the policy leaves it out, as a repository policy may.
        not_resources: ``NotResource``.
        conditions: Every key of ``Condition``, or Unresolved where the block itself is not known.
    """

    sid: str | None = None
    effect: Effect = Effect.ALLOW
    principals: tuple[Principal, ...] | Unresolved = ()
    not_principals: tuple[Principal, ...] | Unresolved = ()
    actions: tuple[Resolvable[str], ...] | Unresolved = ()
    not_actions: tuple[Resolvable[str], ...] | Unresolved = ()
    resources: tuple[Resolvable[str], ...] | Unresolved = ()
    not_resources: tuple[Resolvable[str], ...] | Unresolved = ()
    conditions: tuple[Condition, ...] | Unresolved = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """A parsed resource policy.

    Attributes:
        statements: In the order written; a statement that is an intrinsic is Unresolved.
        version: The policy language version.
    """

    statements: tuple[Statement | Unresolved, ...]
    version: str | None = None
