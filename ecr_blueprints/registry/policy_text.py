"""An access policy as the document that ECR takes: the other direction of `policy_document`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Principal, Statement
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["render_policy", "render_statement"]

_DEFAULT_VERSION: Final = "2012-10-17"


class _UnknownError(Exception):
    """A value that only deployment determines stands in the policy."""

    def __init__(self, value: Unresolved) -> None:
        self.value = value
        super().__init__(str(value))


def render_policy(policy: AccessPolicy) -> dict[str, Any] | Unresolved:
    """The policy as a document of plain values.

    Args:
        policy: The policy.

    Returns:
        Unresolved, the first one in it, if something of it is known only at deployment.
    """
    try:
        return {
            "Version": _DEFAULT_VERSION if policy.version is None else policy.version,
            "Statement": [_statement(_known(statement)) for statement in policy.statements],
        }
    except _UnknownError as unknown:
        return unknown.value


def render_statement(statement: Statement) -> dict[str, Any] | Unresolved:
    """One statement as plain values, as of `render_policy`."""
    try:
        return _statement(statement)
    except _UnknownError as unknown:
        return unknown.value


def _known(value: Any) -> Any:
    if isinstance(value, Unresolved):
        raise _UnknownError(value)
    return value


def _statement(statement: Statement) -> dict[str, Any]:
    rendered: dict[str, Any] = {} if statement.sid is None else {"Sid": statement.sid}
    rendered["Effect"] = statement.effect.value
    for name, principals in (
        ("Principal", statement.principals),
        ("NotPrincipal", statement.not_principals),
    ):
        if _known(principals):
            rendered[name] = _principals(_known(principals))
    for name, values in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        if _known(values):
            rendered[name] = _one_or_all([_known(value) for value in _known(values)])
    if _known(statement.conditions):
        rendered["Condition"] = _conditions(_known(statement.conditions))
    return rendered


def _principals(principals: Iterable[Principal]) -> Any:
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for principal in principals:
        by_kind[principal.kind].append(_known(principal.value))
    if dict(by_kind) == {"AWS": ["*"]}:
        return "*"
    return {kind: _one_or_all(values) for kind, values in by_kind.items()}


def _conditions(conditions: Iterable[Condition]) -> dict[str, dict[str, Any]]:
    rendered: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for condition in conditions:
        values = [_known(value) for value in condition.values]
        rendered[condition.operator][condition.key] = _one_or_all(values)
    return dict(rendered)


def _one_or_all(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
