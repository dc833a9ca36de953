"""Who is allowed what, read from the statements of policies in templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from docs_assembly import DeployedStack, resolved

__all__ = [
    "IdentityPolicy",
    "RepositoryArn",
    "allowing",
    "identity_policies",
    "principals",
    "repository_arns",
]

_ARN = re.compile(r"arn:[\w-]+:ecr:(?P<region>[\w-]+):(?P<account>\d{12}):repository/(?P<name>.+)")
_IAM = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):(?P<what>root|role/[\w+=,.@/*-]+)")
_IDENTITIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPolicy:
    """A policy of IAM, and what has it.

    Attributes:
        document: What it says.
        roles: The roles that have it: the properties of a role of the same template, or a name.
    """

    document: Mapping[str, Any]
    roles: tuple[Mapping[str, Any] | str, ...]


@dataclass(frozen=True, slots=True)
class RepositoryArn:
    """The repositories that an ARN names."""

    account: str
    region: str
    name: str


def identity_policies(stack: DeployedStack) -> Iterator[IdentityPolicy]:
    """The policies of IAM in a stack.

    Args:
        stack: The stack.
    """
    roles = dict(stack.resources("AWS::IAM::Role"))
    for _, properties in stack.resources(*_IDENTITIES):
        held = properties.get("PolicyDocument")
        if held is not None:
            found = [one.get("Ref") if isinstance(one, dict) else one for one in properties.get("Roles", [])]
            named = tuple(roles.get(one, one) for one in found if isinstance(one, str))
            yield IdentityPolicy(document=resolved(held, stack), roles=named)
        for inline in properties.get("Policies", []):
            yield IdentityPolicy(document=resolved(inline["PolicyDocument"], stack), roles=(properties,))


def allowing(policy: Any, action: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a policy that allow an action.

    Args:
        policy: The policy, as an object or as JSON.
        action: Such as ``ecr:PutImage``.
    """
    document = json.loads(policy) if isinstance(policy, str) else policy
    for statement in document.get("Statement", []) if isinstance(document, dict) else []:
        if statement.get("Effect") == "Allow" and any(
            isinstance(one, str) and fnmatchcase(action, one) for one in _listed(statement.get("Action"))
        ):
            yield statement


def repository_arns(statement: Mapping[str, Any]) -> Iterator[RepositoryArn]:
    """The repositories that a statement names by their ARN.

    Args:
        statement: One of a policy of IAM.
    """
    for resource in _listed(statement.get("Resource")):
        found = _ARN.fullmatch(resource) if isinstance(resource, str) else None
        if found is not None:
            yield RepositoryArn(found["account"], found["region"], found["name"])


def principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Whom a statement of a resource's policy is for: an account, unit or organization, and a role or "".

    Args:
        statement: One that allows something.
    """
    conditions = statement.get("Condition", {})
    narrowed = {key: value for operator in conditions.values() for key, value in operator.items()}
    roles = [_IAM.fullmatch(one) for one in _listed(narrowed.get("aws:PrincipalArn")) if isinstance(one, str)]
    if roles:
        yield from ((one["account"], one["what"].removeprefix("role/")) for one in roles if one is not None)
        return
    principal = statement.get("Principal", {})
    for one in _listed(principal.get("AWS") if isinstance(principal, dict) else principal):
        found = _IAM.fullmatch(one) if isinstance(one, str) else None
        if found is not None:
            yield found["account"], "" if found["what"] == "root" else found["what"].removeprefix("role/")
        elif isinstance(one, str) and re.fullmatch(r"\d{12}", one):
            yield one, ""
        elif one == "*":
            yield from ((whom, "") for whom in _members(narrowed))


def _members(narrowed: Mapping[str, Any]) -> Iterator[str]:
    """Whose principals "everybody" is, by the conditions: accounts, units, or a whole organization."""
    paths = [one for one in _listed(narrowed.get("aws:PrincipalOrgPaths")) if isinstance(one, str)]
    accounts = _listed(narrowed.get("aws:PrincipalAccount"))
    if paths:
        for path in paths:
            yield [part for part in path.split("/") if part not in ("", "*")][-1]
    elif accounts:
        yield from (one for one in accounts if isinstance(one, str))
    else:
        yield from (one for one in _listed(narrowed.get("aws:PrincipalOrgID")) if isinstance(one, str))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
