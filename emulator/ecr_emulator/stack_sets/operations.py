"""An operation on instances: Region after Region, account after account, until too many have failed.

Per Region as many accounts may fail as the tolerance says; one more stops the operation there and in the
Regions after it, and what was not begun is cancelled. How many go at the same time is bounded by the
tolerance too, unless the concurrency mode is soft. Percentages are rounded down; at least one account goes
at a time. By default nothing may fail, and one goes at a time:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html. A
suspended account is skipped:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from ecr_emulator import organization
from ecr_emulator.stack_sets import instance_stacks
from ecr_emulator.stack_sets.records import Operation, OperationResult, StackInstance, StackSetRecord, now

CREATE, UPDATE, DELETE = "CREATE", "UPDATE", "DELETE"


async def perform(
    record: StackSetRecord,
    action: str,
    instances: Iterable[StackInstance],
    *,
    retains_stacks: bool = False,
    preferences: dict[str, Any] | None = None,
) -> Operation:
    """Perform the action on the instances when the set's others are done; created ones become its own.

    What another operation has created or deleted in the meantime is left out.
    """
    chosen = record.declared.get("operationPreferences", {}) if preferences is None else preferences
    operation = Operation(action=action, retains_stacks=retains_stacks, preferences=chosen)
    async with record.lock:
        record.operations.append(operation)
        by_region: dict[str, list[StackInstance]] = {}
        for instance in instances:
            if action == CREATE:
                if record.instances.setdefault(instance.place, instance) is not instance:
                    continue
            elif record.instances.get(instance.place) is not instance:
                continue
            instance.detailed_status, instance.last_operation = "PENDING", operation.operation_id
            by_region.setdefault(instance.region, []).append(instance)
        await _perform_in_regions(record, operation, by_region, chosen)
    operation.status = "FAILED" if operation.status == "FAILED" else "SUCCEEDED"
    operation.ended = now()
    return operation


async def _perform_in_regions(
    record: StackSetRecord,
    operation: Operation,
    by_region: dict[str, list[StackInstance]],
    preferences: dict[str, Any],
) -> None:
    order = [one for one in preferences.get("regionOrder", ()) if one in by_region]
    regions = [*order, *(one for one in by_region if one not in order)]
    if preferences.get("regionConcurrencyType") == "PARALLEL":
        jobs = (_perform_in_region(record, operation, by_region[one], preferences) for one in regions)
        await asyncio.gather(*jobs)
        return
    for one in regions:
        if operation.status == "FAILED":
            _cancel(operation, by_region[one])
        else:
            await _perform_in_region(record, operation, by_region[one], preferences)


async def _perform_in_region(
    record: StackSetRecord, operation: Operation, instances: list[StackInstance], preferences: dict[str, Any]
) -> None:
    tolerance, at_once = _limits(preferences, len(instances))
    is_strict = preferences.get("concurrencyMode") != "SOFT_FAILURE_TOLERANCE"
    waiting, running, failures = list(instances), set[asyncio.Task[bool]](), 0
    while waiting or running:
        if failures > tolerance:
            operation.status = "FAILED"
            _cancel(operation, waiting)
            waiting = []
        room = min(at_once, tolerance + 1 - failures) if is_strict else at_once
        while waiting and len(running) < room:
            running.add(asyncio.create_task(_perform_on(record, operation, waiting.pop(0))))
        if running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            failures += sum(not task.result() for task in done)
    if failures > tolerance:
        operation.status = "FAILED"


def _limits(preferences: dict[str, Any], accounts: int) -> tuple[int, int]:
    """How many accounts of a Region may fail, and how many go at the same time."""
    tolerance = preferences.get("failureToleranceCount")
    if tolerance is None:
        tolerance = accounts * int(preferences.get("failureTolerancePercentage", 0)) // 100
    at_once = preferences.get("maxConcurrentCount")
    if at_once is None:
        at_once = accounts * int(preferences.get("maxConcurrentPercentage", 0)) // 100
    return int(tolerance), max(1, int(at_once))


async def _perform_on(record: StackSetRecord, operation: Operation, instance: StackInstance) -> bool:
    """Whether it went well, or was skipped."""
    own = organization.of(record.account) if record.is_service_managed else None
    if own is not None and own.is_suspended(instance.account):
        instance.detailed_status = "SKIPPED_SUSPENDED_ACCOUNT"
        _note(operation, instance, "SUCCEEDED", "")
        return True
    instance.detailed_status = "RUNNING"
    if operation.action == DELETE:
        problem = None if operation.retains_stacks else await instance_stacks.delete(record, instance)
    else:
        problem = await instance_stacks.deploy(record, instance)
    instance.reason = problem or ""
    if problem is not None:
        instance.status = "INOPERABLE" if operation.action == DELETE else "OUTDATED"
        instance.detailed_status = "INOPERABLE" if operation.action == DELETE else "FAILED"
        _note(operation, instance, "FAILED", problem)
        return False
    instance.status, instance.detailed_status = "CURRENT", "SUCCEEDED"
    if operation.action == DELETE:
        record.instances.pop(instance.place, None)
    _note(operation, instance, "SUCCEEDED", "")
    return True


def _cancel(operation: Operation, instances: list[StackInstance]) -> None:
    for instance in instances:
        if operation.action != DELETE:
            instance.status = "OUTDATED"
        instance.detailed_status = "CANCELLED"
        instance.reason = "Cancelled since failure tolerance has exceeded"
        _note(operation, instance, "CANCELLED", instance.reason)


def _note(operation: Operation, instance: StackInstance, status: str, reason: str) -> None:
    operation.results.append(
        OperationResult(
            account=instance.account,
            region=instance.region,
            unit=instance.unit,
            status=status,
            reason=reason,
        )
    )
