"""What only the blueprint of the centralized model can get wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.marked_yaml import MarkedDocument
from ecr_blueprints.config.replication_meaning import check_replication
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_centralized"]


def check_centralized(blueprint: CentralizedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """The mistakes over several keys.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
    """
    yield from check_replication(blueprint, document)
