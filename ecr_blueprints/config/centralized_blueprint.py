"""The blueprint of the centralized operating model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.registry_blueprint import RegistryBlueprint

__all__ = ["CentralizedBlueprint"]


class CentralizedBlueprint(RegistryBlueprint):
    """One shared-services account owns the registry; workload accounts pull from it."""

    model: Literal["centralized"] = Field(description="The operating model.")
