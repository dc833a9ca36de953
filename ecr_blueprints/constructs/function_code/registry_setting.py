"""Sets what a registry has no CloudFormation resource for; see `RegistrySettings`.

The value found at creation is kept in the physical id, so that deletion can put it back.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.custom_resource_answer import answering
from ecr_blueprints.constructs.function_code.patient_client import client

RESCAN = "INSPECTOR_RESCAN"
BEFORE = " before:"
PATIENCE_SECONDS = 20
WAIT_SECONDS = 2
DENIED = "; in an organization whose Inspector has a delegated administrator, that account sets it"
MEMBERS = ("rescanDuration", "pullDateRescanDuration", "pullDateRescanMode")


def handler(event: dict[str, Any], context: object) -> None:
    """Put the value; at deletion put back the one from before, if nobody else has changed it since."""
    answering(event, act)


def act(kind: str, given: dict[str, Any], physical_id: str) -> tuple[str, dict[str, str]]:
    """Do what CloudFormation asks for."""
    name, value = given["Name"], given["Value"]
    if kind == "Delete":
        before = physical_id.partition(BEFORE)[2]
        if given["Restore"] == "true" and before:
            restore(name, value, before)
        return physical_id, {}
    found = read(name)
    if found != value:
        write(name, value)
    return physical_id or f"{name}{BEFORE}{found}", {"Value": value}


def restore(name: str, value: str, before: str) -> None:
    """Put the value from before back; where the setting is gone or not ours to set, there is nothing to."""
    try:
        if before != value and read(name) == value:
            write(name, before)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDeniedException", "ResourceNotFoundException"):
            raise
        sys.stdout.write(f"{name} is left as it is: {error}\n")


def read(name: str) -> str:
    """The value that a setting has; of the re-scan window its three members, with ``-`` for none."""
    if name == RESCAN:
        state = rescan_state()
        return " ".join(state.get(member, "-") for member in MEMBERS)
    return str(client("ecr").get_account_setting(name=name)["value"])


def write(name: str, value: str) -> None:
    """Give a setting a value."""
    if name != RESCAN:
        client("ecr").put_account_setting(name=name, value=value)
        return
    members = {member: word for member, word in zip(MEMBERS, value.split(), strict=True) if word != "-"}
    try:
        client("inspector2").update_configuration(ecrConfiguration=members)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            error.args = (f"{error}{DENIED}",)
        raise
    end = time.monotonic() + PATIENCE_SECONDS
    while (status := rescan_state().get("status")) == "PENDING" and time.monotonic() < end:
        time.sleep(WAIT_SECONDS)
    if status == "FAILED":
        raise RuntimeError(f"Amazon Inspector could not set the re-scan window {value}")


def rescan_state() -> dict[str, Any]:
    """The re-scan window as Inspector tells it."""
    configuration = client("inspector2").get_configuration()
    state: dict[str, Any] = configuration.get("ecrConfiguration", {}).get("rescanDurationState", {})
    return state
