"""Has Amazon Inspector scan the images of every account that joins; see `InspectorOrganization`.

It runs in the account that is Inspector's delegated administrator. What else Inspector scans stays as it is.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.custom_resource_answer import answering
from ecr_blueprints.constructs.function_code.patient_client import client

NAME = "inspector-organization"
ON_BEFORE = f"{NAME} on-before"
NOT_YET = ("AccessDeniedException", "ValidationException")
PATIENCE_SECONDS = 120
WAIT_SECONDS = 5


def handler(event: dict[str, Any], context: object) -> None:
    """Switch it on and have the accounts join; at deletion switch it off, unless it was on before."""
    answering(event, act)


def act(kind: str, given: dict[str, Any], physical_id: str) -> tuple[str, dict[str, str]]:
    """Do what CloudFormation asks for."""
    if kind == "Delete":
        if physical_id == NAME:
            leave()
        return physical_id, {}
    before = wait_for_the_office()
    if not before["ecr"]:
        put({**before, "ecr": True})
    joined = members()
    for account in given["Members"]:
        if account not in joined:
            client("inspector2").associate_member(accountId=account)
    return physical_id or (ON_BEFORE if before["ecr"] else NAME), {}


def wait_for_the_office() -> dict[str, bool]:
    """What is on for accounts that join, once this account is the administrator, which takes a moment."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer: dict[str, bool] = client("inspector2").describe_organization_configuration()["autoEnable"]
            return answer
        except ClientError as error:
            if error.response["Error"]["Code"] not in NOT_YET or time.monotonic() >= end:
                raise
        time.sleep(WAIT_SECONDS)


def put(chosen: dict[str, bool]) -> None:
    """Say what is on for accounts that join."""
    client("inspector2").update_organization_configuration(autoEnable=chosen)


def members() -> set[str]:
    """The accounts that are members."""
    pages = client("inspector2").get_paginator("list_members").paginate(onlyAssociated=True)
    return {one["accountId"] for page in pages for one in page["members"]}


def leave() -> None:
    """Switch it off; where the office is gone, there is nothing to."""
    try:
        put({**client("inspector2").describe_organization_configuration()["autoEnable"], "ecr": False})
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_YET:
            raise
        sys.stdout.write(f"{NAME} is left as it is: {error}\n")
