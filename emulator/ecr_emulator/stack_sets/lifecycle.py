"""What CloudFormation's resource type does with a stack set's instances.

The order of an update, what of the declaration makes it update every instance, and that a failed operation
fails the resource, are those of AWS's own handlers:
https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-cloudformation/tree/master/aws-cloudformation-stackset.
Instances that a set has are compared by what the old and the new declaration reach today: a stack that an
account kept when it left is nobody's, one whose account came while automatic deployment was off gets none.
"""

from __future__ import annotations

from typing import Any

from ecr_emulator import ministack_internals
from ecr_emulator.errors import EcrError
from ecr_emulator.stack_sets import operations, targets
from ecr_emulator.stack_sets.records import Operation, StackInstance, StackSetRecord

# What says where instances are and how operations go, and is no part of what they are.
_BESIDE = ("stackInstancesGroup", "operationPreferences", "callAs", "managedExecution")


async def create(record: StackSetRecord) -> None:
    """Create the instances; when too many fail, none stays and `EcrError` says why."""
    ministack_internals.enter(record.account, record.region)
    operation = await operations.perform(record, operations.CREATE, targets.wanted(record.declared).values())
    try:
        _check(operation)
    except EcrError:
        made = list(record.instances.values())
        await operations.perform(
            record, operations.DELETE, made, preferences={"failureToleranceCount": len(made)}
        )
        raise


async def update(record: StackSetRecord, previous: dict[str, Any], desired: dict[str, Any]) -> None:
    """Delete, update and create what the declarations differ by; stops at an operation that fails."""
    ministack_internals.enter(record.account, record.region)
    before, after = targets.wanted(previous), targets.wanted(desired)
    gone = [one for place, one in record.instances.items() if place in before and place not in after]
    if gone:
        _check(await operations.perform(record, operations.DELETE, gone))
    changed = _of_instances(record.declared) != _of_instances(desired)
    record.declared = desired
    current = [
        _with_overrides(one, after.get(place))
        for place, one in record.instances.items()
        if one.status != "INOPERABLE" and (changed or _differs(one, after.get(place)))
    ]
    if current:
        _check(await operations.perform(record, operations.UPDATE, current))
    come = [one for place, one in after.items() if place not in before and place not in record.instances]
    if come:
        _check(await operations.perform(record, operations.CREATE, come))


async def delete(record: StackSetRecord) -> None:
    """Delete every instance and its stack; a set that still has an instance cannot go."""
    ministack_internals.enter(record.account, record.region)
    if record.instances:
        _check(await operations.perform(record, operations.DELETE, list(record.instances.values())))
    if record.instances:
        raise EcrError("StackSetNotEmptyException", f"StackSet {record.name} is not empty")


def _of_instances(declared: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in declared.items() if key not in _BESIDE}


def _differs(instance: StackInstance, wanted: StackInstance | None) -> bool:
    return wanted is not None and instance.overrides != wanted.overrides


def _with_overrides(instance: StackInstance, wanted: StackInstance | None) -> StackInstance:
    if wanted is not None:
        instance.overrides = wanted.overrides
    return instance


def _check(operation: Operation) -> None:
    if operation.status == "SUCCEEDED":
        return
    reasons = "; ".join(
        f"{one.account} in {one.region}: {one.reason}" for one in operation.results if one.status == "FAILED"
    )
    raise EcrError(
        "GeneralServiceException",
        f"Stack set operation [{operation.operation_id}] was unexpectedly stopped or failed: {reasons}",
    )
