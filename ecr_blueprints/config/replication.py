"""Replication into other Regions, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import RegionName

__all__ = ["ReplicationModel"]


class ReplicationModel(BlueprintModel):
    """Copies of what is pushed in the main Region, in others; from now on, and not of what exists."""

    to: tuple[RegionName, ...] = Field(
        strict=False,
        min_length=1,
        description="The Regions that get copies. One that is not among the registry's is for recovery: it "
        "gets the registry's settings and caches, and its repositories with their first copies.",
    )
    prefixes: tuple[str, ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="What the names of the copied repositories start with, each with / at its end. Default: "
        "the production stages, and base images, where the convention begins with the stage.",
    )
