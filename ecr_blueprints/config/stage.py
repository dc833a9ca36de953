"""A stage of the blueprint."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel

__all__ = ["StageModel"]


class StageModel(BlueprintModel):
    """A stage of delivery."""

    production: bool = Field(default=False, description="Whether it is production. Never guessed.")
