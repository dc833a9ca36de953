"""Waits until Secrets Manager knows a secret that was made a moment ago; see `SecretReady`."""

from __future__ import annotations

import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.custom_resource_answer import answering
from ecr_blueprints.constructs.function_code.patient_client import client

PATIENCE_SECONDS = 60
WAIT_SECONDS = 2
IN_A_ROW = 2


def handler(event: dict[str, Any], context: object) -> None:
    """Wait; there is nothing to delete."""
    answering(event, act)


def act(kind: str, given: dict[str, Any], physical_id: str) -> tuple[str, dict[str, str]]:
    """Do what CloudFormation asks for."""
    arn = given["SecretArn"]
    if kind != "Delete":
        wait(arn)
    return arn, {"SecretArn": arn}


def wait(arn: str) -> None:
    """Return when the secret was seen with a value, twice in a row."""
    end = time.monotonic() + PATIENCE_SECONDS
    seen = int(has_value(arn))
    while seen < IN_A_ROW:
        if time.monotonic() >= end:
            raise RuntimeError(f"Secrets Manager does not know a value of {arn} yet; deploy again")
        time.sleep(WAIT_SECONDS)
        seen = seen + 1 if has_value(arn) else 0


def has_value(arn: str) -> bool:
    """Whether the secret is there and has a current value; the value is not read."""
    try:
        stages = client("secretsmanager").describe_secret(SecretId=arn).get("VersionIdsToStages", {})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return any("AWSCURRENT" in names for names in stages.values())
