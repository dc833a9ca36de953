"""Organizational units and accounts with ids of the caller's choice.

Organizations gives ids out; templates name them, though, and are written before. So a unit whose name has
the form of a unit's id, and an account whose name is twelve digits, get their name as id. That is the
emulator's own, as twelve digits are an access key id. A unit that a policy was attached to before it was
created is there already, without a parent; its creation gives it one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ecr_emulator import ministack_internals

Answer = tuple[int, dict[str, str], bytes]

_UNIT = re.compile(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}")
_ACCOUNT = re.compile(r"[0-9]{12}")


def apply() -> None:
    """Put handlers that look at the name in the place of ministack's."""
    operations = ministack_internals.organizations()._DISPATCH
    operations["CreateOrganizationalUnit"] = _unit_by_name(operations["CreateOrganizationalUnit"])
    operations["CreateAccount"] = _account_by_name(operations["CreateAccount"])


def _unit_by_name(create: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def create_by_name(payload: dict[str, Any]) -> Answer:
        organizations = ministack_internals.organizations()
        organizations._ensure_org()
        parent, name = payload.get("ParentId"), payload.get("Name", "")
        if parent and organizations._target(parent)[1] not in ("ROOT", "ORGANIZATIONAL_UNIT"):
            return ministack_internals.error_response(
                "ParentNotFoundException", f"We can't find a root or OU with the ParentId {parent}"
            )
        if any((one.get("_ParentId"), one["Name"]) == (parent, name) for one in organizations._ous.values()):
            return ministack_internals.error_response(
                "DuplicateOrganizationalUnitException", f"An OU named {name} is there already"
            )
        status, headers, body = create(payload)
        if status != 200 or _UNIT.fullmatch(name) is None:
            return status, headers, body
        given = json.loads(body)["OrganizationalUnit"]["Id"]
        _rename(organizations._ous, given, name)
        _rename(organizations._tags, given, name)
        return status, headers, body.replace(given.encode(), name.encode())

    return create_by_name


def _account_by_name(create: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def create_by_name(payload: dict[str, Any]) -> Answer:
        organizations = ministack_internals.organizations()
        name = payload.get("AccountName", "")
        status, headers, body = create(payload)
        if status != 200 or _ACCOUNT.fullmatch(name) is None:
            return status, headers, body
        answer = json.loads(body)["CreateAccountStatus"]
        given = answer["AccountId"]
        _rename(organizations._accounts, given, name)
        _rename(organizations._tags, given, name)
        organizations._create_statuses[answer["Id"]] = {**answer, "AccountId": name}
        for policy, targets in list(organizations._attachments.items()):
            organizations._attachments[policy] = [name if one == given else one for one in targets]
        return status, headers, body.replace(given.encode(), name.encode())

    return create_by_name


def _rename(store: Any, given: str, name: str) -> None:
    record = store.pop(given, None)
    if record is None:
        return
    if "Id" in record and "Arn" in record:
        record = {**record, "Id": name, "Arn": record["Arn"].replace(given, name)}
    store[name] = record
