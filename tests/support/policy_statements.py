"""Every policy statement in a template, whatever the resource and however it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["FoundStatement", "as_text", "statements_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStatement:
    """One statement of one policy.

    Attributes:
        place: ``stack/logical id``.
        kind: The resource's type and the property that holds the policy, without indices.
        document: The whole policy, its tokens as texts.
        statement: The statement, its tokens as texts such as ``${Key.Arn}``.
    """

    place: str
    kind: str
    document: Mapping[str, Any]
    statement: Mapping[str, Any]

    @property
    def actions(self) -> tuple[str, ...]:
        """What it names, sorted; ``NotAction`` with an exclamation mark."""
        named = _texts(self.statement.get("Action", ()))
        others = _texts(self.statement.get("NotAction", ()))
        return tuple(sorted([*named, *(f"!{one}" for one in others)]))

    @property
    def resources(self) -> tuple[str, ...]:
        """What it is about; ``NotResource`` with an exclamation mark; empty where the policy's own is."""
        named = _texts(self.statement.get("Resource", ()))
        others = _texts(self.statement.get("NotResource", ()))
        return tuple(sorted([*named, *(f"!{one}" for one in others)]))

    @property
    def is_allowing(self) -> bool:
        """Whether it gives a permission."""
        return self.statement.get("Effect") == "Allow"


def statements_in(name: str, template: Mapping[str, Any]) -> Iterator[FoundStatement]:
    """Every statement of a template.

    Args:
        name: The stack.
        template: The template.
    """
    for logical_id, resource in template.get("Resources", {}).items():
        kind = str(resource["Type"])
        for path, document in _documents(resource.get("Properties", {}), ""):
            for statement in _listed(document["Statement"]):
                yield FoundStatement(
                    place=f"{name}/{logical_id}", kind=f"{kind}{path}", document=document, statement=statement
                )


def _documents(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where a property is a policy: as an object, or as the JSON text of one."""
    text = as_text(value)
    if isinstance(text, str):
        document = json.loads(text) if '"Statement"' in text else {}
        # The template of a stack set has its statements further down, and is a template to look at itself.
        if "Statement" in document:
            yield path, document
    elif isinstance(text, list):
        for member in text:
            yield from _documents(member, path)
    elif isinstance(text, dict):
        if "Statement" in text:
            yield path, text
            return
        for key, member in text.items():
            yield from _documents(member, f"{path}.{key}")


def as_text(value: Any) -> Any:
    """A value whose intrinsic functions have become texts: ``${Key.Arn}`` for what only deployment knows."""
    if isinstance(value, list):
        return [as_text(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::ImportValue": imported}:
            return f"${{{as_text(imported)}}}"
        case {"Fn::GetStackOutput": output}:
            return f"${{{json.dumps(output)}}}"
        case {"Fn::Join": [str(separator), list(parts)]} if all(
            isinstance(part, str) for part in as_text(parts)
        ):
            return separator.join(as_text(parts))
    if len(value) == 1 and next(iter(value)).startswith("Fn::"):
        (name, members) = next(iter(value.items()))
        return f"${{{json.dumps({name: as_text(members)})}}}"
    return {key: as_text(member) for key, member in value.items()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [one if isinstance(one, str) else json.dumps(one) for one in _listed_or_tuple(value)]


def _listed_or_tuple(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
