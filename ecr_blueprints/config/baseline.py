"""What the platform puts into every account of some organizational units, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import OrganizationalUnitId

__all__ = ["BaselineModel"]


class BaselineModel(BlueprintModel):
    """The baseline of every registry: scanning, the ROOT template, settings, and where findings go."""

    units: tuple[OrganizationalUnitId, ...] = Field(
        strict=False,
        min_length=1,
        description="Ids of the organizational units whose accounts get the baseline, those that join later "
        "among them; r-ab12, the root, for all. The management account never gets it.",
    )
