"""The Regions of a blueprint are Regions of AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.domain.region import REGIONS, check_known_region
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_known_regions"]


def check_known_regions(
    blueprint: Blueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The Regions that there are not, unless `new_regions` says that there are.

    All other Regions of a blueprint, those of networks and of tenants, have to be among these.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    named = [*_regions(blueprint, document), *_upstreams(blueprint, document, team_places)]
    for index, newer in enumerate(blueprint.new_regions):
        known = newer in REGIONS
        if known or newer not in {region for _, _, region in named}:
            yield BlueprintError(
                f"the library knows {newer}" if known else f"nothing in the blueprint is in {newer}",
                where=document.where(("new_regions", index)),
                allowed="Regions that this version of the library does not know, and that the blueprint uses",
                fix="remove it",
            )
    for place, path, region in named:
        try:
            check_known_region(region, newer=blueprint.new_regions)
        except InvalidValueError as error:
            yield BlueprintError(
                error.what,
                where=place.where(path),
                allowed=error.allowed,
                fix=f"{error.fix}; if AWS has opened it since, add `new_regions: [{region}]`",
            )


def _regions(blueprint: Blueprint, document: MarkedDocument) -> Iterator[tuple[MarkedDocument, KeyPath, str]]:
    """Every Region in which something is made, and where it stands."""
    if isinstance(blueprint, RegistryBlueprint):
        for index, region in enumerate(blueprint.registry.regions):
            yield document, ("registry", "regions", index), region
    if isinstance(blueprint, TenantManagedBlueprint):
        for index, region in enumerate(blueprint.regions):
            yield document, ("regions", index), region
    if isinstance(blueprint, CentralizedBlueprint) and blueprint.replication is not None:
        for index, region in enumerate(blueprint.replication.to):
            yield document, ("replication", "to", index), region


def _upstreams(
    blueprint: Blueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[tuple[MarkedDocument, KeyPath, str]]:
    """The Region of every registry of ECR that is cached, and where it stands."""
    cached: list[tuple[MarkedDocument, KeyPath, str]] = []
    if isinstance(blueprint, RegistryBlueprint):
        cached += [(document, ("caches", name), name) for name in blueprint.caches]
    if isinstance(blueprint, TenantManagedBlueprint):
        for team, (of_team, root) in zip(blueprint.teams, team_places, strict=True):
            cached += [(of_team, (*root, "caches", name), name) for name in team.caches]
    for place, path, name in cached:
        try:
            region = UpstreamRegistry.parse(name).region
        except InvalidValueError:
            continue  # It is told at the place of the cache.
        if region is not None:
            yield place, path, region
