"""What every construct that alerts is given: the registry, the topics, the key, and what goes together."""

from __future__ import annotations

import re

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.alert_key import check_alert_key
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.registry_environment import check_same_environment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.registry_event import EVENT_BUS_NAME_PATTERN
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_alert_place", "check_event_bus_name"]


def check_event_bus_name(name: str | None, registry: object, *, where: str) -> None:
    """Refuse the name of a bus that is none, or a registry whose events arrive on the default bus.

    Args:
        name: As given.
        registry: As given.
        where: The construct, for the error.

    Raises:
        InvalidValueError: See above.
    """
    check_arguments({"event_bus_name": name}, {"event_bus_name": TEXT}, where=where)
    if name is None:
        return
    if not is_token(name) and not re.fullmatch(EVENT_BUS_NAME_PATTERN, name):
        raise InvalidValueError(
            f"event_bus_name is {name!r}",
            where=where,
            allowed="1 to 256 letters, digits and . - _ /: the name of a bus, not its ARN",
        )
    if registry is not None:
        raise InvalidValueError(
            "a registry is given, and a bus to which other accounts pass their events on",
            where=where,
            allowed="one of the two: a registry's own events arrive on the default bus",
            fix="leave out registry",
        )


def check_alert_place(
    scope: Construct, *, registry: object, topics: object, encryption_key: object, where: str
) -> None:
    """Refuse a registry or topics that are none, or that the rules could not reach from here.

    Args:
        scope: The construct to belong to.
        registry: As given.
        topics: As given.
        encryption_key: As given.
        where: The construct, for the error.

    Raises:
        InvalidValueError: See above; no key, or one for topics that exist.
    """
    if registry is not None:
        if not isinstance(registry, RegistryReference):
            raise InvalidValueError(
                f"registry is of the type {type(registry).__name__}",
                where=where,
                allowed="a PrivateRegistry, or one by contract",
                fix='write registry=PrivateRegistry(stack, "Registry")',
            )
        check_same_environment(registry, scope, where=where)
    if topics is None:
        check_alert_key(encryption_key, scope, where)
        return
    if not isinstance(topics, AlertTopics):
        raise InvalidValueError(
            f"topics is of the type {type(topics).__name__}",
            where=where,
            allowed="AlertTopics",
            fix='write topics=AlertTopics(stack, "Alerts")',
        )
    if encryption_key is not None:
        raise InvalidValueError(
            "a key is given, and topics that have one",
            where=where,
            allowed="one of the two",
            fix="give the key to AlertTopics",
        )
    own, theirs = cdk.Stack.of(scope), cdk.Stack.of(topics)
    for what, here, there in (
        ("account", own.account, theirs.account),
        ("Region", own.region, theirs.region),
    ):
        if not is_token(here) and not is_token(there) and here != there:
            raise InvalidValueError(
                f"its stack is in the {what} {here} and its topics in {there}",
                where=where,
                allowed="topics of the same account and Region",
                fix="leave topics out, or make AlertTopics in this account and Region",
            )
