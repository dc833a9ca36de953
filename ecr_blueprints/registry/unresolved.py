"""What a source does not determine, and what it determines wrongly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

__all__ = ["Malformed", "Resolvable", "Unresolved"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that only deployment determines: a parameter, an attribute, an import, a CDK token.

    It is carried through the read model and never guessed: a rule that needs it is *open*.

    Attributes:
        expression: The expression as a person would write it, such as ``Ref: RepositoryName``.
        depends_on: What would have to be known, for the summary of open questions: the parameter,
            the logical ID, the export.
    """

    expression: str
    depends_on: str = ""

    def __str__(self) -> str:
        return f"<{self.expression}>"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A value that is known and that ECR or IAM will not take for what it should be.

    Attributes:
        value: The value as text, shortened for display.
        reason: What is wrong with it, lower case, without a full stop.
    """

    value: str
    reason: str

    @classmethod
    def of(cls, value: object, reason: str) -> Malformed:
        """A Malformed that shows any value, shortened to 80 characters."""
        if isinstance(value, str):
            shown = value[: _MAXIMUM_SHOWN + 1]
        else:
            try:
                shown = json.dumps(value, default=str, ensure_ascii=False)
            except (ValueError, RecursionError):
                shown = "a structure nested too deeply"
        return cls(shown if len(shown) <= _MAXIMUM_SHOWN else f"{shown[: _MAXIMUM_SHOWN - 1]}…", reason)


_MAXIMUM_SHOWN = 80

Resolvable: TypeAlias = T | Unresolved
