"""Who gains and who loses when one access policy takes the place of another.

An allowance is compared piece by piece: one principal, one action, with its resources and conditions. It
stays if an allowance of the new policy is at least as wide. What names everybody but somebody
(``NotPrincipal``, ``NotAction``, ``NotResource``) stays only as the same statement. A refusal that is gone
or that is new is told as what it is, and weighed against nothing.

An account under the condition that ``aws:PrincipalArn`` is a role is that role, with one thing less: an
account only lets its own policies decide, so that in the repository's account the role needs a policy of its
own, which a role that is named itself does not.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ecr_blueprints.domain.wildcard import covers
from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["PolicyChange", "compare_policies"]

_ACCOUNT_PART: Final = 4
_EVERYBODY: Final = ("AWS", "*")
_ROOT_USER: Final = re.compile(r"arn:aws(?:-[a-z]+)*:iam::([0-9]{12}):root")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """What one policy in the place of another does.

    Attributes:
        lost: Statements of what is allowed now, cut down to what would no longer be.
        gained: Statements of what is not allowed now and would be.
        refusals_gone: Statements that refuse now and would no longer.
        refusals_new: Statements that would refuse what they do not now.
        delegated: Statements of what a principal is allowed now by name, and would be only if a policy of its
            own allowed it too.
        unknown: What only deployment determines, so that a part could not be compared.
    """

    lost: tuple[Statement, ...] = ()
    gained: tuple[Statement, ...] = ()
    refusals_gone: tuple[Statement, ...] = ()
    refusals_new: tuple[Statement, ...] = ()
    delegated: tuple[Statement, ...] = ()
    unknown: tuple[Unresolved, ...] = ()


def compare_policies(
    now: AccessPolicy | None, then: AccessPolicy | None, *, account: str | None = None
) -> PolicyChange:
    """What changes if ``then`` takes the place of ``now``.

    Args:
        now: The policy that is in force; None if there is none.
        then: The policy in its place; None if there is none.
        account: The account that owns what they are about. Default: not known.
    """
    before, after = _known(now), _known(then)
    named_before, named_after = _named(_allowed(before)), _named(_allowed(after))
    to_anybody = tuple(one for one in _allowed(after) if _EVERYBODY in map(_principal, _principals(one)))
    direct = (*_allowed(after), *_named(to_anybody))
    return PolicyChange(
        lost=tuple(_not_in(named_before, named_after)),
        gained=tuple(_not_in(named_after, named_before)),
        delegated=tuple(_delegated(_allowed(before), named_after, direct, account)),
        refusals_gone=tuple(_refused_only_by(before, after)),
        refusals_new=tuple(_refused_only_by(after, before)),
        unknown=tuple(dict.fromkeys((*_unknown(now), *_unknown(then)))),
    )


def _known(policy: AccessPolicy | None) -> tuple[Statement, ...]:
    """The statements of which everything is known."""
    if policy is None:
        return ()
    return tuple(one for one in policy.statements if isinstance(one, Statement) and not any(_unknown_of(one)))


def _unknown(policy: AccessPolicy | None) -> Iterator[Unresolved]:
    for statement in () if policy is None else policy.statements:
        if isinstance(statement, Unresolved):
            yield statement
        else:
            yield from _unknown_of(statement)


def _unknown_of(statement: Statement) -> Iterator[Unresolved]:
    for principals in (statement.principals, statement.not_principals):
        if isinstance(principals, Unresolved):
            yield principals
        else:
            yield from (one.value for one in principals if isinstance(one.value, Unresolved))
    for values in (statement.actions, statement.not_actions, statement.resources, statement.not_resources):
        if isinstance(values, Unresolved):
            yield values
        else:
            yield from (value for value in values if isinstance(value, Unresolved))
    if isinstance(statement.conditions, Unresolved):
        yield statement.conditions
    else:
        for condition in statement.conditions:
            yield from (value for value in condition.values if isinstance(value, Unresolved))


def _named(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements, with those that let an account's principals in by their ARN naming them instead."""
    return tuple(map(_naming, statements))


def _naming(statement: Statement) -> Statement:
    if isinstance(statement.conditions, Unresolved) or isinstance(statement.principals, Unresolved):
        return statement
    by_arn = [one for one in statement.conditions if _names_principals(one)]
    accounts = {_principal(one) for one in statement.principals}
    if len(by_arn) != 1 or not accounts:
        return statement
    arns = [str(value) for value in by_arn[0].values]
    if _EVERYBODY not in accounts and not all(("AWS", _account_of(arn)) in accounts for arn in arns):
        return statement
    return replace(
        statement,
        principals=tuple(Principal(kind="AWS", value=arn) for arn in arns),
        conditions=tuple(one for one in statement.conditions if one is not by_arn[0]),
    )


def _names_principals(condition: Condition) -> bool:
    """Whether a condition holds for nobody but principals that it names in full."""
    return (
        condition.key.lower() == "aws:principalarn"
        and condition.operator.lower() in ("arnequals", "arnlike", "stringequals", "stringlike")
        and not any("*" in str(value) or "?" in str(value) for value in condition.values)
    )


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > _ACCOUNT_PART else ""


def _delegated(
    before: tuple[Statement, ...],
    named_after: tuple[Statement, ...],
    direct: tuple[Statement, ...],
    account: str | None,
) -> Iterator[Statement]:
    """What is allowed by name now, and afterwards through the account of the one who is named."""
    for statement in _not_in(before, direct):
        own = tuple(
            one
            for one in _principals(statement)
            if one.kind == "AWS" and account is not None and _account_of(str(one.value)) == account
        )
        kept = replace(
            statement, principals=tuple(one for one in own if not _ROOT_USER.fullmatch(str(one.value)))
        )
        if kept.principals and not any(_not_in((kept,), named_after)):
            yield kept


def _allowed(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(one for one in statements if one.effect is Effect.ALLOW)


def _refused_only_by(statements: tuple[Statement, ...], others: tuple[Statement, ...]) -> Iterator[Statement]:
    there = {_normalized(one) for one in others if one.effect is Effect.DENY}
    for one in statements:
        if one.effect is Effect.DENY and _normalized(one) not in there:
            yield one


def _not_in(statements: tuple[Statement, ...], others: tuple[Statement, ...]) -> Iterator[Statement]:
    """What of the statements no other statement allows, with the pieces of one statement put together."""
    for statement in statements:
        if any(_is_the_same(statement, other) for other in others):
            continue
        if statement.not_principals or statement.not_actions or statement.not_resources:
            yield statement
            continue
        assert not isinstance(statement.principals, Unresolved)
        assert not isinstance(statement.actions, Unresolved)
        missing = [
            (principal, action)
            for principal in statement.principals
            for action in statement.actions
            if not any(_covers(other, principal, str(action), statement) for other in others)
        ]
        if missing:
            yield replace(
                statement,
                principals=tuple(dict.fromkeys(principal for principal, _ in missing)),
                actions=tuple(dict.fromkeys(action for _, action in missing)),
            )


def _is_the_same(statement: Statement, other: Statement) -> bool:
    return _normalized(statement) == _normalized(other)


def _normalized(statement: Statement) -> tuple[object, ...]:
    """The statement without its Sid and without what is only spelling."""

    def names(principals: tuple[Principal, ...] | Unresolved) -> object:
        assert not isinstance(principals, Unresolved)
        return frozenset(map(_principal, principals))

    def texts(values: object, lower: bool = False) -> object:
        assert isinstance(values, tuple)
        return frozenset(str(value).lower() if lower else str(value) for value in values)

    assert not isinstance(statement.conditions, Unresolved)
    return (
        statement.effect,
        names(statement.principals),
        names(statement.not_principals),
        texts(statement.actions, lower=True),
        texts(statement.not_actions, lower=True),
        texts(statement.resources),
        texts(statement.not_resources),
        frozenset(map(_condition, statement.conditions)),
    )


def _principals(statement: Statement) -> tuple[Principal, ...]:
    assert not isinstance(statement.principals, Unresolved)
    return statement.principals


def _principal(principal: Principal) -> tuple[str, str]:
    """An account's id and the ARN of its root user name the same principal: the account."""
    text = str(principal.value)
    root = _ROOT_USER.fullmatch(text) if principal.kind == "AWS" else None
    return principal.kind, root[1] if root is not None else text


def _condition(condition: Condition) -> tuple[str, str, frozenset[str]]:
    return condition.operator.lower(), condition.key.lower(), frozenset(map(str, condition.values))


def _covers(other: Statement, principal: Principal, action: str, statement: Statement) -> bool:
    """Whether one statement allows a piece of another."""
    if other.not_principals or other.not_actions or other.not_resources:
        return False
    assert not isinstance(other.principals, Unresolved)
    assert not isinstance(other.actions, Unresolved)
    assert not isinstance(other.resources, Unresolved)
    assert not isinstance(statement.resources, Unresolved)
    wanted = _principal(principal)
    if not any(_principal(one) in (wanted, _EVERYBODY) for one in other.principals):
        return False
    if not any(covers(str(one).lower(), action.lower()) for one in other.actions):
        return False
    if other.resources and not all(
        any(covers(str(one), str(resource)) for one in other.resources) for resource in statement.resources
    ):
        return False
    if other.resources and not statement.resources:
        return "*" in other.resources and _asks_no_more(other, statement)
    return _asks_no_more(other, statement)


def _asks_no_more(other: Statement, statement: Statement) -> bool:
    """Whether every condition of the one is one that the statement has too, with no fewer values."""
    assert not isinstance(other.conditions, Unresolved)
    assert not isinstance(statement.conditions, Unresolved)
    has = [_condition(condition) for condition in statement.conditions]
    return all(
        any(
            (operator, key) == (asked[0], asked[1])
            and (values == asked[2] or (values <= asked[2] and not _is_negative(operator)))
            for operator, key, values in has
        )
        for asked in map(_condition, other.conditions)
    )


def _is_negative(operator: str) -> bool:
    """Whether more values let fewer in."""
    return "not" in operator or operator.startswith("forallvalues:") or operator == "null"
