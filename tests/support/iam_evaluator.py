"""Whether AWS would allow a request: identity, resource and organization policies, as IAM evaluates them.

What it knows: an explicit deny anywhere, the allow lists of service and resource control policies, the allow
of an identity policy or of a resource policy within an account, of both across accounts, principals by
account, role and service, and the condition operators that the library's policies use. What it does not know
is refused, so that no answer is a guess: other operators, ``NotPrincipal``. What it leaves out: permission
boundaries, session policies and endpoint policies, none of which allows more.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

__all__ = [
    "ADMINISTRATOR",
    "FULL_ACCESS",
    "Decision",
    "OrganizationPolicies",
    "Principal",
    "Request",
    "decide",
]

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]

FULL_ACCESS: Final[Policy] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""AWS's own control policy, which is attached everywhere unless somebody detaches it."""

ADMINISTRATOR: Final[Policy] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
"""The identity policy of somebody who may do everything that nobody forbids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    Attributes:
        arn: Of a role; empty for a service.
        account: Its account; empty for a service.
        policies: Its identity policies.
        organization: The organization of its account; None outside of any.
        organization_path: Where in it; None outside.
        service: The service principal, for a service that asks for itself.
        is_service_linked: Whether it is a role that a service has made for itself.
    """

    arn: str = ""
    account: str = ""
    policies: Sequence[Policy] = ()
    organization: str | None = None
    organization_path: str | None = None
    service: str | None = None
    is_service_linked: bool = False

    @property
    def context(self) -> dict[str, str | list[str]]:
        """The condition keys that follow from who asks."""
        found: dict[str, str | list[str]] = {"aws:PrincipalIsAWSService": "true" if self.service else "false"}
        if self.service is None:
            found |= {"aws:PrincipalArn": self.arn, "aws:PrincipalAccount": self.account}
        if self.organization is not None:
            found["aws:PrincipalOrgID"] = self.organization
        if self.organization_path is not None:
            found["aws:PrincipalOrgPaths"] = [self.organization_path]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked.

    Attributes:
        principal: Who asks.
        action: Such as ``ecr:PutImage``.
        resource: The ARN of what it is asked of, or ``*``.
        account: The account of the resource.
        resource_policies: The policies of the resource; of a repository its own and the registry's.
        context: Further condition keys.
    """

    principal: Principal
    action: str
    resource: str
    account: str
    resource_policies: Sequence[Policy] = ()
    context: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPolicies:
    """The control policies of an organization, by account; an account that is not named has none.

    Attributes:
        of_principals: Account → service control policies.
        of_resources: Account → resource control policies.
    """

    of_principals: Mapping[str, Sequence[Policy]] = field(default_factory=dict)
    of_resources: Mapping[str, Sequence[Policy]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and what it comes from."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def decide(request: Request, organization: OrganizationPolicies | None = None) -> Decision:
    """Whether a request is allowed.

    Args:
        request: The request.
        organization: The control policies. Default: none but AWS's own.

    Raises:
        AssertionError: A policy holds something that is not known here.
    """
    principal = request.principal
    control: list[tuple[str, Sequence[Policy]]] = []
    if organization is not None and not principal.is_service_linked:
        if principal.service is None:
            found = organization.of_principals.get(principal.account, (FULL_ACCESS,))
            control.append(("service control policy", found))
        found = organization.of_resources.get(request.account, (FULL_ACCESS,))
        control.append(("resource control policy", found))
    levels = [
        *control,
        ("identity policy", principal.policies),
        ("resource policy", request.resource_policies),
    ]
    for kind, policies in levels:
        for statement in _statements(policies):
            if statement["Effect"] == "Deny" and _covers(statement, request):
                return Decision(
                    False, f"denied by a {kind}: {statement.get('Sid', 'a statement without a name')}"
                )
    for kind, policies in control:
        if not any(_allows(statement, request) for statement in _statements(policies)):
            return Decision(False, f"no {kind} allows it")
    return _allowed(request)


def _allowed(request: Request) -> Decision:
    """What identity and resource policies allow, once nothing denies it."""
    principal = request.principal
    by_identity = any(_allows(one, request) for one in _statements(principal.policies))
    of_resource = [one for one in _statements(request.resource_policies) if _allows(one, request)]
    if principal.service is not None:
        return Decision(bool(of_resource), "the resource policy allows the service, or does not")
    if principal.account != request.account:
        if not of_resource:
            return Decision(False, "the resource's account does not allow it")
        return Decision(by_identity, "both accounts allow it" if by_identity else "its own account does not")
    # Within an account, a statement for the account itself leaves the decision to identity policies.
    direct = any(_names_itself(one, principal) for one in of_resource)
    return Decision(
        by_identity or direct, "its account allows it" if by_identity or direct else "nobody does"
    )


def _statements(policies: Sequence[Policy]) -> Iterator[Statement]:
    for policy in policies:
        statements = policy["Statement"]
        yield from [statements] if isinstance(statements, Mapping) else statements


def _allows(statement: Statement, request: Request) -> bool:
    return statement["Effect"] == "Allow" and _covers(statement, request)


def _covers(statement: Statement, request: Request) -> bool:
    """Whether a statement is about a request."""
    assert "NotPrincipal" not in statement, "NotPrincipal is not known here"
    if "Principal" in statement and not _is_meant(statement["Principal"], request.principal):
        return False
    actions = _list(statement.get("Action", statement.get("NotAction")))
    if any(_like(one.lower(), request.action.lower()) for one in actions) is ("NotAction" in statement):
        return False
    # A repository policy names no resource: it is its own.
    resources = _list(statement.get("Resource", statement.get("NotResource", "*")))
    if any(_like(one, request.resource) for one in resources) is ("NotResource" in statement):
        return False
    context = {key.lower(): value for key, value in {**request.principal.context, **request.context}.items()}
    return all(
        _holds(operator, context.get(key.lower()), [str(one) for one in _list(expected)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    )


def _is_meant(named: Any, principal: Principal) -> bool:
    if named == "*":
        return True
    for kind, values in named.items():
        for value in _list(values):
            if kind == "Service" and value == principal.service:
                return True
            if kind == "AWS" and principal.service is None:
                account = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?", value)
                if value in ("*", principal.arn) or (account and account[1] == principal.account):
                    return True
    return False


def _names_itself(statement: Statement, principal: Principal) -> bool:
    """Whether a statement names a principal and not just its account."""
    named = statement.get("Principal")
    return named == "*" or any(one in ("*", principal.arn) for one in _list(named.get("AWS", [])))


def _holds(operator: str, actual: str | list[str] | None, expected: Sequence[str]) -> bool:
    """Whether one key of a condition is as an operator wants it."""
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    assert name in _OPERATORS, f"the operator {operator} is not known here"
    matches, is_negated = _OPERATORS[name]
    if actual is None:
        return quantifier == "ForAllValues" or is_negated or rest.endswith("IfExists")
    values = [actual] if isinstance(actual, str) else actual
    assert quantifier or len(values) == 1, f"{operator} is given several values, and has no quantifier"
    found = [any(matches(one, value) for one in expected) is not is_negated for value in values]
    return any(found) if quantifier == "ForAnyValue" else all(found)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    pieces = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    return re.compile("".join(pieces), re.DOTALL)


def _arn_like(pattern: str, arn: str) -> bool:
    """Each of the six parts of an ARN by itself, as `ArnLike` compares them."""
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) == 6 and all(
        _like(one, part) for one, part in zip(patterns, parts, strict=True)
    )


_OPERATORS: Final[Mapping[str, tuple[Callable[[str, str], bool], bool]]] = {
    "StringEquals": (lambda expected, actual: expected == actual, False),
    "StringNotEquals": (lambda expected, actual: expected == actual, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotLike": (_arn_like, True),
    "Bool": (lambda expected, actual: expected.lower() == actual.lower(), False),
}
"""Operator → how one value is compared, and whether it is negated: then an absent key counts as other."""
