"""The Regions of a blueprint are Regions of AWS."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.domain.region import check_known_region
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_known_regions"]


def check_known_regions(blueprint: Blueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """The Regions that there are not, unless `new_regions` says that there are.

    All other Regions of a blueprint, those of networks and of tenants, have to be among these.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
    """
    for path, region in _regions(blueprint):
        try:
            check_known_region(region, newer=blueprint.new_regions)
        except InvalidValueError as error:
            yield BlueprintError(
                error.what,
                where=document.where(path),
                allowed=error.allowed,
                fix=f"{error.fix}; if AWS has opened it since, add `new_regions: [{region}]`",
            )


def _regions(blueprint: Blueprint) -> Iterator[tuple[KeyPath, str]]:
    """Every Region in which something is made, and where it stands."""
    if isinstance(blueprint, RegistryBlueprint):
        for index, region in enumerate(blueprint.registry.regions):
            yield ("registry", "regions", index), region
    if isinstance(blueprint, TenantManagedBlueprint):
        for index, region in enumerate(blueprint.regions):
            yield ("regions", index), region
    if isinstance(blueprint, CentralizedBlueprint) and blueprint.replication is not None:
        for index, region in enumerate(blueprint.replication.to):
            yield ("replication", "to", index), region
