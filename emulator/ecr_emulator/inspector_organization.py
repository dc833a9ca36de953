"""Amazon Inspector in an organization: its administrator, its members, what is on for those that join.

Which accounts make an organization is not known: who appoints an administrator is a management account, and
an administrator is one for whoever has appointed it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ecr_emulator import ministack_internals, state
from ecr_emulator.ministack_internals import account_id, error_response, json_response, region

_Answer = tuple[int, dict[str, str], bytes]
_Handler = Callable[[dict[str, Any]], _Answer]
_OFF = {"ec2": False, "ecr": False, "lambda": False, "lambdaCode": False}
_REQUIRED = ("ec2", "ecr")


def take_over() -> None:
    """Answer in ministack's place, which knows of no organization."""
    handlers = ministack_internals.inspector()._path_handlers
    handlers["/delegatedadminaccounts/enable"] = _appoint
    handlers["/delegatedadminaccounts/disable"] = _dismiss
    handlers["/delegatedadminaccounts/list"] = _list_administrators
    handlers["/organizationconfiguration/describe"] = _for_administrators(_describe)
    handlers["/organizationconfiguration/update"] = _for_administrators(_update)
    handlers["/members/associate"] = _for_administrators(_associate)
    handlers["/members/list"] = _list_members


def _appoint(data: dict[str, Any]) -> _Answer:
    account, found = data["delegatedAdminAccountId"], _administrator()
    if found:
        return error_response("ConflictException", f"the delegated administrator is {found} already")
    if account == account_id():
        return error_response("ValidationException", "the management account cannot be the administrator")
    state.inspector_administrators[(region(), account_id())] = account
    return json_response({"delegatedAdminAccountId": account})


def _dismiss(data: dict[str, Any]) -> _Answer:
    account = data["delegatedAdminAccountId"]
    if _administrator() != account:
        return error_response("ResourceNotFoundException", f"{account} is not the delegated administrator")
    del state.inspector_administrators[(region(), account_id())]
    return json_response({"delegatedAdminAccountId": account})


def _list_administrators(data: dict[str, Any]) -> _Answer:
    found = _administrator()
    listed = [{"accountId": found, "status": "ENABLED"}] if found else []
    return json_response({"delegatedAdminAccounts": listed})


def _administrator() -> str | None:
    found: str | None = state.inspector_administrators.get((region(), account_id()))
    return found


def _for_administrators(handler: _Handler) -> _Handler:
    """Refuse whoever is no administrator."""

    @functools.wraps(handler)
    def answer(data: dict[str, Any]) -> _Answer:
        appointed = [one for (place, _), one in state.inspector_administrators.items() if place == region()]
        if account_id() not in appointed:
            return error_response("AccessDeniedException", "only the delegated administrator may do this")
        return handler(data)

    return answer


def _describe(data: dict[str, Any]) -> _Answer:
    return json_response(
        {"autoEnable": state.registry.get("auto-enable", _OFF), "maxAccountLimitReached": False}
    )


def _update(data: dict[str, Any]) -> _Answer:
    chosen = data.get("autoEnable", {})
    missing = [one for one in _REQUIRED if one not in chosen]
    if missing:
        return error_response("ValidationException", f"autoEnable.{missing[0]} is required")
    state.registry["auto-enable"] = {**state.registry.get("auto-enable", _OFF), **chosen}
    return json_response({"autoEnable": state.registry["auto-enable"]})


def _associate(data: dict[str, Any]) -> _Answer:
    account = data["accountId"]
    state.registry["inspector-members"] = [*state.registry.get("inspector-members", []), account]
    return json_response({"accountId": account})


def _list_members(data: dict[str, Any]) -> _Answer:
    members = [
        {"accountId": one, "relationshipStatus": "ENABLED", "delegatedAdminAccountId": account_id()}
        for one in state.registry.get("inspector-members", [])
    ]
    return json_response({"members": members})
