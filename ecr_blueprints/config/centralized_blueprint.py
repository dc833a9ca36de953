"""The blueprint of the centralized operating model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.replication import ReplicationModel

__all__ = ["CentralizedBlueprint"]


class CentralizedBlueprint(RegistryBlueprint):
    """One shared-services account owns the registry; workload accounts pull from it."""

    model: Literal["centralized"] = Field(description="The operating model.")
    replication: ReplicationModel | None = Field(
        default=None, description="Copies in other Regions, for recovery. Default: none."
    )

    @property
    def recovery_regions(self) -> tuple[str, ...]:
        """The Regions that have copies and no repositories of their own, in the order of the file."""
        if self.replication is None:
            return ()
        return tuple(
            region for region in dict.fromkeys(self.replication.to) if region not in self.registry.regions
        )

    @property
    def pull_regions(self) -> tuple[str, ...]:
        """The Regions from which images are pulled: the registry's, and those that have copies alone."""
        return (*self.registry.regions, *self.recovery_regions)
