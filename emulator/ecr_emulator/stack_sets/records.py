"""A stack set, its instances and the operations on them, as CloudFormation remembers them.

Statuses and their meaning:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstance.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationSummary.html.
"""

from __future__ import annotations

import asyncio
import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, str]
"""Account and Region."""
Parameters = tuple[tuple[str, str], ...]
"""Names and values of parameters."""


def now() -> str:
    """The time as the API writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(kw_only=True)
class StackInstance:
    """A reference to a stack in an account and Region; without `stack_id` none was made yet."""

    account: str
    region: str
    # The root or organizational unit that was targeted, not the account's nearest one.
    unit: str | None
    overrides: Parameters = ()
    stack_id: str | None = None
    status: str = "OUTDATED"
    detailed_status: str = "PENDING"
    reason: str = ""
    last_operation: str = ""

    @property
    def place(self) -> Place:
        """Account and Region."""
        return self.account, self.region


@dataclass(frozen=True, kw_only=True)
class OperationResult:
    """What became of an operation in one account and Region."""

    account: str
    region: str
    unit: str | None
    status: str
    reason: str


@dataclass(kw_only=True)
class Operation:
    """One operation on the instances of a stack set."""

    action: str
    retains_stacks: bool = False
    preferences: dict[str, Any] = field(default_factory=dict)
    operation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "RUNNING"
    reason: str = ""
    created: str = field(default_factory=now)
    ended: str = ""
    results: list[OperationResult] = field(default_factory=list)


@dataclass(kw_only=True)
class StackSetRecord:
    """A stack set of an account and Region, as it is declared now."""

    identifier: str
    account: str
    region: str
    declared: dict[str, Any]
    instances: dict[Place, StackInstance] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    # One operation at a time, as CloudFormation's OperationInProgressException has it; others wait here.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def name(self) -> str:
        """The name without the id."""
        return self.identifier.partition(":")[0]

    @property
    def is_service_managed(self) -> bool:
        """Whether CloudFormation takes care of the roles, and of accounts that come and go."""
        return bool(self.declared["permissionModel"] == "SERVICE_MANAGED")

    @property
    def automatic(self) -> dict[str, Any]:
        """`AutoDeployment`, empty where it is off."""
        found: dict[str, Any] = self.declared.get("autoDeployment", {})
        return found if found.get("enabled") else {}
