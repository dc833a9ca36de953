"""Values that are known in part: text with holes, and references to resources of the same assembly.

Both are `Unresolved` to everyone who does not look closer; the readers do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["MAX_TEXT", "PartialText", "ResourceReference", "join_text", "load_json"]

MAX_TEXT = 1_000_000
"""Characters that resolving may make of one value; CloudFormation's own limit for a template is the same."""


@dataclass(frozen=True, slots=True)
class PartialText(Unresolved):
    """Text of which only some parts are known.

    ``expression`` is the text as ``Fn::Sub`` would write it: ``arn:aws:iam::${AWS::AccountId}:root``.

    Attributes:
        parts: Known text and what stands between, in order.
    """

    parts: tuple[str | Unresolved, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceReference(Unresolved):
    """A ``Ref`` or attribute of a resource that the same template or assembly declares.

    Attributes:
        resource_type: The type of the resource, such as ``AWS::SecretsManager::Secret``.
        source: Where the resource is declared.
        properties: The resource's properties, resolved; empty if they are no mapping.
    """

    resource_type: str = ""
    source: SourceLocation = field(default_factory=SourceLocation)
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def join_text(parts: Iterable[str | Unresolved]) -> str | Unresolved:
    """One text of several parts; unresolved, with all that is known, if a part is."""
    merged: list[str | Unresolved] = []
    length = 0
    for part in parts:
        for piece in part.parts if isinstance(part, PartialText) else (part,):
            if isinstance(piece, str):
                length += len(piece)
                if merged and isinstance(merged[-1], str):
                    merged[-1] += piece
                elif piece:
                    merged.append(piece)
            else:
                length += len(piece.expression)
                merged.append(piece)
        if length > MAX_TEXT:
            return Unresolved(f"a text of more than {MAX_TEXT:,} characters", depends_on="a shorter text")
    if not merged:
        return ""
    if len(merged) == 1:
        return merged[0]
    unknown = [part for part in merged if isinstance(part, Unresolved)]
    return PartialText(
        "".join(part if isinstance(part, str) else _placeholder(part) for part in merged),
        ", ".join(dict.fromkeys(part.depends_on for part in unknown if part.depends_on)),
        tuple(merged),
    )


def _placeholder(part: Unresolved) -> str:
    """The part as it stands inside a text of ``Fn::Sub``."""
    for prefix in ("Ref: ", "Fn::GetAtt: "):
        if part.expression.startswith(prefix):
            return f"${{{part.expression.removeprefix(prefix)}}}"
    if part.expression.startswith("{{resolve:"):
        return part.expression
    return f"${{{part.expression}}}"


_HOLE = "\ue000"
"""A private-use character, which marks where an unresolved part stands while JSON is parsed."""


def load_json(text: str | Unresolved) -> Any:
    """Parses JSON text, even one with holes: a JSON string that holds one comes out unresolved.

    Args:
        text: The text.

    Returns:
        The parsed value. Unresolved if the text is, and what is known of it does not parse for itself.

    Raises:
        ValueError: A text that is wholly known is not JSON; the message says why and where.
    """
    if isinstance(text, str):
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
    if not isinstance(text, PartialText) or any(
        _HOLE in part for part in text.parts if isinstance(part, str)
    ):
        return text
    holes = [part for part in text.parts if isinstance(part, Unresolved)]
    marked: list[str] = []
    for part in text.parts:
        marked.append(part if isinstance(part, str) else f"{_HOLE}{len(marked)}{_HOLE}")
    # The number between the marks is the part's index in `parts`.
    try:
        return _fill(json.loads("".join(marked)), text.parts) if holes else text
    except (ValueError, RecursionError):
        return text


def _fill(value: Any, parts: tuple[str | Unresolved, ...]) -> Any:
    if isinstance(value, str):
        if _HOLE not in value:
            return value
        pieces = value.split(_HOLE)
        return join_text(parts[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces))
    if isinstance(value, list):
        return [_fill(item, parts) for item in value]
    if isinstance(value, dict):
        filled = {_fill(key, parts): _fill(item, parts) for key, item in value.items()}
        if any(isinstance(key, Unresolved) for key in filled):
            raise ValueError("a key is not known")
        return filled
    return value
