"""What only the blueprint of the enterprise model can get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.marked_yaml import MarkedDocument, Place
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_enterprise"]


def check_enterprise(
    blueprint: EnterpriseBlueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The mistakes over several keys.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    yield from ()
