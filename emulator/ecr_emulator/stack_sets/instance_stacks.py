"""The stack of one instance, created, updated and deleted in the instance's own account and Region.

It is named after the set with an id behind, gets the set's template, parameters (the instance's own before
the set's), capabilities and tags, and a failure is told by the first resource that failed:
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stack-instance.html.

With self-managed permissions the account needs the execution role, which trusts the administration role or
its account:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from html import unescape
from typing import Any

from ecr_emulator import ministack_internals, role_trust
from ecr_emulator.stack_sets.records import StackInstance, StackSetRecord
from ecr_emulator.tags import is_of_cloudformation

_SECONDS_BETWEEN = 0.02
_MESSAGE = re.compile(rb"<Message>(.*?)</Message>", re.DOTALL)
_STACK_ID = re.compile(rb"<StackId>(.*?)</StackId>")
_UNCHANGED = "No updates are to be performed."
_NEVER_CREATED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


async def deploy(record: StackSetRecord, instance: StackInstance) -> str | None:
    """Create or update the stack; the reason where that failed."""
    problem = _enter(record, instance)
    if problem is not None:
        return problem
    if instance.stack_id is not None and _status(instance.stack_id) in _NEVER_CREATED:
        problem = await _delete(instance.stack_id)
        if problem is not None:
            return problem
        instance.stack_id = None
    parameters = _request(record, instance)
    if instance.stack_id is None:
        name = f"StackSet-{record.name}-{uuid.uuid4()}"
        found, problem = _call("CreateStack", {**parameters, "StackName": name})
        if problem is not None:
            return problem
        created = _STACK_ID.search(found)
        assert created is not None
        instance.stack_id = created.group(1).decode()
        return await _settled(instance.stack_id, 0, "CREATE_COMPLETE")
    events = len(_events(instance.stack_id))
    _, problem = _call("UpdateStack", {**parameters, "StackName": instance.stack_id})
    if problem is not None:
        return None if problem == _UNCHANGED else problem
    return await _settled(instance.stack_id, events, "UPDATE_COMPLETE")


async def delete(record: StackSetRecord, instance: StackInstance) -> str | None:
    """Delete the stack, or nothing where there is none; the reason where that failed."""
    if instance.stack_id is None:
        return None
    return _enter(record, instance) or await _delete(instance.stack_id)


async def _delete(stack_id: str) -> str | None:
    if _status(stack_id) in (None, "DELETE_COMPLETE"):
        return None
    events = len(_events(stack_id))
    _, problem = _call("DeleteStack", {"StackName": stack_id})
    return problem or await _settled(stack_id, events, "DELETE_COMPLETE")


def _enter(record: StackSetRecord, instance: StackInstance) -> str | None:
    """Act in the instance's account from here on; the reason where the set may not."""
    ministack_internals.enter(instance.account, instance.region)
    if record.is_service_managed:
        return None
    administration = record.declared.get(
        "administrationRoleARN",
        f"arn:aws:iam::{record.account}:role/AWSCloudFormationStackSetAdministrationRole",
    )
    execution = record.declared.get("executionRoleName", "AWSCloudFormationStackSetExecutionRole")
    name = administration.rpartition("/")[2]
    caller = f"arn:aws:sts::{record.account}:assumed-role/{name}/{record.name}"
    if role_trust.admits(f"arn:aws:iam::{instance.account}:role/{execution}", caller):
        return None
    return (
        f"Account {instance.account} should have '{execution}' role with trust relationship to Role '{name}'."
    )


def _request(record: StackSetRecord, instance: StackInstance) -> dict[str, str]:
    declared = record.declared
    request = {"TemplateBody": declared["templateBody"]}
    values = {one["parameterKey"]: one["parameterValue"] for one in declared.get("parameters", ())}
    for number, (key, value) in enumerate({**values, **dict(instance.overrides)}.items(), start=1):
        request[f"Parameters.member.{number}.ParameterKey"] = key
        request[f"Parameters.member.{number}.ParameterValue"] = value
    for number, capability in enumerate(declared.get("capabilities", ()), start=1):
        request[f"Capabilities.member.{number}"] = capability
    tags = [one for one in declared.get("tags", ()) if not is_of_cloudformation(one)]
    request["Tags"] = ""  # given and empty: an update takes away what the set has no longer
    for number, tag in enumerate(tags, start=1):
        request[f"Tags.member.{number}.Key"] = tag["Key"]
        request[f"Tags.member.{number}.Value"] = tag["Value"]
    return request


def _call(action: str, request: dict[str, str]) -> tuple[bytes, str | None]:
    handler = ministack_internals.cloudformation("handlers")._ACTION_HANDLERS[action]
    status, _, body = handler({key: [value] for key, value in request.items()})
    if status == 200:
        return body, None
    message = _MESSAGE.search(body)
    return body, unescape(message.group(1).decode()) if message is not None else body.decode()


def _status(stack_id: str) -> str | None:
    stack: dict[str, Any] | None = ministack_internals.cloudformation("handlers")._resolve_stack(stack_id)
    return None if stack is None else str(stack["StackStatus"])


def _events(stack_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ministack_internals.cloudformation_service()._stack_events.get(stack_id, [])
    return found


async def _settled(stack_id: str, events_before: int, success: str) -> str | None:
    await asyncio.sleep(0)  # a deletion says that it is in progress when it has begun
    while (status := _status(stack_id) or success).endswith("_IN_PROGRESS"):
        await asyncio.sleep(_SECONDS_BETWEEN)
    if status == success:
        return None
    failed = [one for one in _events(stack_id)[events_before:] if one["ResourceStatus"].endswith("_FAILED")]
    if not failed:
        return f"Stack {stack_id} is in {status}"
    first = failed[0]
    return (
        f"ResourceLogicalId:{first['LogicalResourceId']}, ResourceType:{first['ResourceType']}, "
        f"ResourceStatusReason:{first['ResourceStatusReason']}"
    )
