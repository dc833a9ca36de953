"""A policy document, or its JSON text, as an `AccessPolicy`: for every source of the read model.

Malformed is what IAM's grammar does not have, so that ECR refuses the policy. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
``Resource`` may be left out, as ECR's own examples do (facts §6). That element names count in exactly
their spelling is what cfn-lint's schema of ECR policies says, too; IAM itself was not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["CONDITION_OPERATORS", "parse_policy", "read_policy_document"]

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_POLICY_ELEMENTS: Final = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_SETS: Final = ("foranyvalue:", "forallvalues:")

CONDITION_OPERATORS: Final = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
)
"""IAM's condition operators; all but ``Null`` also with ``IfExists``, all also for sets of values."""

_KNOWN_OPERATORS: Final = frozenset(
    [*map(str.lower, CONDITION_OPERATORS)]
    + [f"{operator.lower()}ifexists" for operator in CONDITION_OPERATORS if operator != "Null"]
)


class _FaultError(Exception):
    """A fault of the policy; ends the reading.

    Args:
        value: What is at fault.
        reason: What is wrong with it.
    """

    def __init__(self, value: Any, reason: str) -> None:
        self.value = value
        self.reason = reason
        super().__init__(reason)


def parse_policy(text: str, name: str = "the policy") -> AccessPolicy | Unresolved | Malformed:
    """Reads the JSON text of a resource policy.

    Args:
        text: As ECR returns it.
        name: How the reasons call it.

    Returns:
        Malformed for what is not JSON or what IAM does not take.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        return Malformed.of(text, f"{name} is nested too deeply")
    except ValueError as error:
        return Malformed.of(text, f"{name} is not JSON: {error}")
    return read_policy_document(document, name)


def read_policy_document(document: Any, name: str = "the policy") -> AccessPolicy | Unresolved | Malformed:
    """Reads a policy document.

    Args:
        document: Plain values; what is not known is Unresolved, in place of any of them.
        name: How the reasons call it.

    Returns:
        Malformed for what IAM does not take.
    """
    if isinstance(document, Unresolved | Malformed):
        return document
    try:
        return _policy(document, name)
    except _FaultError as fault:
        return Malformed.of(fault.value, fault.reason)


def _policy(document: Any, name: str) -> AccessPolicy | Unresolved:
    if not isinstance(document, dict):
        raise _FaultError(document, f"{name} is no policy document")
    _check_elements(document, _POLICY_ELEMENTS, "the policy")
    version = document.get("Version")
    if isinstance(version, str) and version not in _VERSIONS:
        raise _FaultError(version, f"Version is neither {' nor '.join(_VERSIONS)}")
    if not isinstance(version, str | Unresolved) and "Version" in document:
        raise _FaultError(version, "Version is no text")
    if "Statement" not in document:
        raise _FaultError(document, "the policy has no Statement")
    statements = document["Statement"]
    if isinstance(statements, Unresolved):
        return statements
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list):
        raise _FaultError(statements, "Statement is neither a statement nor a list of them")
    return AccessPolicy(
        statements=tuple(_statement(statement, index) for index, statement in enumerate(statements, 1)),
        version=version if isinstance(version, str) else None,
    )


def _statement(value: Any, index: int) -> Statement | Unresolved:
    if isinstance(value, Unresolved):
        return value
    place = f"statement {index}"
    if not isinstance(value, dict):
        raise _FaultError(value, f"{place} is no mapping")
    sid = value.get("Sid")
    if isinstance(sid, str) and sid:
        place = f"{place} ({sid[:40]})"
    elif "Sid" in value and not isinstance(sid, str | int | Unresolved):
        raise _FaultError(sid, f"{place}: Sid is no text")
    _check_elements(value, _STATEMENT_ELEMENTS, place)
    effect = value.get("Effect")
    if isinstance(effect, Unresolved):
        return effect
    if not isinstance(effect, str) or effect not in ("Allow", "Deny"):
        problem = "Effect is neither Allow nor Deny" if "Effect" in value else "there is no Effect"
        raise _FaultError(value if effect is None else effect, f"{place}: {problem}")
    _check_one_of(value, "Principal", "NotPrincipal", place)
    _check_one_of(value, "Action", "NotAction", place)
    if "Resource" in value and "NotResource" in value:
        raise _FaultError(value, f"{place}: there are both Resource and NotResource")
    return Statement(
        sid=str(sid) if isinstance(sid, str | int) and not isinstance(sid, bool) else None,
        effect=Effect(effect),
        principals=_principals(value, "Principal", place),
        not_principals=_principals(value, "NotPrincipal", place),
        actions=_texts(value, "Action", place),
        not_actions=_texts(value, "NotAction", place),
        resources=_texts(value, "Resource", place),
        not_resources=_texts(value, "NotResource", place),
        conditions=_conditions(value, place),
    )


def _check_elements(value: dict[str, Any], known: tuple[str, ...], place: str) -> None:
    for element in value:
        if element not in known:
            raise _FaultError(value, f"{place} has an element that IAM does not know: {element[:40]!r}")


def _check_one_of(value: dict[str, Any], element: str, negated: str, place: str) -> None:
    if (element in value) == (negated in value):
        problem = "are both" if element in value else "is neither"
        raise _FaultError(
            value, f"{place}: there {problem} {element} {'and' if element in value else 'nor'} {negated}"
        )


def _principals(statement: dict[str, Any], element: str, place: str) -> tuple[Principal, ...] | Unresolved:
    if element not in statement:
        return ()
    value = statement[element]
    if isinstance(value, Unresolved):
        return value
    if value == "*":
        return (Principal(kind="AWS", value="*"),)
    if not isinstance(value, dict) or not value:
        raise _FaultError(value, f'{place}: {element} is neither "*" nor a mapping such as {{"AWS": …}}')
    principals: list[Principal] = []
    for kind, members in value.items():
        if kind not in _PRINCIPAL_KINDS:
            raise _FaultError(
                value,
                f"{place}: {element} has none of the kinds {', '.join(_PRINCIPAL_KINDS)}: {kind[:40]!r}",
            )
        principals.extend(
            Principal(kind=kind, value=text) for text in _members(members, f"{element}.{kind}", place)
        )
    return tuple(principals)


def _texts(statement: dict[str, Any], element: str, place: str) -> tuple[str | Unresolved, ...] | Unresolved:
    if element not in statement:
        return ()
    value = statement[element]
    # An intrinsic in place of the whole element may stand for a text or for a list of any length.
    return value if isinstance(value, Unresolved) else tuple(_members(value, element, place))


def _members(value: Any, name: str, place: str) -> Iterator[str | Unresolved]:
    """One text or several; at least one."""
    members = value if isinstance(value, list) else [value]
    if not members:
        raise _FaultError(value, f"{place}: {name} is empty")
    for member in members:
        if isinstance(member, bool):
            yield "true" if member else "false"
        elif isinstance(member, int | float):
            yield str(member)
        elif isinstance(member, str | Unresolved):
            yield member
        else:
            raise _FaultError(member, f"{place}: {name} holds something that is no text")


def _conditions(statement: dict[str, Any], place: str) -> tuple[Condition, ...] | Unresolved:
    block = statement.get("Condition", {})
    if isinstance(block, Unresolved):
        return block
    if not isinstance(block, dict):
        raise _FaultError(block, f"{place}: Condition is no mapping")
    conditions: list[Condition] = []
    for operator, keys in block.items():
        if isinstance(keys, Unresolved):
            return keys
        if not isinstance(keys, dict):
            raise _FaultError(keys, f"{place}: the condition {operator[:40]} does not map keys to values")
        if not _is_operator(operator):
            raise _FaultError(block, f"{place}: {operator[:40]!r} is no condition operator of IAM")
        for key, value in keys.items():
            values = () if value == [] else tuple(_members(value, f"{operator} {key}", place))
            conditions.append(Condition(operator=operator, key=key, values=values))
    return tuple(conditions)


def _is_operator(operator: str) -> bool:
    name = operator.lower()
    for prefix in _SETS:
        name = name.removeprefix(prefix)
    return name in _KNOWN_OPERATORS
