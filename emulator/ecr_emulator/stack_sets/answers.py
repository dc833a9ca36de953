"""The stack sets of an account and Region, read back through CloudFormation's API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ecr_emulator import ministack_internals, state
from ecr_emulator.stack_sets.records import Operation, StackInstance, StackSetRecord

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

_SUMMARY = ("StackSetName", "StackSetId", "Description", "Status", "AutoDeployment", "PermissionModel")


def answer() -> None:
    """Answer the reading operations."""
    of_one: dict[str, Callable[[StackSetRecord, Params], str | Answer]] = {
        "DescribeStackSet": lambda record, _: f"<StackSet>{_xml(_described(record))}</StackSet>",
        "ListStackInstances": _list_instances,
        "DescribeStackInstance": _describe_instance,
        "ListStackSetOperations": _list_operations,
        "DescribeStackSetOperation": _describe_operation,
        "ListStackSetOperationResults": _list_results,
    }
    handlers = ministack_internals.cloudformation("handlers")._ACTION_HANDLERS
    handlers["ListStackSets"] = _list
    handlers.update({name: _of_one(name, answering) for name, answering in of_one.items()})


def _list(params: Params) -> Answer:
    summaries = [
        {key: value for key, value in _described(record).items() if key in _SUMMARY}
        for record in state.stack_sets.values()
    ]
    return _result("ListStackSets", f"<Summaries>{_xml(summaries)}</Summaries>")


def _of_one(
    action: str, answering: Callable[[StackSetRecord, Params], str | Answer]
) -> Callable[[Params], Answer]:
    def answer_of_one(params: Params) -> Answer:
        named = _parameter(params, "StackSetName")
        for record in state.stack_sets.values():
            if named in (record.identifier, record.name):
                found = answering(record, params)
                return _result(action, found) if isinstance(found, str) else found
        return _refused("StackSetNotFoundException", f"StackSet {named} not found")

    return answer_of_one


def _list_instances(record: StackSetRecord, params: Params) -> str:
    account, region = (_parameter(params, f"StackInstance{one}") for one in ("Account", "Region"))
    summaries = [
        _instance(record, one)
        for one in record.instances.values()
        if account in ("", one.account) and region in ("", one.region)
    ]
    return f"<Summaries>{_xml(summaries)}</Summaries>"


def _describe_instance(record: StackSetRecord, params: Params) -> str | Answer:
    place = _parameter(params, "StackInstanceAccount"), _parameter(params, "StackInstanceRegion")
    instance = record.instances.get(place)
    if instance is None:
        return _refused(
            "StackInstanceNotFoundException", f"Stack instance {record.identifier} in {place} not found"
        )
    overrides = [{"ParameterKey": key, "ParameterValue": value} for key, value in instance.overrides]
    described = {**_instance(record, instance), "ParameterOverrides": overrides}
    return f"<StackInstance>{_xml(described)}</StackInstance>"


def _instance(record: StackSetRecord, instance: StackInstance) -> dict[str, Any]:
    """What the shapes `StackInstance` and `StackInstanceSummary` have in common."""
    return _given(
        {
            "StackSetId": record.identifier,
            "Account": instance.account,
            "Region": instance.region,
            "StackId": instance.stack_id,
            "Status": instance.status,
            "StackInstanceStatus": {"DetailedStatus": instance.detailed_status},
            "StatusReason": instance.reason,
            "OrganizationalUnitId": instance.unit,
            "DriftStatus": "NOT_CHECKED",
            "LastOperationId": instance.last_operation,
        }
    )


def _list_operations(record: StackSetRecord, params: Params) -> str:
    return f"<Summaries>{_xml([_operation(one) for one in reversed(record.operations)])}</Summaries>"


def _describe_operation(record: StackSetRecord, params: Params) -> str | Answer:
    operation = _find_operation(record, params)
    if operation is None:
        return _no_operation(params)
    described = {
        **_operation(operation),
        "StackSetId": record.identifier,
        "RetainStacks": operation.retains_stacks,
        "OperationPreferences": _upper_keys(operation.preferences),
    }
    return f"<StackSetOperation>{_xml(described)}</StackSetOperation>"


def _list_results(record: StackSetRecord, params: Params) -> str | Answer:
    operation = _find_operation(record, params)
    if operation is None:
        return _no_operation(params)
    results = [
        _given(
            {
                "Account": one.account,
                "Region": one.region,
                "Status": one.status,
                "StatusReason": one.reason,
                "OrganizationalUnitId": one.unit,
            }
        )
        for one in operation.results
    ]
    return f"<Summaries>{_xml(results)}</Summaries>"


def _operation(operation: Operation) -> dict[str, Any]:
    """What the shapes `StackSetOperation` and `StackSetOperationSummary` have in common."""
    return _given(
        {
            "OperationId": operation.operation_id,
            "Action": operation.action,
            "Status": operation.status,
            "CreationTimestamp": operation.created,
            "EndTimestamp": operation.ended,
        }
    )


def _find_operation(record: StackSetRecord, params: Params) -> Operation | None:
    named = _parameter(params, "OperationId")
    return next((one for one in record.operations if one.operation_id == named), None)


def _no_operation(params: Params) -> Answer:
    return _refused("OperationNotFoundException", f"Operation {_parameter(params, 'OperationId')} not found")


def _described(record: StackSetRecord) -> dict[str, Any]:
    """The API's shape `StackSet`."""
    declared = record.declared
    groups = declared.get("stackInstancesGroup", ())
    units = [one for group in groups for one in group["deploymentTargets"].get("organizationalUnitIds", ())]
    kept = {
        _upper(key): _upper_keys(value)
        for key, value in declared.items()
        if key not in ("stackInstancesGroup", "operationPreferences", "callAs", "templateURL")
    }
    place = f"{record.region}:{record.account}:stackset/{record.identifier}"
    return {
        **kept,
        "StackSetId": record.identifier,
        "StackSetARN": f"arn:aws:cloudformation:{place}",
        "Status": "ACTIVE",
        "OrganizationalUnitIds": units,
        "Regions": sorted({one for group in groups for one in group["regions"]}),
    }


def _given(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if value not in (None, "")}


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _upper_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {_upper(key): _upper_keys(one) for key, one in value.items()}
    return [_upper_keys(one) for one in value] if isinstance(value, list) else value


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(one)}</{key}>" for key, one in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(one)}</member>" for one in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _parameter(params: Params, name: str) -> str:
    return str(ministack_internals.cloudformation("helpers")._p(params, name))


def _refused(code: str, message: str) -> Answer:
    refused: Answer = ministack_internals.cloudformation("helpers")._error(code, message, 404)
    return refused


def _result(operation: str, content: str) -> Answer:
    helpers = ministack_internals.cloudformation("helpers")
    answered: Answer = helpers._xml(
        200, f"{operation}Response", f"<{operation}Result>{content}</{operation}Result>"
    )
    return answered
