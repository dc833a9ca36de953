"""Stages, and which repositories are production: declared, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.repository_name import NAME_PART_IN_WORDS, is_name_part
from ecr_blueprints.errors import InvalidValueError

__all__ = ["STAGE_SEGMENT", "ProductionScope", "Stage", "Stages"]

STAGE_SEGMENT = "stage"
"""The segment of a naming convention that holds the stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of delivery, such as ``dev`` or ``prod``.

    Attributes:
        name: One part of a repository name.
        production: Whether what it holds serves production. Default: no.

    Raises:
        InvalidValueError: The name cannot be a part of a repository name.
    """

    name: str
    production: bool = False

    def __post_init__(self) -> None:
        """Check the name."""
        if not is_name_part(self.name):
            raise InvalidValueError(
                f"{self.name!r} cannot be the name of a stage",
                where="stages",
                allowed=f"one part of a repository name, without '/': {NAME_PART_IN_WORDS}",
            )


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages that are declared, in the order in which images pass through them.

    Args:
        stages: At least one, each name once.

    Raises:
        InvalidValueError: There is no stage, or one is declared twice.
    """

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        """Check that there are stages and that each has a name of its own."""
        names = self.names
        if not names:
            raise InvalidValueError(
                "no stage is declared", where="stages", fix="declare at least one, or leave the stages out"
            )
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InvalidValueError(
                f"the stage {repeated[0]!r} is declared twice", where="stages", fix="declare each stage once"
            )

    @classmethod
    def of(cls, production_by_name: Mapping[str, bool]) -> Self:
        """Make stages of names and whether each is production: ``{"dev": False, "prod": True}``."""
        return cls(tuple(Stage(name=name, production=value) for name, value in production_by_name.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order declared."""
        return tuple(stage.name for stage in self.stages)

    def get(self, name: str) -> Stage | None:
        """The stage of that name, or None if it is not declared."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def is_production(self, stage_name: str) -> bool | None:
        """Tell whether a stage is production; None if it is not declared."""
        stage = self.get(stage_name)
        return None if stage is None else stage.production


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionScope:
    """What was declared about production in one registry.

    Attributes:
        convention: How repositories are named; None if that is not declared.
        stages: The stages, with production marked; None if they are not declared.
        whole_registry: Whether the registry as a whole is production (True) or not (False); it overrules
            names. None: the name decides.
    """

    convention: NamingConvention | None = None
    stages: Stages | None = None
    whole_registry: bool | None = None

    def is_production(self, repository_name: str) -> bool | None:
        """Tell whether a repository is production.

        Args:
            repository_name: The repository's full name.

        Returns:
            None where the declarations do not say it: no convention, no stages, a name that does not
            follow the convention, a stage that is not declared.
        """
        return self.judge(repository_name)[0]

    def judge(self, repository_name: str) -> tuple[bool | None, str]:
        """Tell whether a repository is production, and from what that follows.

        Args:
            repository_name: The repository's full name.

        Returns:
            What `is_production` returns, and the reason as half a sentence.
        """
        if self.whole_registry is not None:
            return self.whole_registry, f"the whole registry is declared {_word(self.whole_registry)}"
        if self.convention is None:
            return None, "no naming convention is declared"
        if self.stages is None:
            return None, "no stages are declared"
        if STAGE_SEGMENT not in self.convention.segments:
            return None, f"the convention {self.convention.template!r} has no segment {{{STAGE_SEGMENT}}}"
        segments = self.convention.match(repository_name)
        if segments is None:
            return None, f"the name does not follow the convention {self.convention.template!r}"
        stage_name = segments[STAGE_SEGMENT]
        production = self.stages.is_production(stage_name)
        if production is None:
            return None, f"the stage {stage_name!r} is not declared"
        return production, f"the stage {stage_name!r} is declared {_word(production)}"


def _word(production: bool) -> str:
    """How a declaration reads."""
    return "production" if production else "not production"
