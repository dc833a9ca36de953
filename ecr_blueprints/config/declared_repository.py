"""The repositories that a blueprint declares, one by one, with the names that the convention gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.repository import RepositoryModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import STAGE_SEGMENT

__all__ = ["DeclaredRepository", "declared_repositories", "repositories_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRepository:
    """One repository.

    Attributes:
        name: The full name.
        app: The key under which the team declares it.
        stage: Its stage; None where the full name was given or the convention has no stage.
        stack: The key of the stack that holds it.
        team: Its owner.
        model: What the file says of it.
        retention: How long its images are kept; None where it has a lifecycle policy of its own.
    """

    name: str
    app: str
    stage: str | None
    stack: str
    team: TeamModel
    model: RepositoryModel
    retention: RetentionModel | None


def declared_repositories(blueprint: Blueprint) -> Iterator[DeclaredRepository]:
    """Every repository of the blueprint, in the order of the files.

    Raises:
        InvalidValueError: A name that the convention gives is no repository name.
    """
    for team in blueprint.teams:
        for app, model in team.repositories.items():
            yield from repositories_of(blueprint, team, app, model)


def repositories_of(
    blueprint: Blueprint, team: TeamModel, app: str, model: RepositoryModel
) -> Iterator[DeclaredRepository]:
    """The repositories that one entry declares: one for each stage, or the one of the full name.

    Raises:
        InvalidValueError: A name that the convention gives is no repository name.
    """
    convention = NamingConvention(blueprint.convention)
    retention = None if model.lifecycle is not None else (model.retention or blueprint.retention)
    if model.name is not None:
        named: list[tuple[str | None, str]] = [(None, model.name)]
    elif STAGE_SEGMENT in convention.segments:
        stages = tuple(blueprint.stages) if model.stages is None else model.stages
        named = [(stage, _render(convention, stage=stage, team=team.team, app=app)) for stage in stages]
    else:
        named = [(None, _render(convention, team=team.team, app=app))]
    for stage, name in named:
        yield DeclaredRepository(
            name=name,
            app=app,
            stage=stage,
            stack=team.team if model.stack is None else model.stack,
            team=team,
            model=model,
            retention=retention,
        )


def _render(convention: NamingConvention, **known: str) -> str:
    return str(
        convention.render(**{key: value for key, value in known.items() if key in convention.segments})
    )
