"""`AWS::Events::EventBusPolicy`: one statement of an event bus's resource policy."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from ecr_emulator import ministack_internals
from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Document, Structure, Text

_DEFAULT_BUS = "default"


class EventBusPolicy(ResourceType):
    """A statement, known by its bus and its id; `DescribeEventBus` reads it back."""

    type_name: ClassVar[str] = "AWS::Events::EventBusPolicy"
    service: ClassVar[str] = "EventBridge"
    identifier: ClassVar[str] = "StatementId"
    create_only: ClassVar[tuple[str, ...]] = ("EventBusName", "StatementId")
    schema: ClassVar[Structure] = Structure(
        members={
            "EventBusName": Text(minimum=1, maximum=256, pattern=r"[\.\-_A-Za-z0-9]+"),
            "StatementId": Text(minimum=1, maximum=64, pattern=r"[a-zA-Z0-9-_]+"),
            "Statement": Document(),
            "Action": Text(values=("events:PutEvents",)),
            "Principal": Text(pattern=r"(\d{12}|\*)"),
            "Condition": Structure(
                members={"Key": Text(), "Type": Text(values=("StringEquals",)), "Value": Text()}
            ),
        },
        required=("StatementId",),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The bus and the statement's id."""
        return f"{properties.get('EventBusName', _DEFAULT_BUS)}|{properties['StatementId']}"

    def attributes(self, identifier: str) -> Attributes | None:
        """None of its own."""
        bus, _, statement_id = identifier.partition("|")
        return {} if any(one["Sid"] == statement_id for one in _statements(bus)) else None

    def create(self, identifier: str, desired: Properties) -> None:
        """Put the statement."""
        bus, _, statement_id = identifier.partition("|")
        events = ministack_internals.eventbridge()
        events._ensure_default_bus()
        if bus not in events._event_buses:
            raise EcrError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        others = [one for one in _statements(bus) if one["Sid"] != statement_id]
        statement = _statement(bus, statement_id, desired)
        events._event_bus_policies[bus] = {"Version": "2012-10-17", "Statement": [*others, statement]}

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Put the statement anew."""
        self.create(identifier, desired)

    def delete(self, identifier: str, properties: Properties) -> None:
        """Remove the statement; a policy without one is none."""
        bus, _, statement_id = identifier.partition("|")
        policies = ministack_internals.eventbridge()._event_bus_policies
        others = [one for one in _statements(bus) if one["Sid"] != statement_id]
        if others:
            policies[bus] = {**policies[bus], "Statement": others}
        else:
            policies.pop(bus, None)


def _statements(bus: str) -> list[dict[str, Any]]:
    policy = ministack_internals.eventbridge()._event_bus_policies.get(bus) or {}
    return list(policy.get("Statement", ()))


def _statement(bus: str, statement_id: str, desired: Properties) -> dict[str, Any]:
    """The statement as it is kept: given whole, or by action, principal and condition."""
    if "statement" in desired:
        try:
            statement = json.loads(desired["statement"])
        except ValueError:
            statement = None
        if not isinstance(statement, dict) or not {"Effect", "Principal", "Action"} <= statement.keys():
            raise EcrError(
                "ValidationException",
                "Statement needs to be a JSON object with Effect, Principal and Action.",
            )
        if statement.get("Sid", statement_id) != statement_id:
            raise EcrError("ValidationException", "Statement has another Sid than StatementId.")
        return {**statement, "Sid": statement_id}
    if not {"action", "principal"} <= desired.keys():
        raise EcrError("ValidationException", "Either Statement, or Action and Principal are required.")
    principal = desired["principal"]
    statement = {
        "Sid": statement_id,
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": desired["action"],
        "Resource": f"arn:aws:events:{region()}:{account_id()}:event-bus/{bus}",
    }
    if "condition" in desired:
        condition = desired["condition"]
        statement["Condition"] = {condition["type"]: {condition["key"]: condition["value"]}}
    return statement
