"""The stack sets that were declared, read back through CloudFormation's API.

Nothing is deployed into other accounts, so that there are no operations, and instances are those of accounts
only; which accounts an OU has, is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ecr_emulator import ministack_internals, state
from ecr_emulator.ministack_internals import account_id, region

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

_SUMMARY = ("StackSetName", "StackSetId", "Description", "Status", "AutoDeployment", "PermissionModel")


def answer() -> None:
    """Answer the reading operations."""
    actions: dict[str, Callable[[Params], Answer]] = {
        "DescribeStackSet": _describe,
        "ListStackSets": _list,
        "ListStackInstances": _list_instances,
    }
    ministack_internals.cloudformation("handlers")._ACTION_HANDLERS.update(actions)


def _describe(params: Params) -> Answer:
    found = _find(params)
    if found is None:
        return _not_found(params)
    return _result("DescribeStackSet", f"<StackSet>{_xml(_described(*found))}</StackSet>")


def _list(params: Params) -> Answer:
    summaries = [
        {key: value for key, value in _described(identifier, declared).items() if key in _SUMMARY}
        for identifier, declared in state.stack_sets.items()
    ]
    return _result("ListStackSets", f"<Summaries>{_xml(summaries)}</Summaries>")


def _list_instances(params: Params) -> Answer:
    found = _find(params)
    if found is None:
        return _not_found(params)
    identifier, declared = found
    summaries = [
        {"StackSetId": identifier, "Account": account, "Region": one, "Status": "OUTDATED"}
        for group in declared.get("stackInstancesGroup", ())
        for account in group["deploymentTargets"].get("accounts", ())
        for one in group["regions"]
    ]
    return _result("ListStackInstances", f"<Summaries>{_xml(summaries)}</Summaries>")


def _find(params: Params) -> tuple[str, dict[str, Any]] | None:
    named = ministack_internals.cloudformation("helpers")._p(params, "StackSetName")
    for identifier, declared in state.stack_sets.items():
        if named in (identifier, identifier.partition(":")[0]):
            return identifier, declared
    return None


def _not_found(params: Params) -> Answer:
    helpers = ministack_internals.cloudformation("helpers")
    named = helpers._p(params, "StackSetName")
    refused: Answer = helpers._error("StackSetNotFoundException", f"StackSet {named} not found", 404)
    return refused


def _described(identifier: str, declared: dict[str, Any]) -> dict[str, Any]:
    """The API's shape `StackSet`."""
    groups = declared.get("stackInstancesGroup", ())
    units = [one for group in groups for one in group["deploymentTargets"].get("organizationalUnitIds", ())]
    kept = {
        _upper(key): _upper_keys(value)
        for key, value in declared.items()
        if key not in ("stackInstancesGroup", "operationPreferences", "callAs", "templateURL")
    }
    place = f"{region()}:{account_id()}:stackset/{identifier}"
    return {
        **kept,
        "StackSetId": identifier,
        "StackSetARN": f"arn:aws:cloudformation:{place}",
        "Status": "ACTIVE",
        "OrganizationalUnitIds": units,
        "Regions": sorted({one for group in groups for one in group["regions"]}),
    }


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


def _result(operation: str, content: str) -> Answer:
    helpers = ministack_internals.cloudformation("helpers")
    answered: Answer = helpers._xml(
        200, f"{operation}Response", f"<{operation}Result>{content}</{operation}Result>"
    )
    return answered
