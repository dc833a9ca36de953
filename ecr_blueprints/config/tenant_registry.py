"""A team's registry, said as the blueprint of one registry account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.registry import RegistryModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.signing import SigningProfilesModel
from ecr_blueprints.config.tenant import TenantModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint

__all__ = ["tenant_registry"]

_OF_BASELINE = {"scanning": False, "root_template": False, "settings": False}
"""What the platform's baseline owns in every account."""


def tenant_registry(blueprint: TenantManagedBlueprint, team: TenantModel) -> RegistryBlueprint:
    """What the stacks of a team's own account are made of: its registry without what the baseline owns.

    Args:
        blueprint: The whole blueprint.
        team: The team.
    """
    shared = {
        name: getattr(blueprint, name) for name in RegistryBlueprint.model_fields if hasattr(blueprint, name)
    }
    places = blueprint.places
    registry = RegistryBlueprint(
        **{
            **shared,
            "include": None,
            "encryption": blueprint.encryption.model_copy(update={"kms_keys": team.kms_keys}),
            "signing": blueprint.signing.model_copy(update={"profiles": _profiles(blueprint, team)}),
            "manage": blueprint.manage.model_copy(update=_OF_BASELINE),
            "registry": RegistryModel(account=team.account, regions=blueprint.regions_of(team)),
            "caches": team.caches,
            "consumers": {
                name: ConsumerModel(
                    accounts=one.accounts, org_paths=one.org_paths, pull=one.pull, caches=one.caches
                )
                for name, one in team.consumers.items()
            },
            "teams": (team,),
        }
    )
    return registry.read_from(None if places is None else replace(places, tenant=team.team))


def _profiles(blueprint: TenantManagedBlueprint, team: TenantModel) -> SigningProfilesModel:
    """The blueprint's in the team's Regions, and the team's own before them."""
    regions = blueprint.regions_of(team)
    every, own = blueprint.signing.profiles, team.signing_profiles
    return SigningProfilesModel(
        production={**_in(regions, every.production), **own.production},
        development={**_in(regions, every.development), **own.development},
    )


def _in(regions: Collection[str], profiles: Mapping[str, str]) -> dict[str, str]:
    return {region: arn for region, arn in profiles.items() if region in regions}
