"""What of a registry its own source declares, in the forms in which rules look at it.

A registry contract adds templates, caches and scanning that another app declares: rules judge with
them, and never judge them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from ecr_blueprints.registry.access_policy import AccessPolicy, Principal, Statement
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = [
    "Declaration",
    "NamedStatement",
    "access_policies",
    "declared",
    "is_declared",
    "lifecycle_policies",
    "statements_of",
]


class _Sourced(Protocol):
    @property
    def source(self) -> SourceLocation: ...


_Item = TypeVar("_Item", bound=_Sourced)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Generic[_Value]):
    """One property of a repository, a creation template or the registry.

    Attributes:
        label: Whose property it is, as a message names it: ``repository 'prod/api'``.
        source: Where its owner is declared.
        property_path: The property.
        value: The property's value.
        is_cdk_asset: True for the CDK bootstrap's own repository.
    """

    label: str
    source: SourceLocation
    property_path: str
    value: _Value
    is_cdk_asset: bool = False


def is_declared(source: SourceLocation) -> bool:
    """Whether this is a resource of the reviewed source, and not context from a registry contract."""
    return source.logical_id is not None or source.construct_path is not None or source.arn is not None


def declared(items: Iterable[_Item]) -> Iterator[_Item]:
    """Those that the reviewed source declares itself."""
    return (item for item in items if is_declared(item.source))


def lifecycle_policies(registry: Registry) -> Iterator[Declaration[str | Unresolved | Malformed | None]]:
    """The lifecycle policy of every repository and creation template, also where there is none."""
    for repository in declared(registry.repositories):
        yield Declaration(
            label=f"repository {repository.label!r}",
            source=repository.source,
            property_path="LifecyclePolicy.LifecyclePolicyText",
            value=repository.lifecycle_policy,
            is_cdk_asset=repository.is_cdk_asset_repository,
        )
    for template in declared(registry.creation_templates):
        yield Declaration(
            label=f"creation template {template.label!r}",
            source=template.source,
            property_path="LifecyclePolicy",
            value=template.lifecycle_policy,
        )


def access_policies(registry: Registry) -> Iterator[Declaration[AccessPolicy | Unresolved | Malformed]]:
    """Every resource policy that there is: of repositories, of creation templates, of the registry."""
    for repository in declared(registry.repositories):
        if repository.policy is not None:
            yield Declaration(
                label=f"repository {repository.label!r}",
                source=repository.source,
                property_path="RepositoryPolicyText",
                value=repository.policy,
                is_cdk_asset=repository.is_cdk_asset_repository,
            )
    for template in declared(registry.creation_templates):
        if template.policy is not None:
            yield Declaration(
                label=f"creation template {template.label!r}",
                source=template.source,
                property_path="RepositoryPolicy",
                value=template.policy,
            )
    unknown = registry.account is None and registry.region is None
    for policy in declared(registry.policies):
        yield Declaration(
            label="the registry policy" if unknown else f"the registry policy of {registry.label}",
            source=policy.source,
            property_path="PolicyText",
            value=policy.policy,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStatement:
    """One statement of a policy, or an intrinsic in its place.

    Attributes:
        name: How a message calls it: by its Sid, else by its number.
        key: What tells it from the others when statements before it come and go.
        statement: The statement.
    """

    name: str
    key: str
    statement: Statement | Unresolved


def statements_of(policy: AccessPolicy) -> Iterator[NamedStatement]:
    """The statements of a policy, named; no two have the same key."""
    keys: Counter[str] = Counter()
    for number, statement in enumerate(policy.statements, start=1):
        name = f"statement {number}"
        if isinstance(statement, Unresolved):
            key = statement.expression
        elif statement.sid is not None:
            name, key = f"statement {statement.sid!r}", statement.sid
        else:
            key = _canonical_text(statement)
        keys[key] += 1
        repeated = f" {keys[key]}" if keys[key] > 1 else ""
        yield NamedStatement(name=name, key=key + repeated, statement=statement)


@lru_cache(maxsize=1024)
def _canonical_text(statement: Statement) -> str:
    """Everything that a statement says, the same text in whatever order its lists are written."""
    conditions = statement.conditions
    return json.dumps(
        [
            statement.effect,
            _values(statement.principals),
            _values(statement.not_principals),
            _values(statement.actions),
            _values(statement.not_actions),
            _values(statement.resources),
            _values(statement.not_resources),
            str(conditions)
            if isinstance(conditions, Unresolved)
            else sorted([one.operator, one.key, *_values(one.values)] for one in conditions),
        ]
    )


def _values(values: tuple[Resolvable[str] | Principal, ...] | Unresolved) -> list[str]:
    if isinstance(values, Unresolved):
        return [str(values)]
    return sorted(f"{one.kind} {one.value}" if isinstance(one, Principal) else str(one) for one in values)
