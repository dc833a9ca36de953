"""What the form of a blueprint gets wrong, in the words of the file and not of the library that reads it."""

from __future__ import annotations

import difflib
import types
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.config.values import PATTERN_WORDS
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["mistakes_of_form"]

_LONGEST_SHOWN = 60
_NEEDED = {
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a set of keys with values",
    "model_type": "a set of keys with values",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
}


def mistakes_of_form(
    model: type[BaseModel], document: MarkedDocument, errors: Sequence[ErrorDetails]
) -> list[BlueprintError]:
    """One error for each place of the file that is wrong.

    Args:
        model: What the file was read as.
        document: The file.
        errors: What pydantic found.
    """
    by_location: defaultdict[KeyPath, list[ErrorDetails]] = defaultdict(list)
    for details in errors:
        by_location[_location(document, details)].append(details)
    return [
        _Mistake(model, document, location, found).error()
        for location, found in by_location.items()
        if not (found[0]["type"] == "too_short" and _has_wrong_item(location, by_location))
    ]


def _location(document: MarkedDocument, details: ErrorDetails) -> KeyPath:
    """The key path in the file: pydantic's own also names branches of unions and keys as such."""
    location = tuple(details["loc"])
    if details["type"] == "missing":
        return location
    while location and location not in document.lines:
        location = location[:-1]
    return location


def _has_wrong_item(location: KeyPath, locations: Iterable[KeyPath]) -> bool:
    """Whether a list is only too short because pydantic has left out its wrong items."""
    return any(len(other) > len(location) and other[: len(location)] == location for other in locations)


class _Mistake:
    """The errors at one place; several where the place takes one of several types."""

    def __init__(
        self, model: type[BaseModel], document: MarkedDocument, location: KeyPath, found: list[ErrorDetails]
    ) -> None:
        self._model = model
        self._document = document
        self._location = location
        self._where = document.where(location)
        self._found = found
        self._kind = found[0]["type"]
        self._value: object = found[0]["input"]
        self._context: dict[str, Any] = found[0].get("ctx", {})

    def error(self) -> BlueprintError:
        """The error for the reader."""
        if len(self._found) > 1:
            return self._error(f"{self._shown()} is not valid here", allowed=self._choices())
        match self._kind:
            case "extra_forbidden":
                return self._unknown_key()
            case "missing":
                return self._missing()
            case "value_error":
                return self._refused()
            case "literal_error":
                return self._literal()
            case "string_type":
                return self._no_text()
            case _ if self._kind in _NEEDED:
                what = f"{self._shown()} stands here, and {_NEEDED[self._kind]} is needed"
                return self._error(what, fix=self._fix_of_type())
        return self._out_of_bounds()

    def _error(self, what: str, *, allowed: str | None = None, fix: str | None = None) -> BlueprintError:
        return BlueprintError(what, where=self._where, allowed=allowed, fix=fix)

    def _shown(self) -> str:
        """The value as it stands in the file."""
        text = self._document.texts.get(self._location)
        if self._value is None and not text:
            return "nothing"
        if text is None:
            if isinstance(self._value, list):
                return "a list"
            return "a set of keys with values" if isinstance(self._value, dict) else "a text of several lines"
        return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."

    def _unknown_key(self) -> BlueprintError:
        key = str(self._location[-1])
        parent = _type_at(self._model, self._location[:-1])
        fields = list(parent.model_fields) if _is_model(parent) else []
        near = difflib.get_close_matches(key, fields, n=1)
        return self._error(
            f"unknown key {key!r}",
            allowed=", ".join(fields) if fields else None,
            fix=f"did you mean {near[0]!r}?" if near else "remove it, or correct its spelling",
        )

    def _missing(self) -> BlueprintError:
        field = self._field()
        return self._error(
            "this key is missing",
            allowed=field.description.rstrip(".") if field is not None and field.description else None,
            fix=f"add `{self._location[-1]}`",
        )

    def _refused(self) -> BlueprintError:
        cause = self._context.get("error")
        if isinstance(cause, InvalidValueError):
            return self._error(cause.what, allowed=cause.allowed, fix=cause.fix)
        what, _, fix = str(cause).partition("; fix: ")
        return self._error(what, fix=fix if fix else None)

    def _literal(self) -> BlueprintError:
        allowed = self._choices()
        fix = None
        if isinstance(self._value, str):
            near = difflib.get_close_matches(self._value, allowed.replace(" or ", ", ").split(", "), n=1)
            if near:
                exact = near[0] == self._value
                fix = f"write {near[0]} without quotes" if exact else f"did you mean {near[0]!r}?"
        return self._error(f"{self._shown()} is not valid here", allowed=allowed, fix=fix)

    def _choices(self) -> str:
        choices: list[str] = []
        for details in self._found:
            if details["type"] == "bool_type":
                choices += ["true", "false"]
            elif details["type"] == "literal_error":
                expected = str(details.get("ctx", {}).get("expected", ""))
                choices += expected.replace("'", "").replace(" or ", ", ").split(", ")
        *first, last = choices
        return f"{', '.join(first)} or {last}" if first else last

    def _no_text(self) -> BlueprintError:
        text = self._document.texts.get(self._location)
        read_as = {bool: "true or false", int: "a number", float: "a number"}.get(type(self._value))
        if isinstance(self._value, date):
            read_as = "a date"
        if read_as is None or text is None:
            fix = self._leave_out("write the text")
            return self._error(f"{self._shown()} stands here, and a text is needed", fix=fix)
        return self._error(
            f"{text} is read as {read_as}, and a text is needed", fix=f'put it in quotes: "{text}"'
        )

    def _fix_of_type(self) -> str | None:
        text = self._document.texts.get(self._location)
        expected = _type_at(self._model, self._location)
        if self._kind in ("tuple_type", "list_type"):
            if isinstance(self._value, dict) and set(self._value) == {"rules"}:
                return "write the list of rules alone, without `rules:`"
            if text and self._value is not None and not isinstance(self._value, dict):
                return f"write a list: [{text}]"
            return self._leave_out("write a list")
        if self._kind == "model_type" and _is_model(expected):
            required = [name for name, field in expected.model_fields.items() if field.is_required()]
            if not required and self._value is None:
                return "write {} for no settings"
            keys = required if required else list(expected.model_fields)
            return self._leave_out(f"write its keys: {', '.join(keys)}")
        if self._kind == "dict_type":
            names = self._value if isinstance(self._value, list) else [text] if self._value else []
            of_models = get_origin(expected) is dict and _is_model(_plain(get_args(expected)[1]))
            if of_models and names and all(isinstance(name, str) for name in names):
                return f"write {{{', '.join(f'{name}: {{}}' for name in names)}}}"
            return self._leave_out("write keys with values: {key: value}")
        if self._kind == "int_type" and isinstance(self._value, str) and self._value.isdecimal():
            return f"write it without quotes: {self._value}"
        if self._kind == "bool_type" and str(self._value).lower() in ("true", "false"):
            return f"write it without quotes: {str(self._value).lower()}"
        return None

    def _out_of_bounds(self) -> BlueprintError:
        minimum, maximum = self._context.get("min_length"), self._context.get("max_length")
        match self._kind:
            case "too_short" | "string_too_short":
                if self._value == "" or (isinstance(self._value, list | dict) and not self._value):
                    return self._error(
                        f"{self._shown()} is empty",
                        allowed=f"at least {minimum}",
                        fix=self._leave_out("add one" if self._kind == "too_short" else "write the text"),
                    )
                return self._error(f"{self._shown()} is too short", allowed=f"at least {minimum}")
            case "too_long":
                return self._error(f"{self._shown()} has too many items", allowed=f"at most {maximum}")
            case "string_too_long":
                return self._error(f"{self._shown()} is too long", allowed=f"at most {maximum} characters")
            case "greater_than_equal":
                return self._error(
                    f"{self._shown()} is too small", allowed=f"whole numbers from {self._context['ge']}"
                )
            case "string_pattern_mismatch":
                return self._error(
                    f"{self._shown()} is not valid here", allowed=PATTERN_WORDS.get(self._context["pattern"])
                )
        field = self._field()
        return self._error(
            f"{self._shown()} is not valid here", allowed=None if field is None else field.description
        )

    def _field(self) -> FieldInfo | None:
        parent = _type_at(self._model, self._location[:-1])
        return parent.model_fields.get(str(self._location[-1])) if _is_model(parent) else None

    def _leave_out(self, fix: str) -> str:
        field = self._field()
        if field is None or field.is_required():
            return fix
        return f"{fix}, or leave `{self._location[-1]}` out"


def _is_model(current: Any) -> bool:
    return isinstance(current, type) and issubclass(current, BaseModel)


def _plain(current: Any) -> Any:
    """A type without what is annotated on it and without None beside it."""
    while True:
        if get_origin(current) is Annotated:
            current = get_args(current)[0]
        elif get_origin(current) in (Union, types.UnionType):
            others = [argument for argument in get_args(current) if argument is not type(None)]
            if len(others) != 1:
                return current
            current = others[0]
        else:
            return current


def _type_at(model: type[BaseModel], location: KeyPath) -> Any:
    """The type that a place of the file has; None where it has none."""
    current: Any = model
    for key in location:
        if _is_model(current):
            field = current.model_fields.get(str(key))
            current = None if field is None else field.annotation
        else:
            nested = get_args(current)
            current = nested[1 if get_origin(current) is dict else 0] if nested else None
        current = _plain(current)
    return current
