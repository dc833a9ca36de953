"""Statements of a repository policy, one for each purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.policy_length import watch_policy_length
from ecr_blueprints.errors import InvalidValueError

__all__ = ["Purpose", "PurposeStatements", "StatementCondition"]

_ATTRIBUTE: Final = "_ecr_blueprints_statements"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a statement is for: its id in the policy, and what it allows."""

    sid: str | None
    actions: tuple[str, ...]


@dataclass(slots=True)
class _Held:
    """What the policy holds for one purpose so far.

    Attributes:
        granted: Every account, organization, path or ARN that was granted something.
        statements: How many statements there are: one, unless CDK has rendered the first and closed it.
        statement: The one that can still be added to.
        written: The same where it is written as JSON.
        accounts: The accounts in it.
        values: The condition's values in it.
    """

    granted: set[str] = field(default_factory=set)
    statements: int = 0
    statement: iam.PolicyStatement | None = None
    written: dict[str, Any] | None = None
    accounts: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StatementCondition:
    """The operator and the key of a statement's condition."""

    operator: str
    key: str


class PurposeStatements:
    """The statements of one repository: whoever is granted the same thing stands in the same statement.

    Args:
        repository: The repository whose policy holds them.
    """

    def __init__(self, repository: ecr.IRepository) -> None:
        self._repository = repository
        self._held: dict[Purpose, _Held] = {}
        self._write: Callable[[Mapping[str, object]], None] | None = None

    @classmethod
    def of(cls, repository: ecr.IRepository) -> PurposeStatements:
        """Those of a repository, which has them once.

        Args:
            repository: The repository.
        """
        held: PurposeStatements | None = vars(repository).get(_ATTRIBUTE)
        if held is None:
            held = vars(repository)[_ATTRIBUTE] = cls(repository)
        return held

    def write_with(self, write: Callable[[Mapping[str, object]], None]) -> None:
        """Write statements for everybody under a condition as JSON, while the policy holds no others.

        That takes one call into Node.js where CDK's objects take a dozen, and renders the same.

        Args:
            write: Called with the whole policy, each time that it changes.
        """
        self._write = write

    def to_cdk(self) -> None:
        """Put what is written as JSON into CDK's policy, to which everything is added from now on."""
        self._write = None
        for purpose, held in self._held.items():
            written, held.written = held.written, None
            if written is None:
                continue
            statement = iam.PolicyStatement(
                sid=purpose.sid,
                actions=list(purpose.actions),
                principals=[iam.AnyPrincipal()],
                conditions=written["Condition"],
            )
            held.statement = statement
            self._repository.add_to_resource_policy(statement)

    def allow(
        self,
        purpose: Purpose,
        value: str,
        *,
        account: str | None = None,
        service: str | None = None,
        condition: StatementCondition | None = None,
        is_required: bool = True,
    ) -> None:
        """Enter one value into the purpose's statement, unless it is there.

        Args:
            purpose: Which statement.
            value: What is granted something, and the condition's value where there is a condition.
            account: The principal; None for every principal, which the condition then narrows.
            service: The principal, if it is a service; then there is no account.
            condition: What narrows the statement.
            is_required: Whether it is an error that the policy cannot be changed.
        """
        assert account is not None or condition is not None, "everybody, and services, need a condition"
        held = self._held.setdefault(purpose, _Held())
        if value in held.granted:
            return
        if self._write is not None:
            if condition is not None and account is None and service is None:
                self._write_value(self._write, purpose, held, value, condition)
                return
            self.to_cdk()
        if held.statement is None or held.statement.frozen:
            principal = _principal(account, service)
            self._open(
                purpose, held, value, principal=principal, condition=condition, is_required=is_required
            )
            held.accounts = set() if account is None else {account}
            return
        held.granted.add(value)
        if account is not None and account not in held.accounts:
            held.accounts.add(account)
            held.statement.add_principals(iam.AccountPrincipal(account))
        if condition is not None:
            held.values.append(value)
            held.statement.add_condition(condition.operator, {condition.key: list(held.values)})

    def _write_value(
        self,
        write: Callable[[Mapping[str, object]], None],
        purpose: Purpose,
        held: _Held,
        value: str,
        condition: StatementCondition,
    ) -> None:
        held.granted.add(value)
        held.values.append(value)
        held.statements = 1
        held.written = {
            "Action": list(purpose.actions),
            "Condition": {condition.operator: {condition.key: list(held.values)}},
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            **({} if purpose.sid is None else {"Sid": purpose.sid}),
        }
        written = [one.written for one in self._held.values() if one.written is not None]
        write({"Statement": written, "Version": "2012-10-17"})

    def _open(
        self,
        purpose: Purpose,
        held: _Held,
        value: str,
        *,
        principal: iam.IPrincipal,
        condition: StatementCondition | None,
        is_required: bool,
    ) -> None:
        """Begin a statement; a second one for a purpose has a number in its id, since ids are unique."""
        number = "" if held.statements == 0 else str(held.statements + 1)
        statement = iam.PolicyStatement(
            sid=None if purpose.sid is None else f"{purpose.sid}{number}",
            actions=list(purpose.actions),
            principals=[principal],
            conditions=None if condition is None else {condition.operator: {condition.key: [value]}},
        )
        if not self._repository.add_to_resource_policy(statement).statement_added:
            if is_required:
                raise InvalidValueError(
                    "the policy of an imported repository cannot be changed from this app",
                    where="repository grant",
                    fix="make the grant in the app that declares the repository",
                )
            return
        watch_policy_length(self._repository)
        held.statements += 1
        held.statement = statement
        held.granted.add(value)
        held.values = [value]


def _principal(account: str | None, service: str | None) -> iam.IPrincipal:
    if service is not None:
        return iam.ServicePrincipal(service)
    return iam.AnyPrincipal() if account is None else iam.AccountPrincipal(account)
