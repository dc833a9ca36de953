"""The ECR API's registry scanning configuration, and which repositories it covers. Nothing is scanned."""

from __future__ import annotations

import re
from typing import Any

from ecr_emulator import ministack_internals, state
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.operations import Params, operation

_EVERYTHING = {"filter": "*", "filterType": "WILDCARD"}


def current_configuration() -> dict[str, Any]:
    """The scanning configuration in force; a registry always has one."""
    default = {"scanType": "BASIC", "rules": []}
    found: dict[str, Any] = state.registry.get("scanning", default)
    return found


@operation("GetRegistryScanningConfiguration")
def _get(params: Params) -> dict[str, Any]:
    return {"registryId": account_id(), "scanningConfiguration": current_configuration()}


@operation("PutRegistryScanningConfiguration")
def _put(params: Params) -> dict[str, Any]:
    scan_type = params.get("scanType", "BASIC")
    rules = params.get("rules")
    if rules is None:
        # Documented for ENHANCED: without rules every repository is scanned continuously.
        rules = []
        if scan_type == "ENHANCED":
            rules = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [_EVERYTHING]}]
    frequencies = [rule["scanFrequency"] for rule in rules]
    if len(set(frequencies)) != len(frequencies):
        raise invalid_parameter("rules", "only one rule per scan frequency is allowed")
    allowed = ("SCAN_ON_PUSH",) if scan_type == "BASIC" else ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
    for frequency in frequencies:
        if frequency not in allowed:
            raise invalid_parameter("rules", f"scan frequency {frequency} is not allowed with {scan_type}")
    state.registry["scanning"] = {"scanType": scan_type, "rules": rules}
    return {"registryScanningConfiguration": state.registry["scanning"]}


@operation("BatchGetRepositoryScanningConfiguration")
def _batch_get(params: Params) -> dict[str, Any]:
    found, failures = [], []
    for name in params["repositoryNames"]:
        record = ministack_internals.ecr()._repositories.get(name)
        if record is None:
            failures.append(
                {
                    "repositoryName": name,
                    "failureCode": "REPOSITORY_NOT_FOUND",
                    "failureReason": f"The repository with name '{name}' does not exist",
                }
            )
        else:
            found.append({"repositoryArn": record["repositoryArn"], **_coverage(name)})
    return {"scanningConfigurations": found, "failures": failures}


def _coverage(name: str) -> dict[str, Any]:
    configuration = current_configuration()
    matching = [
        (rule["scanFrequency"], entry)
        for rule in configuration["rules"]
        for entry in rule["repositoryFilters"]
        if filter_matches(entry["filter"], name)
    ]
    frequencies = {frequency for frequency, _ in matching}
    frequency = next((f for f in ("CONTINUOUS_SCAN", "SCAN_ON_PUSH") if f in frequencies), "MANUAL")
    return {
        "repositoryName": name,
        "scanOnPush": frequency == "SCAN_ON_PUSH",
        "scanFrequency": frequency,
        "appliedScanFilters": [entry for used, entry in matching if used == frequency],
    }


def filter_matches(pattern: str, name: str) -> bool:
    """Whether a scanning filter selects a repository: without a wildcard it means "contains"."""
    if "*" not in pattern:
        return pattern in name
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def reset_to_default() -> None:
    """Back to what a new registry has; the CloudFormation delete handler's job."""
    state.registry.pop("scanning", None)


@operation("DescribeImageScanFindings")
def _describe_findings(params: Params) -> dict[str, Any]:
    raise EcrError("ScanNotFoundException", "The emulator scans nothing: there are no findings")
