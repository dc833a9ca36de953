"""Asks ECR whether a pull-through cache can log in to its upstream; see `CacheValidation`."""

from __future__ import annotations

import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.custom_resource_answer import answering
from ecr_blueprints.constructs.function_code.patient_client import client

WAIT_SECONDS = 6


def handler(event: dict[str, Any], context: object) -> None:
    """Validate the rule whenever it is created or changed; there is nothing to delete."""
    answering(event, act)


def act(kind: str, given: dict[str, Any], physical_id: str) -> tuple[str, dict[str, str]]:
    """Do what CloudFormation asks for."""
    prefix = given["Prefix"]
    if kind == "Delete":
        return physical_id, {}
    failure = wait_until_valid(prefix, int(given["PatienceSeconds"]))
    if failure and given["OnInvalid"] == "FAIL":
        raise RuntimeError(f"the pull-through cache {prefix!r} cannot log in to its upstream: {failure}")
    return prefix, {"IsValid": "false" if failure else "true", "Failure": failure[:500]}


def wait_until_valid(prefix: str, patience_seconds: int) -> str:
    """The failure that is left when patience ends, since a new secret or rule is not seen everywhere yet."""
    end = time.monotonic() + patience_seconds
    failure = validate(prefix)
    while failure and time.monotonic() < end:
        time.sleep(WAIT_SECONDS)
        failure = validate(prefix)
    return failure


def validate(prefix: str) -> str:
    """What ECR says is wrong; empty if nothing is."""
    try:
        answer = client("ecr").validate_pull_through_cache_rule(ecrRepositoryPrefix=prefix)
    except ClientError as error:
        if error.response["Error"]["Code"] != "PullThroughCacheRuleNotFoundException":
            raise
        return str(error)
    return "" if answer["isValid"] else str(answer.get("failure") or "ECR gives no reason")
