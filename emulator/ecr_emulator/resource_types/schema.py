"""Property schemas of resource types: what CloudFormation checks before a handler runs.

A property's enum, pattern and length come from the shape of ECR's service model
that it is passed to; only where CloudFormation's own schema differs is a limit
written here. The same schema turns properties into request parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ecr_emulator import operations
from ecr_emulator.model_validation import matches


class Property(Protocol):
    """A property's schema."""

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield what CloudFormation says about a value that breaks the schema."""
        ...

    def to_api(self, value: Any) -> Any:
        """The value as ECR's API takes it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string, with the constraints of a model shape and CloudFormation's own beside them."""

    shape: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] | None = None

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield broken enum, length and pattern constraints."""
        if isinstance(value, dict | list) or value is None:
            yield f"{where}: expected type: String, found: {_json_type(value)}"
            return
        text = _text(value)
        model = operations.model().text_constraints(self.shape) if self.shape is not None else {}
        values = model.get("enum") if self.values is None else self.values
        if values is not None and text not in values:
            yield f"{where}: {text} is not a valid enum value, expected one of {', '.join(values)}"
        minimum = model.get("min", 0) if self.minimum is None else self.minimum
        maximum = model.get("max") if self.maximum is None else self.maximum
        if len(text) < minimum:
            yield f"{where}: expected minLength: {minimum}, actual: {len(text)}"
        if maximum is not None and len(text) > maximum:
            yield f"{where}: expected maxLength: {maximum}, actual: {len(text)}"
        pattern = model.get("pattern") if self.pattern is None else self.pattern
        if pattern is not None and not matches(pattern, text):
            yield f"{where}: failed validation constraint for keyword [pattern], {text!r} against {pattern}"

    def to_api(self, value: Any) -> Any:
        """The string."""
        return _text(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A boolean; a template may carry it as the string "true" or "false"."""

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield when the value is no boolean."""
        if str(value).lower() not in ("true", "false"):
            yield f"{where}: expected type: Boolean, found: {_json_type(value)}"

    def to_api(self, value: Any) -> Any:
        """The boolean."""
        return str(value).lower() == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An integer; a template may carry it as a string of digits."""

    minimum: int = 0
    maximum: int | None = None

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield when the value is no integer or out of its range."""
        if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
            yield f"{where}: expected type: Integer, found: {_json_type(value)}"
        elif int(value) < self.minimum:
            yield f"{where}: {value} is not greater or equal to {self.minimum}"
        elif self.maximum is not None and int(value) > self.maximum:
            yield f"{where}: {value} is not less or equal to {self.maximum}"

    def to_api(self, value: Any) -> Any:
        """The integer."""
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy document: an object or its JSON text."""

    maximum: int = 10240

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield when the value is neither object nor string, or too long."""
        if not isinstance(value, dict | str):
            yield f"{where}: expected type: JSONObject, found: {_json_type(value)}"
        elif len(self.to_api(value)) > self.maximum:
            yield f"{where}: expected maxLength: {self.maximum}, actual: {len(self.to_api(value))}"

    def to_api(self, value: Any) -> Any:
        """The JSON text."""
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    item: Property
    minimum: int = 0
    maximum: int | None = None
    unique: bool = False

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield a wrong number of items, then what is wrong with each."""
        if not isinstance(value, list):
            yield f"{where}: expected type: JSONArray, found: {_json_type(value)}"
            return
        if len(value) < self.minimum:
            yield f"{where}: expected minimum item count: {self.minimum}, found: {len(value)}"
        if self.maximum is not None and len(value) > self.maximum:
            yield f"{where}: expected maximum item count: {self.maximum}, found: {len(value)}"
        if self.unique and len({json.dumps(item, sort_keys=True) for item in value}) != len(value):
            yield f"{where}: array items are not unique"
        for index, item in enumerate(value):
            yield from self.item.problems(item, f"{where}/{index}")

    def to_api(self, value: Any) -> Any:
        """The list with every item as the API takes it."""
        return [self.item.to_api(item) for item in value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """An object with known properties and nothing else."""

    members: Mapping[str, Property]
    required: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    # Where the API's member name is not the property's name in lower camel case.
    api_names: Mapping[str, str] = field(default_factory=dict)

    def problems(self, value: Any, where: str) -> Iterator[str]:
        """Yield unknown and missing properties, then what is wrong with each."""
        if not isinstance(value, dict):
            yield f"{where}: expected type: JSONObject, found: {_json_type(value)}"
            return
        for name in self.required:
            if name not in value:
                yield f"{where}: required key [{name}] not found"
        for name, member in value.items():
            if name in self.read_only:
                yield f"{where}: extraneous key [{name}] is not permitted (read-only)"
            elif name not in self.members:
                yield f"{where}: extraneous key [{name}] is not permitted"
            else:
                yield from self.members[name].problems(member, f"{where}/{name}")

    def to_api(self, value: Any) -> Any:
        """The structure with the API's member names."""
        return {
            self.api_names.get(name, name[0].lower() + name[1:]): self.members[name].to_api(member)
            for name, member in value.items()
            if name in self.members
        }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_type(value: Any) -> str:
    names = {dict: "JSONObject", list: "JSONArray", str: "String", bool: "Boolean", type(None): "Null"}
    return names.get(type(value), "Number")
