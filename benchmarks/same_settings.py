"""Whether two templates declare repositories with the same settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def settings(template: Mapping[str, Any]) -> list[object]:
    """What a template declares, without logical ids and metadata, so that equal settings are equal values.

    What AWS reads alike is written alike: a lifecycle policy is read from its text, a list of one is its
    member, the order of a statement's actions does not count, and neither does the statement's id.
    """
    resources = [
        {key: value for key, value in resource.items() if key != "Metadata"}
        for resource in template["Resources"].values()
    ]
    return sorted(
        (_alike(resource) for resource in resources), key=lambda one: json.dumps(one, sort_keys=True)
    )


def _alike(value: object, key: str = "") -> object:
    if key == "LifecyclePolicyText":
        return json.loads(str(value))
    if isinstance(value, Mapping):
        return {
            name: _alike(member, name)
            for name, member in value.items()
            if not (name == "Sid" and "Effect" in value)
        }
    if isinstance(value, list):
        members = [_alike(member) for member in value]
        if len(members) == 1:
            return members[0]
        return sorted(members, key=str) if key == "Action" else members
    return value
