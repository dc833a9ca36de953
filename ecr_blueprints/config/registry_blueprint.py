"""What the blueprints of one registry account have in common."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.cache import CacheModel
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.network import NetworkModel
from ecr_blueprints.config.organization import OrganizationModel
from ecr_blueprints.config.registry import RegistryModel
from ecr_blueprints.config.values import AccountId, RegionName, VpcId

__all__ = ["RegistryBlueprint"]


class RegistryBlueprint(Blueprint):
    """One account's registry in some Regions, and the accounts that pull from it."""

    registry: RegistryModel = Field(description="Where the registry is.")
    organization: OrganizationModel | None = Field(
        default=None, description="The organization that the accounts belong to. Default: not known."
    )
    caches: dict[str, CacheModel] = Field(
        default_factory=dict, description="Pull-through caches by upstream registry, such as docker-hub."
    )
    consumers: dict[str, ConsumerModel] = Field(
        default_factory=dict, description="Who pulls, by a name of yours."
    )
    networks: dict[AccountId, dict[RegionName, dict[VpcId, NetworkModel]]] = Field(
        default_factory=dict,
        description="Account of a consumer → Region → VPC's id → its endpoints. Default: pulls take the "
        "internet, or endpoints that somebody else makes.",
    )
    air_gapped: bool = Field(
        default=False,
        description="Whether workloads have no way to the internet: caches are frozen and pulled from alone, "
        "every image in them is one of `seeds`, and synthesis writes the list to fill them from.",
    )

    @property
    def iam_region(self) -> str:
        """The Region of the stacks with what an account has once in all Regions."""
        registry = self.registry
        return registry.regions[0] if registry.iam_region is None else registry.iam_region

    @property
    def pull_regions(self) -> tuple[str, ...]:
        """The Regions from which images are pulled."""
        return self.registry.regions
