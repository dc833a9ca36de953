"""Reads a blueprint and the files that it includes, or says exactly where it is wrong."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.blueprint_places import BlueprintPlaces
from ecr_blueprints.config.encryption import NO_RECORD, EncryptionModel
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, read_marked_yaml
from ecr_blueprints.config.meaning import check_meaning
from ecr_blueprints.config.mistake import mistakes_of_form
from ecr_blueprints.config.operating_model import BLUEPRINTS
from ecr_blueprints.config.written_number import check_written_numbers
from ecr_blueprints.errors import BlueprintError, EcrBlueprintsError
from ecr_blueprints.registry.existing_repositories import ExistingRepositories

__all__ = ["load_blueprint"]

M = TypeVar("M", bound=BaseModel)

_START_OF_BLUEPRINT = "start with `ecr-blueprints init`, or from examples/centralized/blueprint.yaml"
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
    blueprint_type = _type_of(document)
    team_type = get_args(blueprint_type.model_fields["teams"].annotation)[0]
    blueprint = _validate(blueprint_type, document, start=_START_OF_BLUEPRINT)
    places: list[tuple[MarkedDocument, KeyPath]] = [
        (document, ("teams", index)) for index in range(len(blueprint.teams))
    ]
    teams = list(blueprint.teams)
    for team_path in _included(blueprint, document):
        team_document = read_marked_yaml(team_path, start=_START_OF_TEAM)
        teams.append(_validate(team_type, team_document, start=_START_OF_TEAM))
        places.append((team_document, ()))
    whole = blueprint.model_copy(
        update={"teams": tuple(teams), "encryption": _with_record(blueprint, document)}
    )
    check_meaning(whole, document, places)
    by_name = {team.team: place for team, place in zip(teams, places, strict=True)}
    return whole.read_from(BlueprintPlaces(document, by_name))


def _type_of(document: MarkedDocument) -> type[Blueprint]:
    """The type of the operating model; the common one where the file is no mapping, which is then refused.

    Without a model that exists, only what no model has is a mistake besides.
    """
    if not isinstance(document.value, dict):
        return Blueprint
    model = document.value.get("model")
    if isinstance(model, str) and model in BLUEPRINTS:
        return BLUEPRINTS[model]
    known = {key for one in BLUEPRINTS.values() for key in one.model_fields}
    chosen = {key: value for key, value in document.value.items() if key == "model" or key not in known}
    try:
        Blueprint.model_validate(chosen)
    except ValidationError as error:
        found = [
            one
            for one in error.errors(include_url=False)
            if one["loc"][0] == "model" or one["loc"][0] in chosen
        ]
        raise _together(mistakes_of_form(Blueprint, document, found), document) from None
    return Blueprint


def _with_record(blueprint: Blueprint, document: MarkedDocument) -> EncryptionModel:
    """The encryption, with the path of the record made relative to where we are."""
    encryption = blueprint.encryption
    if encryption.existing in (None, NO_RECORD):
        return encryption
    path = document.path.parent / str(encryption.existing)
    try:
        ExistingRepositories.from_file(path)
    except EcrBlueprintsError as error:
        raise BlueprintError(
            f"the record of what exists cannot be taken: {error.what}",
            where=document.where(("encryption", "existing")),
            allowed=error.allowed,
            fix=error.fix,
        ) from None
    return encryption.model_copy(update={"existing": str(path)})


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
    for name in found:
        if name.is_dir():
            raise BlueprintError(
                f"{blueprint.include!r} matches the folder {str(name)!r}, which is no team's file",
                where=document.where(("include",)),
                allowed="a glob that matches the teams' files alone",
                fix=f"write {blueprint.include.rstrip('/')}/*.yaml"
                if len(found) == 1
                else "write a glob with the ending of the files, such as teams/*.yaml",
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
        valid = model.model_validate(document.value)
    except ValidationError as error:
        mistakes = mistakes_of_form(model, document, error.errors(include_url=False))
        raise _together(mistakes, document) from None
    misread = list(check_written_numbers(document))
    if misread:
        raise _together(misread, document)
    return valid


def _together(mistakes: Sequence[BlueprintError], document: MarkedDocument) -> BlueprintError:
    """All mistakes of one file as one error."""
    first, *others = mistakes
    if not others:
        return first
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return BlueprintError(f"{len(mistakes)} mistakes in {document.path}:\n{listed}")
