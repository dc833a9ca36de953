"""`sts:AssumeRole` asks the role's trust policy, where ministack gives a session to anybody.

What is refused, and with which words:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html. A role that does not exist is
refused as one that does not trust the caller, as STS does not tell which it is. Session tags need
`sts:TagSession`: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from ecr_emulator import ministack_internals, role_trust

Answer = tuple[int, dict[str, str], bytes]


def ask_trust() -> None:
    """Put a handler that asks in the place of ministack's STS."""
    sts = ministack_internals.sts()
    answer = sts.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        refused = _refusal(headers, body, query_params)
        return refused or await answer(method, path, headers, body, query_params)

    sts.handle_request = handle_request


def _refusal(headers: dict[str, str], body: bytes, query_params: dict[str, Any]) -> Answer | None:
    """The answer to a request for a role that does not admit the caller; None for every other request."""
    asked = _asked(headers, body, query_params)
    role_arn = asked.get("RoleArn", "")
    if asked.get("Action") != "AssumeRole" or not role_arn.startswith("arn:") or role_arn.count(":") < 5:
        return None
    caller = str(ministack_internals.sts()._caller_identity(headers, query_params)["userArn"])
    tags = _tags(asked)
    for action in ("sts:AssumeRole", *(("sts:TagSession",) if tags else ())):
        if not role_trust.admits(
            role_arn,
            caller,
            action=action,
            external_id=asked.get("ExternalId"),
            session_name=asked.get("RoleSessionName"),
            tags=tags,
        ):
            message = f"User: {caller} is not authorized to perform: {action} on resource: {role_arn}"
            refused: Answer = ministack_internals.sts()._error(403, "AccessDenied", message, ns="sts")
            return refused
    return None


def _asked(headers: dict[str, str], body: bytes, query_params: dict[str, Any]) -> dict[str, str]:
    """The request's parameters, of either protocol."""
    found = {key: values[0] for key, values in query_params.items() if values}
    target = headers.get("x-amz-target", "")
    if target.startswith("AWSSecurityTokenServiceV20110615."):
        content = json.loads(body or b"{}")
        tags = content.pop("Tags", [])
        found |= {key: str(value) for key, value in content.items()}
        for number, tag in enumerate(tags, start=1):
            found[f"Tags.member.{number}.Key"] = tag["Key"]
            found[f"Tags.member.{number}.Value"] = tag.get("Value", "")
        return {**found, "Action": target.rpartition(".")[2]}
    return found | {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}


def _tags(asked: dict[str, str]) -> dict[str, str]:
    tags, number = {}, 1
    while (key := asked.get(f"Tags.member.{number}.Key")) is not None:
        tags[key] = asked.get(f"Tags.member.{number}.Value", "")
        number += 1
    return tags
