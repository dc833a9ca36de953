"""Statements of a repository policy, one for each purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.construct_place import partition_text
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
        is_written: Whether it is written as JSON, and is no statement of CDK's yet.
        accounts: The accounts in it, in the order in which they came; empty for every principal.
        condition: What narrows it.
        values: The condition's values in it.
    """

    granted: set[str] = field(default_factory=set)
    statements: int = 0
    statement: iam.PolicyStatement | None = None
    is_written: bool = False
    accounts: dict[str, None] = field(default_factory=dict)
    condition: StatementCondition | None = None
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
        self._is_open = False
        self._is_changed = False

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
        """Write statements as JSON while the policy holds none for a service, nor any of another origin.

        That takes one call into Node.js where CDK's objects take a dozen, and renders the same; only that
        principals stay in the order in which they came, which CDK sorts under ``minimizePolicies``.

        Args:
            write: Called with the whole policy, each time that it changes.
        """
        self._write = write

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write once for everything that is allowed inside."""
        if self._is_open:
            yield
            return
        self.hold_back()
        try:
            yield
        finally:
            self.write_held_back()

    def hold_back(self) -> None:
        """Write nothing more until `write_held_back`."""
        self._is_open = True

    def write_held_back(self) -> None:
        """Write once for everything that was allowed since `hold_back`."""
        self._is_open = False
        self._write_all()

    def to_cdk(self) -> None:
        """Put what is written as JSON into CDK's policy, to which everything is added from now on."""
        self._write = None
        for purpose, held in self._held.items():
            if not held.is_written:
                continue
            held.is_written = False
            principals: list[iam.IPrincipal] = [iam.AccountPrincipal(account) for account in held.accounts]
            statement = iam.PolicyStatement(
                sid=purpose.sid,
                actions=list(purpose.actions),
                principals=principals or [iam.AnyPrincipal()],
                conditions=_conditions(held),
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
            if service is None:
                self._hold(held, value, account=account, condition=condition)
                return
            self.to_cdk()
        if held.statement is None or held.statement.frozen:
            principal = _principal(account, service)
            self._open(
                purpose, held, value, principal=principal, condition=condition, is_required=is_required
            )
            held.accounts = {} if account is None else {account: None}
            held.condition = condition
            return
        held.granted.add(value)
        if account is not None and account not in held.accounts:
            held.accounts[account] = None
            held.statement.add_principals(iam.AccountPrincipal(account))
        if condition is not None:
            held.values.append(value)
            held.statement.add_condition(condition.operator, {condition.key: list(held.values)})

    def _hold(
        self, held: _Held, value: str, *, account: str | None, condition: StatementCondition | None
    ) -> None:
        """Enter a value into a statement that is written as JSON, and write the policy."""
        held.granted.add(value)
        held.statements = 1
        held.is_written = True
        held.condition = condition
        if account is not None:
            held.accounts[account] = None
        if condition is not None:
            held.values.append(value)
        self._is_changed = True
        if not self._is_open:
            self._write_all()

    @property
    def policy(self) -> Mapping[str, object]:
        """The policy, as far as its statements came from here."""
        written = [self._written(purpose, held) for purpose, held in self._held.items() if held.statements]
        return {"Statement": written, "Version": "2012-10-17"}

    def _write_all(self) -> None:
        if self._write is not None and self._is_changed:
            self._is_changed = False
            self._write(self.policy)

    def _written(self, purpose: Purpose, held: _Held) -> dict[str, Any]:
        """A statement as CDK renders it."""
        principals = ["*"]
        if held.accounts:
            partition = partition_text(self._repository)
            principals = [f"arn:{partition}:iam::{account}:root" for account in held.accounts]
        conditions = _conditions(held)
        return {
            "Action": purpose.actions[0] if len(purpose.actions) == 1 else list(purpose.actions),
            **({} if conditions is None else {"Condition": conditions}),
            "Effect": "Allow",
            "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
            **({} if purpose.sid is None else {"Sid": purpose.sid}),
        }

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


def _conditions(held: _Held) -> dict[str, dict[str, list[str]]] | None:
    if held.condition is None:
        return None
    return {held.condition.operator: {held.condition.key: list(held.values)}}
