"""What is declared about production, from the arguments of a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, Accepted, check_arguments
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import STAGE_SEGMENT, ProductionScope, Stages
from ecr_blueprints.errors import InvalidValueError

__all__ = ["declared_production"]

_ACCEPTED: Final = {
    "convention": Accepted(
        types=(str, NamingConvention),
        words="a text such as '{stage}/{team}/{app}', or a NamingConvention",
    ),
    "stages": Accepted(
        types=(Mapping, Stages),
        words="a mapping of names to whether each is production, or Stages",
        fix='write for example {"dev": False, "prod": True}',
    ),
    "production": FLAG,
}
_STAGE: Final = Accepted(types=(bool,), words="True for production, else False")


def declared_production(
    convention: NamingConvention | str | None,
    stages: Stages | Mapping[str, bool] | None,
    production: bool | None,
    *,
    where: str,
) -> ProductionScope:
    """The declarations, checked against each other.

    Args:
        convention: How repositories are named.
        stages: The stages, with whether each is production.
        production: Whether the whole registry is production.
        where: The registry, for the error.

    Raises:
        InvalidValueError: One of them cannot be, or stages are declared that no name could tell.
    """
    check_arguments(
        {"convention": convention, "stages": stages, "production": production}, _ACCEPTED, where=where
    )
    if isinstance(stages, Mapping):
        for stage, is_production in stages.items():
            check_arguments({"a stage": stage}, {"a stage": TEXT}, where=where, required=("a stage",))
            argument = f"stages[{stage!r}]"
            check_arguments({argument: is_production}, {argument: _STAGE}, where=where, required=(argument,))
    named = NamingConvention(convention) if isinstance(convention, str) else convention
    declared = stages if stages is None or isinstance(stages, Stages) else Stages.of(stages)
    tells_stage = named is not None and STAGE_SEGMENT in named.segments
    if declared is not None and production is None and not tells_stage:
        what = (
            "and there is no convention"
            if named is None
            else f"and the convention {named.template!r} has none"
        )
        raise InvalidValueError(
            f"stages are declared, {what} to tell the stage of a repository",
            where=where,
            allowed=f"a convention with the segment {{{STAGE_SEGMENT}}}",
            fix="write convention='{stage}/{team}/{app}', or production=True or False for the whole registry",
        )
    return ProductionScope(convention=named, stages=declared, whole_registry=production)
