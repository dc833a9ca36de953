"""``Fn::ForEach``: the loop that makes several resources, properties or outputs of one.

A template without this step would seem to declare none of the repositories that its loops declare.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

__all__ = ["LOOP", "MAX_EXPANSION", "expand_loops"]

LOOP: Final = "Fn::ForEach::"
"""How the key of a loop starts; the loop's own name follows."""

MAX_EXPANSION: Final = 10_000_000
"""Characters of JSON that the loops of a template may make; CloudFormation takes a tenth of it."""


def expand_loops(template: dict[str, Any]) -> dict[str, Any]:
    """The template with its loops written out.

    A loop over something else than a list of texts (a parameter, say) is written out once, with its
    placeholders left as they are: what they stand for is not known, and what depends on them is unresolved.
    """
    return _Expansion().of(template)  # type: ignore[no-any-return]


class _Expansion:
    """One template's expansion, which keeps count of what it makes."""

    def __init__(self) -> None:
        self._remaining = MAX_EXPANSION

    def of(self, value: Any) -> Any:
        """The value with every loop in it written out."""
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if not isinstance(value, dict):
            return value
        expanded: dict[str, Any] = {}
        for key, item in value.items():
            if key.startswith(LOOP) and _is_loop(item):
                expanded.update(self._loop(*item))
            else:
                expanded[key] = self.of(item)
        return expanded

    def _loop(self, identifier: str, collection: Any, body: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(collection, list) or not all(isinstance(item, str) for item in collection):
            return self.of(body)  # type: ignore[no-any-return]
        size = len(json.dumps(body)) * len(collection)
        if size > self._remaining:
            return self.of(body)  # type: ignore[no-any-return]
        self._remaining -= size
        expanded: dict[str, Any] = {}
        for item in collection:
            # The outer placeholder is filled first, since an inner loop may run over it.
            expanded.update(self.of(_fill(body, identifier, item)))
        return expanded


def _is_loop(argument: Any) -> bool:
    return (
        isinstance(argument, list)
        and len(argument) == 3
        and isinstance(argument[0], str)
        and isinstance(argument[2], dict)
    )


def _fill(value: Any, identifier: str, item: str) -> Any:
    """The value with ``${Identifier}``, ``&{Identifier}`` and its ``Ref`` replaced."""
    if isinstance(value, str):
        # The second form is for logical IDs, which take letters and digits only.
        filled = value.replace(f"${{{identifier}}}", item)
        return filled.replace(f"&{{{identifier}}}", re.sub("[^A-Za-z0-9]", "", item))
    if isinstance(value, list):
        return [_fill(one, identifier, item) for one in value]
    if isinstance(value, dict):
        if value == {"Ref": identifier}:
            return item
        return {_fill(key, identifier, item): _fill(one, identifier, item) for key, one in value.items()}
    return value
