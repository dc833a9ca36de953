"""From a blueprint to the stacks of its operating model."""

from __future__ import annotations

from aws_cdk import App

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.stacks.centralized.centralized import build_centralized

__all__ = ["build_stacks"]


def build_stacks(app: App, blueprint: Blueprint) -> None:
    """Adds the stacks of a blueprint to an app.

    Args:
        app: The app. Its context decides whether repositories may be deleted; see
            :class:`~ecr_blueprints.constructs.image_repository.ImageRepository`.
        blueprint: As :func:`~ecr_blueprints.config.loader.load_blueprint` returns it.

    Raises:
        RegistryConflictError: Two parts of the blueprint cannot be in one registry.
        InvalidValueError: A value that only the whole shows to be wrong.
    """
    match blueprint.model:
        case "centralized":
            build_centralized(app, blueprint)
