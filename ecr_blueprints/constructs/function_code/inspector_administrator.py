"""Makes an account Amazon Inspector's delegated administrator; see `InspectorAdministrator`.

It runs in the organization's management account, once for each Region.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.custom_resource_answer import answering
from ecr_blueprints.constructs.function_code.patient_client import client

NAME = "inspector-administrator"
THERE_BEFORE = f"{NAME} there-before"
PATIENCE_SECONDS = 120
WAIT_SECONDS = 4


def handler(event: dict[str, Any], context: object) -> None:
    """Make the account the administrator; at deletion no longer, unless it was one before."""
    answering(event, act)


def act(kind: str, given: dict[str, Any], physical_id: str) -> tuple[str, dict[str, str]]:
    """Do what CloudFormation asks for."""
    account = given["Account"]
    found = administrator()
    if kind == "Delete":
        if found == account and physical_id == NAME:
            dismiss(account)
        return physical_id, {}
    if found == account:
        return physical_id or THERE_BEFORE, {"Account": account}
    if found and kind == "Create":
        raise RuntimeError(
            f"{found} is Amazon Inspector's delegated administrator already, and an organization has one; "
            "name that account, or remove it there first"
        )
    if found:
        dismiss(found)
    appoint(account)
    return NAME, {"Account": account}


def administrator() -> str:
    """The account that is the administrator; empty if there is none."""
    answer = client("inspector2").list_delegated_admin_accounts()
    return next((one["accountId"] for one in answer["delegatedAdminAccounts"]), "")


def dismiss(account: str) -> None:
    """Take the role away, and wait until it is."""
    sys.stdout.write(f"{account} is dismissed\n")
    client("inspector2").disable_delegated_admin_account(delegatedAdminAccountId=account)
    end = time.monotonic() + PATIENCE_SECONDS
    while administrator() == account:
        if time.monotonic() >= end:
            raise RuntimeError(f"Amazon Inspector still dismisses {account}; deploy again")
        time.sleep(WAIT_SECONDS)


def appoint(account: str) -> None:
    """Give the role to an account; a request that came twice is none the worse."""
    try:
        client("inspector2").enable_delegated_admin_account(delegatedAdminAccountId=account)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException" or administrator() != account:
            raise
