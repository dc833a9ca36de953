"""What an event bus keeps of its declaration beyond its name.

Its resource policy, its key, its dead-letter queue and its log are properties of the bus, and
`DescribeEventBus` answers them:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html and
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html. The policy goes with
its bus.
"""

from __future__ import annotations

import json
from typing import Any

from ecr_emulator import ministack_internals

_BUS = "AWS::Events::EventBus"
_KEPT = ("DeadLetterConfig", "KmsKeyIdentifier", "LogConfig")


def apply() -> None:
    """Keep them at creation and update, and drop the policy with the bus."""
    handlers = ministack_internals.provisioners()._RESOURCE_HANDLERS[_BUS]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_whole(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        policy = _policy(properties)
        answer = create(logical_id, properties, stack_name)
        _keep(answer[0], {}, properties, policy)
        return answer

    def update_whole(name: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Any:
        policy = _policy(new)
        answer = update(name, old, new, stack_name)
        _keep(answer[0], old if answer[0] == name else {}, new, policy)
        return answer

    def delete_whole(name: str, properties: dict[str, Any]) -> None:
        delete(name, properties)
        if name not in ministack_internals.eventbridge()._event_buses:
            ministack_internals.eventbridge()._event_bus_policies.pop(name, None)

    handlers.update(create=create_whole, update=update_whole, delete=delete_whole)


def _policy(properties: dict[str, Any]) -> dict[str, Any] | None:
    """The declared policy, an object or the text of one; raises `ValueError` for anything else."""
    declared = properties.get("Policy")
    if not declared:
        return None
    document = json.loads(declared) if isinstance(declared, str) else declared
    if not isinstance(document, dict) or not document.get("Statement"):
        raise ValueError("Policy of an event bus needs to be a policy document with a Statement")
    return document


def _keep(name: str, old: dict[str, Any], new: dict[str, Any], policy: dict[str, Any] | None) -> None:
    events = ministack_internals.eventbridge()
    bus = events._event_buses[name]
    for key in _KEPT:
        bus.pop(key, None)
        if new.get(key):
            bus[key] = new[key]
    if policy is not None:
        events._event_bus_policies[name] = policy
    elif old.get("Policy"):
        events._event_bus_policies.pop(name, None)
