"""What every part of the blueprint has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["BlueprintModel"]


class BlueprintModel(BaseModel):
    """A part of the blueprint: immutable, with no unknown key and no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)
