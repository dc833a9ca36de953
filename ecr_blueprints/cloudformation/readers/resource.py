"""One resource of a template, its properties resolved, and its values as the types that they should have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.text_functions import NO_VALUE, as_text
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = [
    "Resource",
    "as_boolean",
    "as_items",
    "as_member",
    "as_property_text",
    "as_tags",
    "as_unresolved",
    "malformed",
]

_Member = TypeVar("_Member", bound=StrEnum)
_MAX_SHOWN: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource as its readers see it.

    Attributes:
        source: Where it is declared.
        declaration: The whole declaration, as written.
        properties: The resolved properties. Unresolved or Malformed if there is no mapping to look into:
            then each property is Unresolved, since the mapping itself is what is wrong.
    """

    source: SourceLocation
    declaration: Mapping[str, Any]
    properties: Mapping[str, Any] | Unresolved | Malformed

    @classmethod
    def of(cls, logical_id: str, declaration: Mapping[str, Any], resolver: Resolver) -> Resource:
        """Resolves a resource's properties.

        Args:
            logical_id: Its logical ID.
            declaration: Its declaration, as written.
            resolver: The resolver of its stack.
        """
        properties = resolver.resolve(declaration.get("Properties", {}))
        if properties is NO_VALUE:
            properties = {}
        if not isinstance(properties, dict | Unresolved):
            properties = malformed(properties, "Properties is no mapping")
        return cls(source=resolver.source_of(logical_id), declaration=declaration, properties=properties)

    def get(self, name: str) -> Any:
        """A property's resolved value; None if it is not set.

        Null is Malformed, since CloudFormation refuses a template that holds one.
        """
        if isinstance(self.properties, Malformed):
            return as_unresolved(self.properties)
        if isinstance(self.properties, Unresolved):
            return self.properties
        if name not in self.properties:
            return None
        value = self.properties[name]
        return malformed(None, f"{name} is null, which CloudFormation refuses") if value is None else value


def malformed(value: Any, reason: str) -> Malformed:
    """A Malformed that shows the value, shortened.

    Args:
        value: Any resolved value.
        reason: What is wrong with it, lower case, without a full stop.
    """
    if isinstance(value, str):
        shown = value[: _MAX_SHOWN + 1]
    else:
        try:
            shown = json.dumps(value, default=str, ensure_ascii=False)
        except (ValueError, RecursionError):
            shown = "a structure nested too deeply"
    return Malformed(shown if len(shown) <= _MAX_SHOWN else f"{shown[: _MAX_SHOWN - 1]}…", reason)


def as_property_text(value: Any, name: str) -> str | Unresolved | Malformed | None:
    """A property that is text. CloudFormation turns numbers and booleans into text.

    Args:
        value: The resolved value; None, Unresolved and Malformed stay what they are.
        name: The property, for the reason.
    """
    if value is None or isinstance(value, str | Unresolved | Malformed):
        return value
    if isinstance(value, bool | int | float):
        text: str = as_text(value)
        return text
    return malformed(value, f"{name} is {_kind(value)}, not text")


def as_boolean(value: Any, name: str) -> bool | Unresolved | None:
    """A property that is true or false; CloudFormation takes the words as text, too.

    Args:
        value: The resolved value; None stays None.
        name: The property, for the expression of what is neither.
    """
    if value is None or isinstance(value, bool | Unresolved):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    fault = value if isinstance(value, Malformed) else malformed(value, f"{name} is neither true nor false")
    return as_unresolved(fault)


def as_member(enumeration: type[_Member], value: Any, name: str) -> _Member | Unresolved | Malformed | None:
    """A property that is one of ECR's words, in exactly ECR's spelling.

    Args:
        enumeration: The words.
        value: The resolved value; None, Unresolved and Malformed stay what they are.
        name: The property, for the reason.
    """
    text = as_property_text(value, name)
    if not isinstance(text, str):
        return text
    try:
        return enumeration(text)
    except ValueError:
        return malformed(text, f"{name} is none of {', '.join(enumeration)}")


def as_items(value: Any, name: str) -> list[Any] | Unresolved | Malformed | None:
    """A property that is a list; None, Unresolved and Malformed stay what they are."""
    if value is None or isinstance(value, list | Unresolved | Malformed):
        return value
    return malformed(value, f"{name} is {_kind(value)}, not a list")


def as_tags(value: Any, name: str) -> Mapping[str, str | Unresolved] | Unresolved:
    """Resource tags, ``[{Key, Value}, …]``.

    Args:
        value: The resolved value; None means that there are none.
        name: The property, for the expression where it is malformed.

    Returns:
        Unresolved if a key is not known, or if it is no list of tags: which tags there are is not known then.
    """
    items = as_items(value, name)
    if items is None:
        return {}
    if isinstance(items, Malformed):
        return as_unresolved(items)
    if isinstance(items, Unresolved):
        return items
    tags: dict[str, str | Unresolved] = {}
    for item in items:
        if isinstance(item, Unresolved):
            return item
        key = as_property_text(item.get("Key"), "Key") if isinstance(item, dict) else None
        if isinstance(key, Unresolved):
            return key
        if not isinstance(key, str) or not isinstance(item, dict):
            return as_unresolved(malformed(item, f"an entry of {name} has no Key"))
        tag_value = as_property_text(item.get("Value", ""), "Value")
        if tag_value is None:
            tag_value = malformed(None, "Value is null")
        tags[key] = as_unresolved(tag_value) if isinstance(tag_value, Malformed) else tag_value
    return tags


def as_unresolved(fault: Malformed) -> Unresolved:
    """A malformed value where the read model only has a place for an unknown one.

    A rule that needs the value is open then, and its missing context says what is wrong.
    """
    return Unresolved(fault.value, depends_on=f"a well-formed value ({fault.reason})")


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "null" if value is None else "a single value"
