"""JSON values as a policy text holds them, before anything is made of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ecr_blueprints.lifecycle.violation import shown_text

__all__ = ["JsonObject", "kind_of_json", "object_of_pairs"]


@dataclass(slots=True)
class JsonObject:
    """One JSON object with its repeated member names, which a dict alone would lose."""

    members: dict[str, object]
    repeated: tuple[str, ...] = ()


def object_of_pairs(pairs: list[tuple[str, object]]) -> JsonObject:
    """The hook for `json.loads` that keeps what a dict would lose."""
    members = dict(pairs)
    if len(members) == len(pairs):
        return JsonObject(members)
    times = Counter(name for name, _ in pairs)
    return JsonObject(members, tuple(name for name, number in times.items() if number > 1))


def kind_of_json(value: object) -> str:
    """What a JSON value is; never its content, which may be huge."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{shown_text(value)[1:-1]}'"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"
