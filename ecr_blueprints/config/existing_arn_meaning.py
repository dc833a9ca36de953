"""Keys and signing profiles that exist, by Region: each is where its registry is, and is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.config.signing import SigningModel, SigningProfilesModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.domain.kms_key import KmsKeyArn
from ecr_blueprints.domain.signing import SigningProfileArn
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_existing_arns", "check_tenant_arns"]


def check_existing_arns(
    blueprint: Blueprint, document: MarkedDocument, *, account: str, regions: Collection[str]
) -> Iterator[BlueprintError]:
    """The mistakes in ``encryption.kms_keys`` and ``signing.profiles`` of one registry account.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        account: The registry's account.
        regions: The Regions that have a registry.
    """
    yield from _keys(blueprint.encryption.kms_keys, document, ("encryption", "kms_keys"), account, regions)
    yield from _profiles(
        blueprint.signing, blueprint.signing.profiles, document, ("signing", "profiles"), regions
    )


def check_tenant_arns(
    blueprint: TenantManagedBlueprint, document: MarkedDocument, team_places: Collection[Place]
) -> Iterator[BlueprintError]:
    """The same of the tenant-managed model: a key is of one team's account, a profile may be everybody's.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    if blueprint.encryption.kms_keys:
        yield BlueprintError(
            "the key would be that of every team's registry, and each is in an account of its own",
            where=document.where(("encryption", "kms_keys")),
            fix="name it in the team's file, under `kms_keys`",
        )
    signing = blueprint.signing
    yield from _profiles(signing, signing.profiles, document, ("signing", "profiles"), blueprint.regions)
    for team, (file, root) in zip(blueprint.teams, team_places, strict=True):
        path = (*root, "kms_keys")
        if team.kms_keys and not blueprint.encryption.kms:
            yield BlueprintError(
                "no registry of the blueprint encrypts with a KMS key",
                where=file.where(path),
                fix="leave it out, or write `encryption: {kms: true}` in the blueprint",
            )
        regions = blueprint.regions_of(team)
        yield from _keys(team.kms_keys, file, path, team.account, regions)
        yield from _profiles(signing, team.signing_profiles, file, (*root, "signing_profiles"), regions)


def _keys(
    keys: Mapping[str, str], document: MarkedDocument, path: KeyPath, account: str, regions: Collection[str]
) -> Iterator[BlueprintError]:
    for region, text in keys.items():
        key, where = KmsKeyArn(text), document.where((*path, region))
        yield from _place("key", region, key.region, where, regions)
        if key.account != account:
            yield BlueprintError(
                f"the key is of the account {key.account}, and the registry of {account}",
                where=where,
                allowed=f"a key of {account}; that ECR takes another account's is nowhere documented",
                fix="correct it, or leave it out for a key of the registry's own",
            )


def _profiles(
    signing: SigningModel,
    profiles: SigningProfilesModel,
    document: MarkedDocument,
    path: KeyPath,
    regions: Collection[str],
) -> Iterator[BlueprintError]:
    """The profiles; one of another account is taken, which lets the pushers sign (facts §8)."""
    for kind, is_signed, of_kind in (
        ("production", signing.production, profiles.production),
        ("development", signing.development, profiles.development),
    ):
        if of_kind and not is_signed:
            yield BlueprintError(
                f"nothing of {kind} is signed",
                where=document.where((*path, kind)),
                fix=f"leave it out, or write `signing: {{{kind}: true}}`",
            )
        for region, text in of_kind.items():
            where = document.where((*path, kind, region))
            yield from _place("profile", region, SigningProfileArn(text).region, where, regions)


def _place(
    what: str, region: str, its_region: str, where: str, regions: Collection[str]
) -> Iterator[BlueprintError]:
    if region not in regions:
        yield BlueprintError(
            f"there is no registry in {region}",
            where=where,
            allowed=", ".join(regions),
            fix="remove it, or add the Region to the registry",
        )
    elif its_region != region:
        yield BlueprintError(
            f"the {what} is in {its_region}, and the registry in {region}",
            where=where,
            allowed=f"a {what} of {region}: ECR takes those of its own Region",
            fix="correct the ARN, or the Region before it",
        )
