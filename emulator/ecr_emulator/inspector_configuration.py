"""Amazon Inspector's re-scan window, which ministack answers with a constant and cannot change."""

from __future__ import annotations

import time
from typing import Any

from ecr_emulator import ministack_internals, state
from ecr_emulator.ministack_internals import error_response, json_response

_WINDOWS = ("DAYS_3", "DAYS_7", "DAYS_14", "DAYS_30", "DAYS_60", "DAYS_90", "DAYS_180")
# Of EcrConfiguration; the first is required.
_MEMBERS = {
    "rescanDuration": (*_WINDOWS, "LIFETIME"),
    "pullDateRescanDuration": _WINDOWS,
    "pullDateRescanMode": ("LAST_PULL_DATE", "LAST_IN_USE_AT"),
}
# https://docs.aws.amazon.com/inspector/latest/user/scanning_resources_configure_duration_setting_ecr.html
_DEFAULT = {
    "rescanDuration": "DAYS_14",
    "pullDateRescanDuration": "DAYS_14",
    "pullDateRescanMode": "LAST_IN_USE_AT",
}
_Answer = tuple[int, dict[str, str], bytes]


def take_over() -> None:
    """Answer for the configuration in ministack's place."""
    handlers = ministack_internals.inspector()._path_handlers
    handlers["/configuration/get"] = _get
    handlers["/configuration/update"] = _update


def _get(data: dict[str, Any]) -> _Answer:
    window = {"status": "SUCCESS", **state.registry.get("rescan", _DEFAULT)}
    return json_response({"ecrConfiguration": {"rescanDurationState": window}})


def _update(data: dict[str, Any]) -> _Answer:
    given = data.get("ecrConfiguration", {})
    for member, value in given.items():
        if value not in _MEMBERS.get(member, ()):
            allowed = ", ".join(_MEMBERS.get(member, ())) or "no such member"
            return error_response("ValidationException", f"ecrConfiguration.{member}: {allowed}")
    if given and "rescanDuration" not in given:
        return error_response("ValidationException", "ecrConfiguration.rescanDuration is required")
    if given:
        before = state.registry.get("rescan", _DEFAULT)
        state.registry["rescan"] = {**before, **given, "updatedAt": int(time.time())}
    return json_response({})
