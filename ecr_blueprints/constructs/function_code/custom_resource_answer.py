"""Answers CloudFormation for the function of a custom resource; whatever happens, there is an answer."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

__all__ = ["answering"]

MAX_REASON_LENGTH = 1000
ANSWER_TIMEOUT_SECONDS = 10


def answering(
    event: dict[str, Any], act: Callable[[str, dict[str, Any], str], tuple[str, dict[str, str]]]
) -> None:
    """Do what an event asks for, and tell CloudFormation how it went.

    An exception fails the resource, with its text as the reason. The event holds the address to which the
    answer goes, signed; it is not logged.

    Args:
        event: The event of a custom resource.
        act: Takes the request type, the properties and the physical id, empty at creation; gives the
            physical id, which stays the same for an update in place, and the resource's attributes.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    """
    kind, logical_id = event["RequestType"], event["LogicalResourceId"]
    data: dict[str, str] = {}
    physical_id, reason = event.get("PhysicalResourceId", ""), ""
    try:
        physical_id, data = act(kind, event["ResourceProperties"], physical_id)
    except Exception as error:
        reason = (str(error) or repr(error))[:MAX_REASON_LENGTH]
    status = "FAILED" if reason else "SUCCESS"
    sys.stdout.write(f"{kind} {logical_id} {status} {reason}\n")
    answer = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": physical_id or logical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": logical_id,
        "Data": data,
    }
    # Whoever signed the address signed no content type.
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_SECONDS).close()
