"""What signing can get wrong: that there is nothing to sign."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.marked_yaml import MarkedDocument
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_signing"]


def check_signing(blueprint: Blueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """The mistakes of `signing`.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
    """
    if blueprint.signing.development and all(stage.production for stage in blueprint.stages.values()):
        yield BlueprintError(
            "every stage is production, so that nothing is left to sign with another profile",
            where=document.where(("signing", "development")),
            allowed="true where a stage is not production",
            fix="leave it out, and write `production: true` to sign the images of production",
        )
