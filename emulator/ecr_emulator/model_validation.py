"""Checks request parameters against the ECR service model of botocore.

botocore's own validator skips enum, pattern and maximum length, which is where
most wrong templates go wrong. The model is the installed one, or the file that
`--model-path` names: the emulator's pinned botocore may be older than the
project's.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecr_emulator.errors import EcrError

# The published pattern of a scanning filter backtracks exponentially; this one
# accepts the same strings in linear time.
_SAFE_PATTERNS = {
    r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$": r"^[a-z0-9*]+(?:[._\-/][a-z0-9*]+)*$",
}


class EcrModel:
    """The operations and shapes of `ecr/2015-09-21`."""

    def __init__(self, model: dict[str, Any]) -> None:
        self._operations: dict[str, Any] = model["operations"]
        self._shapes: dict[str, Any] = model["shapes"]

    @classmethod
    def load(cls, path: Path | None = None) -> EcrModel:
        """Read a `service-2.json` (or `.json.gz`); None means the installed botocore's."""
        if path is None:
            path = _installed_model()
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        return cls(json.loads(content))

    def knows(self, operation: str) -> bool:
        """Whether ECR has the operation."""
        return operation in self._operations

    def check_request(self, operation: str, params: Any) -> None:
        """Raise the operation's validation error for the first constraint that `params` breaks."""
        definition = self._operations[operation]
        problem = next(self.problems(definition["input"]["shape"], params, ""), None)
        if problem is not None:
            errors = {error["shape"] for error in definition.get("errors", [])}
            invalid = "InvalidParameterException"
            code = invalid if invalid in errors else "ValidationException"
            member, constraint = problem
            raise EcrError(
                code, f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'"
            )

    def problems(self, shape_name: str, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Yield (member path, broken constraint) of a value against a shape."""
        shape = self._shapes[shape_name]
        kind = shape["type"]
        if kind == "structure":
            yield from self._structure_problems(shape, value, where)
        elif kind == "list":
            yield from self._list_problems(shape, value, where)
        elif kind == "map":
            if not isinstance(value, dict):
                yield where, "must be a map"
        elif kind == "string":
            yield from string_problems(shape, value, where)
        elif kind in ("integer", "long", "float", "double"):
            yield from _number_problems(shape, value, where)
        elif kind == "boolean" and not isinstance(value, bool):
            yield where, "must be a boolean"

    def _structure_problems(self, shape: dict[str, Any], value: Any, where: str) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict):
            yield where or "request", "must be a structure"
            return
        members = shape["members"]
        for name in shape.get("required", ()):
            if value.get(name) is None:
                yield _join(where, name), "must not be null"
        for name, member in value.items():
            if name not in members:
                yield _join(where, name), f"unknown member; known members are {', '.join(sorted(members))}"
            elif member is not None:
                yield from self.problems(members[name]["shape"], member, _join(where, name))

    def _list_problems(self, shape: dict[str, Any], value: Any, where: str) -> Iterator[tuple[str, str]]:
        if not isinstance(value, list):
            yield where, "must be a list"
            return
        yield from _length_problems(shape, len(value), where, "must have between", "members")
        for index, item in enumerate(value):
            yield from self.problems(shape["member"]["shape"], item, f"{where}[{index}]")

    def text_constraints(self, shape_name: str) -> dict[str, Any]:
        """The enum, pattern, minimum and maximum of a string shape."""
        shape: dict[str, Any] = self._shapes[shape_name]
        return shape


def string_problems(shape: dict[str, Any], value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield what breaks a string's enum, length and pattern."""
    if not isinstance(value, str):
        yield where, "must be a string"
        return
    if "enum" in shape and value not in shape["enum"]:
        yield where, f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"
        return
    yield from _length_problems(shape, len(value), where, "must be between", "characters")
    if "pattern" in shape and not matches(shape["pattern"], value):
        yield where, f"must satisfy regular expression '{shape['pattern']}'"


def matches(pattern: str, value: str) -> bool:
    """Whether a value satisfies a model's pattern as a whole, which is how AWS applies it."""
    return _compiled(pattern).fullmatch(value) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_SAFE_PATTERNS.get(pattern, pattern), re.ASCII)


def _length_problems(
    shape: dict[str, Any], length: int, where: str, verb: str, unit: str
) -> Iterator[tuple[str, str]]:
    minimum, maximum = shape.get("min", 0), shape.get("max")
    if length < minimum or (maximum is not None and length > maximum):
        limit = "any number of" if maximum is None else maximum
        yield where, f"{verb} {minimum} and {limit} {unit}, has {length}"


def _number_problems(shape: dict[str, Any], value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield where, "must be a number"
    elif value < shape.get("min", value) or value > shape.get("max", value):
        yield where, f"must be between {shape.get('min')} and {shape.get('max')}"


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _installed_model() -> Path:
    import botocore

    folder = Path(botocore.__file__).parent / "data" / "ecr" / "2015-09-21"
    found = sorted(folder.glob("service-2.json*"))
    if not found:
        raise SystemExit(
            f"ecr-emulator: no ECR service model in the installed botocore {botocore.__version__}"
        )
    return found[0]
