"""The intrinsic functions that work on text and lists alone, on arguments that are resolved.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from ecr_blueprints.cloudformation.partial_text import join_text
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = [
    "NO_VALUE",
    "as_text",
    "dynamic_text",
    "interleave",
    "is_resolved",
    "join",
    "length",
    "select",
    "split",
    "to_json_string",
]


class _NoValue:
    """The type of `NO_VALUE`."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE: Final = _NoValue()
"""What ``AWS::NoValue`` resolves to; the key or element that holds it is left out."""

_DYNAMIC_REFERENCE: Final = re.compile(r"(\{\{resolve:[^}]*\}\})")
_HOLE: Final = "\ue001"


def is_resolved(value: Any) -> bool:
    """True if no part of a resolved value is Unresolved."""
    if isinstance(value, dict):
        return all(map(is_resolved, value.values()))
    if isinstance(value, list):
        return all(map(is_resolved, value))
    return not isinstance(value, Unresolved)


def as_text(value: Any) -> Any:
    """A scalar as CloudFormation turns it into text; anything that is no scalar becomes Unresolved.

    Args:
        value: A resolved value. None stays None, text and Unresolved stay what they are.
    """
    if value is None or isinstance(value, str | Unresolved):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return Unresolved("a value that is no text", depends_on="a text")


def dynamic_text(text: str) -> str | Unresolved:
    """Text with dynamic references (``{{resolve:…}}``), which CloudFormation looks up when it deploys."""
    return join_text(
        Unresolved(piece, depends_on=piece) if index % 2 else piece
        for index, piece in enumerate(_DYNAMIC_REFERENCE.split(text))
    )


def interleave(delimiter: str, items: Sequence[Any]) -> list[str | Unresolved]:
    """The items as text, with the delimiter between them."""
    texts: list[str | Unresolved] = []
    for index, item in enumerate(items):
        if index and delimiter:
            texts.append(delimiter)
        text = as_text(item)
        texts.append("" if text is None else text)
    return texts


def join(arguments: list[Any] | None) -> Any:
    """``Fn::Join``: a delimiter and a list."""
    if arguments is not None:
        delimiter, items = arguments
        if isinstance(items, Unresolved):
            return Unresolved(f"Fn::Join: {items.expression}", depends_on=items.depends_on)
        if isinstance(delimiter, str) and isinstance(items, list):
            return join_text(interleave(delimiter, items))
    return Unresolved("Fn::Join", depends_on="a delimiter and a list for Fn::Join")


def split(arguments: list[Any] | None) -> Any:
    """``Fn::Split``: a delimiter and a text."""
    if arguments is not None:
        delimiter, text = arguments[0], as_text(arguments[1])
        if isinstance(text, Unresolved):
            return Unresolved(f"Fn::Split: {text.expression}", depends_on=text.depends_on)
        if isinstance(delimiter, str) and delimiter and isinstance(text, str):
            return text.split(delimiter)
    return Unresolved("Fn::Split", depends_on="a delimiter and a text for Fn::Split")


def select(arguments: list[Any] | None) -> Any:
    """``Fn::Select``: an index and a list."""
    if arguments is not None:
        index, items = as_text(arguments[0]), arguments[1]
        for part in (index, items):
            if isinstance(part, Unresolved):
                return Unresolved(f"Fn::Select: {part.expression}", depends_on=part.depends_on)
        if isinstance(items, list) and isinstance(index, str) and re.fullmatch("[0-9]{1,9}", index):
            position = int(index)
            if position < len(items):
                return items[position]
    return Unresolved("Fn::Select", depends_on="an index within the list of Fn::Select")


def length(items: Any) -> Any:
    """``Fn::Length``: the number of a list's elements."""
    return (
        len(items)
        if isinstance(items, list)
        else Unresolved("Fn::Length", depends_on="a list for Fn::Length")
    )


def to_json_string(value: Any) -> Any:
    """``Fn::ToJsonString``: the JSON text of an object or list, with holes for what is not known."""
    if isinstance(value, Unresolved):
        return Unresolved(f"Fn::ToJsonString: {value.expression}", depends_on=value.depends_on)
    holes: list[Any] = []

    def mark(unknown: Any) -> str:
        holes.append(unknown)
        return f"{_HOLE}{len(holes) - 1}{_HOLE}"

    pieces = json.dumps(value, default=mark, ensure_ascii=False, separators=(",", ":")).split(_HOLE)
    if len(pieces) != 2 * len(holes) + 1 or not all(isinstance(hole, Unresolved) for hole in holes):
        return Unresolved("Fn::ToJsonString", depends_on="an object or a list for Fn::ToJsonString")
    return join_text(holes[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces))
