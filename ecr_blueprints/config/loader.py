"""Reads a blueprint and the files that it includes, or says exactly where it is wrong."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, read_marked_yaml
from ecr_blueprints.config.meaning import check_meaning
from ecr_blueprints.config.mistake import mistakes_of_form
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.errors import BlueprintError

__all__ = ["load_blueprint"]

M = TypeVar("M", bound=BaseModel)

_START_OF_BLUEPRINT = "start from examples/centralized/blueprint.yaml"
_START_OF_TEAM = (
    "write a team's `team` and `repositories`, as in examples/centralized/teams/payments.yaml, "
    "or let `include` not match this file"
)


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
    document = read_marked_yaml(path, start=_START_OF_BLUEPRINT)
    blueprint = _validate(Blueprint, document, start=_START_OF_BLUEPRINT)
    places: list[tuple[MarkedDocument, KeyPath]] = [
        (document, ("teams", index)) for index in range(len(blueprint.teams))
    ]
    teams = list(blueprint.teams)
    for team_path in _included(blueprint, document):
        team_document = read_marked_yaml(team_path, start=_START_OF_TEAM)
        teams.append(_validate(TeamModel, team_document, start=_START_OF_TEAM))
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
    if any(name.resolve() == document.path.resolve() for name in found):
        raise BlueprintError(
            f"{blueprint.include!r} matches the blueprint itself, which is no team's file",
            where=document.where(("include",)),
            allowed="a glob that matches the teams' files alone",
            fix="put them in a folder of their own and write teams/*.yaml",
        )
    return found


def _validate(model: type[M], document: MarkedDocument, *, start: str) -> M:
    if not isinstance(document.value, dict):
        raise BlueprintError(
            f"the file holds {'a list' if isinstance(document.value, list) else 'a single value'}, "
            "not keys with values",
            where=document.where(()),
            fix=start,
        )
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        mistakes = mistakes_of_form(model, document, error.errors(include_url=False))
        first, *others = mistakes
        if not others:
            raise first from None
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise BlueprintError(f"{len(mistakes)} mistakes in {document.path}:\n{listed}") from None
