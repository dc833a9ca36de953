"""Reads a blueprint and the files that it includes, or says exactly where it is wrong."""

from __future__ import annotations

import difflib
import glob
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, read_marked_yaml
from ecr_blueprints.config.meaning import check_meaning
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["load_blueprint"]

M = TypeVar("M", bound=BaseModel)


def load_blueprint(path: str | Path) -> Blueprint:
    """Reads a blueprint.

    Args:
        path: The blueprint file. ``include`` is resolved relative to it.

    Returns:
        The blueprint with the included teams added to ``teams``, in the order of the file names.

    Raises:
        BlueprintError: With file, line, key path, the value, what is allowed and the fix; several
            mistakes are reported together.
    """
    path = Path(path)
    document = read_marked_yaml(path)
    blueprint = _validate(Blueprint, document)
    places: list[tuple[MarkedDocument, KeyPath]] = [
        (document, ("teams", index)) for index in range(len(blueprint.teams))
    ]
    teams = list(blueprint.teams)
    for team_path in _included(blueprint, document):
        team_document = read_marked_yaml(team_path)
        teams.append(_validate(TeamModel, team_document))
        places.append((team_document, ()))
    whole = blueprint.model_copy(update={"teams": tuple(teams)})
    check_meaning(whole, document, places)
    return whole


def _included(blueprint: Blueprint, document: MarkedDocument) -> list[Path]:
    if blueprint.include is None:
        return []
    found = sorted(
        Path(name) for name in glob.glob(str(document.path.parent / blueprint.include), recursive=True)
    )
    if not found:
        raise BlueprintError(
            f"no file matches {blueprint.include!r}",
            where=document.where(("include",)),
            allowed="a glob relative to the blueprint's folder",
            fix="correct the glob, or leave `include` out",
        )
    return found


def _validate(model: type[M], document: MarkedDocument) -> M:
    if not isinstance(document.value, dict):
        raise BlueprintError(
            f"the file holds a {type(document.value).__name__}, not keys with values",
            where=document.where(()),
            fix="start from examples/centralized/blueprint.yaml",
        )
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        mistakes = [_mistake(model, document, details) for details in error.errors(include_url=False)]
        first, *others = mistakes
        if not others:
            raise first from None
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise BlueprintError(f"{len(mistakes)} mistakes in {document.path}:\n{listed}") from None


def _mistake(model: type[BaseModel], document: MarkedDocument, details: ErrorDetails) -> BlueprintError:
    """One of pydantic's errors as ours."""
    location = tuple(
        key for key in details["loc"] if key in ("[key]",) or _in_document(document, details["loc"], key)
    )
    where = document.where(location)
    value = details["input"]
    context: dict[str, Any] = details.get("ctx", {})
    kind = details["type"]
    cause = context.get("error")
    if isinstance(cause, InvalidValueError):
        return BlueprintError(cause.what, where=where, allowed=cause.allowed, fix=cause.fix)
    if kind == "extra_forbidden":
        fields = _fields_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), fields, n=1)
        return BlueprintError(
            f"unknown key {location[-1]!r}",
            where=where,
            allowed=", ".join(fields) if fields else None,
            fix=f"did you mean {near[0]!r}?" if near else "remove it, or correct its spelling",
        )
    if kind == "missing":
        return BlueprintError(
            "this key is missing", where=document.where(tuple(details["loc"])), fix="add it"
        )
    if kind == "value_error":
        what, _, fix = str(cause).partition("; fix: ")
        return BlueprintError(what, where=where, fix=fix if fix else None)
    if kind in ("string_type",) and isinstance(value, int | float):
        return BlueprintError(
            f"{value!r} is a number and a text is needed", where=where, fix=f'put it in quotes: "{value}"'
        )
    allowed = context.get("expected") or context.get("pattern")
    return BlueprintError(
        f"{_shown(value)} is not valid: {details['msg'][0].lower()}{details['msg'][1:]}",
        where=where,
        allowed=str(allowed) if allowed is not None else None,
    )


def _in_document(document: MarkedDocument, location: tuple[str | int, ...], key: str | int) -> bool:
    """Whether a part of pydantic's location is a key of the file, and not the name of a union's branch."""
    index = location.index(key)
    return isinstance(key, int) or location[: index + 1] in document.lines or index == len(location) - 1


def _fields_at(model: type[BaseModel], location: KeyPath) -> list[str]:
    """The keys that a place of the file may have."""
    current: Any = model
    for key in location:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(key))
            current = field.annotation if field is not None else None
        else:
            nested = [
                argument
                for argument in get_args(current)
                if argument is not type(None) and argument is not str
            ]
            current = nested[0] if nested else None
        while current is not None and type(None) in get_args(current):
            current = next(argument for argument in get_args(current) if argument is not type(None))
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
