"""The blueprint of the tenant-managed operating model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.organization import OrganizationModel
from ecr_blueprints.config.tenant import TenantModel

__all__ = ["TenantManagedBlueprint"]


class TenantManagedBlueprint(Blueprint):
    """Each team's account owns its registry; the platform keeps every registry to a baseline."""

    model: Literal["tenant-managed"] = Field(description="The operating model.")
    organization: OrganizationModel = Field(description="The organization that the accounts belong to.")
    teams: tuple[TenantModel, ...] = Field(
        default=(), strict=False, description="Teams that have no file of their own."
    )
