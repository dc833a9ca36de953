"""The ECR service of the HTTP endpoint: our operations, and ministack's for layers."""

from __future__ import annotations

import json
from typing import Any

from ecr_emulator import ministack_internals, operations
from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import error_response, json_response

# ministack answers these; layers reach it through the registry protocol anyway.
_DELEGATED = (
    "GetDownloadUrlForLayer",
    "BatchCheckLayerAvailability",
    "InitiateLayerUpload",
    "UploadLayerPart",
    "CompleteLayerUpload",
)


def take_over() -> None:
    """Put this module's request handler in the place of ministack's ECR."""
    ecr = ministack_internals.ecr()
    ministack_handler = ecr.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        if name in _DELEGATED:
            return await ministack_handler(method, path, headers, body, query_params)
        return _answer(name, body)

    ecr.handle_request = handle_request


def _answer(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    if not operations.is_emulated(name):
        known = operations.model().knows(name)
        reason = "is not emulated" if known else "is no operation of ECR"
        return error_response("UnsupportedOperationException", f"ecr-emulator: {name} {reason}")
    try:
        params = json.loads(body) if body else {}
    except ValueError:
        return error_response("SerializationException", "The request body is not JSON")
    try:
        return json_response(operations.call(name, params))
    except EcrError as refusal:
        return error_response(refusal.code, refusal.message)
