"""Conditions of a template: true, false, or for the deployment to decide, and then on what it depends.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any, Final, Protocol

from ecr_blueprints.cloudformation.text_functions import as_text
from ecr_blueprints.registry.presence import ALWAYS, NEVER, Assumption, Presence
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["MAX_DEPTH", "presence_under"]

MAX_DEPTH: Final = 20
"""Levels of ``Fn::And``, ``Fn::Or`` and ``Fn::Not`` that are looked into."""


class _Names(Protocol):
    """What a condition's expression may refer to."""

    @property
    def deployment(self) -> str:
        """The template that is deployed, with its nested ones."""

    @property
    def scope(self) -> str:
        """The template, told apart from every other one of the same deployment."""

    def resolve(self, value: Any) -> Any:
        """The value with its intrinsic functions resolved."""

    def presence(self, name: str, holds: bool) -> Presence | None:
        """When another condition holds, or does not; None if there is no telling."""


def presence_under(expression: Any, names: _Names, *, holds: bool = True, depth: int = 0) -> Presence:
    """When a condition's expression holds, or does not.

    Args:
        expression: ``Fn::Equals``, ``Fn::And``, ``Fn::Or``, ``Fn::Not`` or ``Condition``, as written.
        names: Resolves what the expression refers to.
        holds: Whether it is asked when it holds.
        depth: How deep the expression lies in another; from `MAX_DEPTH` on it is not looked at.

    Returns:
        Never less often than it does. `NEVER` is certain, and what never fails always holds.
    """
    unknown = Presence((frozenset({Assumption(_written(expression, names), "", holds)}),))
    if depth >= MAX_DEPTH or not isinstance(expression, dict) or len(expression) != 1:
        return unknown
    ((function, argument),) = expression.items()
    if function == "Condition" and isinstance(argument, str):
        named = names.presence(argument, holds)
        return unknown if named is None else named
    if not isinstance(argument, list):
        return unknown
    if function == "Fn::Equals" and len(argument) == 2:
        return _equality(argument, names, holds)
    if function == "Fn::Not" and len(argument) == 1:
        return presence_under(argument[0], names, holds=not holds, depth=depth + 1)
    if function not in ("Fn::And", "Fn::Or"):
        return unknown
    parts = (presence_under(part, names, holds=holds, depth=depth + 1) for part in argument)
    if (function == "Fn::And") is holds:
        return reduce(Presence.both, parts, ALWAYS)
    return reduce(Presence.either, parts, NEVER)


def _equality(sides: list[Any], names: _Names, holds: bool) -> Presence:
    first, second = (as_text(names.resolve(side)) for side in sides)
    if isinstance(first, str) and isinstance(second, str):
        return ALWAYS if (first == second) is holds else NEVER
    if isinstance(first, str):
        first, second, sides = second, first, sides[::-1]
    if not isinstance(first, Unresolved) or not isinstance(second, str):
        return Presence((frozenset({Assumption(_written(sides, names), "", holds)}),))
    # A parameter that a parent stack passes on is the same thing in both templates.
    is_plain = first.expression.startswith("Ref: ")
    variable = f"{names.deployment} {first.expression}" if is_plain else _written(sides[0], names)
    return Presence((frozenset({Assumption(variable, second, holds)}),))


def _written(value: Any, names: _Names) -> str:
    return f"{names.scope} {json.dumps(value, default=str, sort_keys=True)}"
