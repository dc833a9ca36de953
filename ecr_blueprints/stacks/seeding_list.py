"""The seeding list of a blueprint, written beside the cloud assembly."""

from __future__ import annotations

from pathlib import Path

import jsii
from aws_cdk import App
from constructs import IValidation

from ecr_blueprints.config.declared_seeds import declared_seeds
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.registry.seeding_list import SEEDING_LIST_FILE_NAME, render_seeding_list

__all__ = ["write_seeding_list"]


def write_seeding_list(app: App, blueprint: RegistryBlueprint) -> None:
    """Has synthesis write ``seeding-list.json``, where the blueprint has something to fill.

    Args:
        app: The app.
        blueprint: The blueprint.

    Practices: NET-3, PTC-7
    """
    seeds = tuple(declared_seeds(blueprint))
    app.node.add_validation(_SeedingListAtSynthesis(app, render_seeding_list(seeds) if seeds else None))


@jsii.implements(IValidation)
class _SeedingListAtSynthesis:
    """CDK's hook at synthesis; a list of an earlier one, which means nothing any more, goes."""

    def __init__(self, app: App, text: str | None) -> None:
        self._app = app
        self._text = text

    def validate(self) -> list[str]:
        """Write the list; nothing is wrong with it."""
        path = Path(self._app.outdir) / SEEDING_LIST_FILE_NAME
        if self._text is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._text, encoding="utf-8")
        return []
