"""What a registry without egress can get wrong: caches that nobody fills, copies that do not stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.declared_lifecycle import declared_lifecycle
from ecr_blueprints.config.declared_repository import DeclaredRepository, repositories_of
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.domain.tags import ExclusionFilter
from ecr_blueprints.domain.upstream_image import check_tagged_name
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import BlueprintError, InvalidValueError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule, StorageClass

__all__ = ["check_seeding"]


def check_seeding(
    blueprint: Blueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The mistakes of `air_gapped`, of the caches' `seeds` and of the repositories' `copies`.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    if isinstance(blueprint, RegistryBlueprint):
        for name in blueprint.caches:
            yield from _cache(blueprint, name, document)
        if blueprint.air_gapped:
            yield from _networks(blueprint, document)
    for team, place in zip(blueprint.teams, team_places, strict=True):
        yield from _copies(blueprint, team, place)


def _cache(blueprint: RegistryBlueprint, name: str, document: MarkedDocument) -> Iterator[BlueprintError]:
    cache = blueprint.caches[name]
    if blueprint.air_gapped and not cache.seeds:
        yield BlueprintError(
            f"nothing fills the cache {name!r}: its first pull of an image needs a way to the internet, and "
            "there is none",
            where=document.where(("caches", name)),
            allowed="`seeds`: each image by its tag, with the digest",
            fix='add `seeds: {"library/nginx:1.27": "sha256:…"}` with what is pulled through it, or remove '
            "the cache",
        )
    if cache.seeds and not blueprint.air_gapped:
        yield BlueprintError(
            "a cache is filled on purpose, and its tags can move: it is not frozen",
            where=document.where(("caches", name, "seeds")),
            fix="add `air_gapped: true` to the blueprint, or leave `seeds` out: a first pull fills the cache",
        )
    try:
        upstream = UpstreamRegistry.parse(name)
    except InvalidValueError:
        return  # It is told at the place of the cache.
    official = upstream.official_image_prefix
    prefix = upstream.default_prefix if cache.prefix is None else cache.prefix.rstrip("/")
    for image in cache.seeds:
        where = document.where(("caches", name, "seeds", image))
        repository, tag = check_tagged_name(image)
        if official is not None and "/" not in repository:
            yield BlueprintError(
                f"{repository!r} is an official image by its short name",
                where=where,
                allowed="the whole name at the upstream",
                fix=f"write {official}{repository}:{tag}",
            )
            continue
        try:
            RepositoryName(f"{prefix}/{repository}")
        except InvalidValueError as error:
            yield BlueprintError(error.what, where=where, allowed=error.allowed, fix=error.fix)


def _networks(blueprint: RegistryBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """Consumers without endpoints, who could not pull at all."""
    for name, consumer in blueprint.consumers.items():
        for index, account in enumerate(consumer.accounts):
            if account not in blueprint.networks:
                yield BlueprintError(
                    f"the account {account} has no way to the internet and no endpoints: it can pull nothing",
                    where=document.where(("consumers", name, "accounts", index)),
                    fix=f'name its VPCs under `networks: {{"{account}": …}}`',
                )
        if consumer.units and consumer.network is None:
            yield BlueprintError(
                "the accounts of the units have no way to the internet and no endpoints: they can pull "
                "nothing",
                where=document.where(("consumers", name, "units")),
                fix="add `network`, with the parameters that hold their VPC's facts",
            )


def _copies(blueprint: Blueprint, team: TeamModel, place: Place) -> Iterator[BlueprintError]:
    document, root = place
    for app, model in team.repositories.items():
        if not model.copies:
            continue
        path = (*root, "repositories", app, "copies")
        if not isinstance(blueprint, RegistryBlueprint):
            yield BlueprintError(
                "frozen copies are for a registry that many accounts pull from",
                where=document.where(path),
                fix="leave `copies` out; the team copies into its own registry by itself",
            )
            continue
        try:
            declared = list(repositories_of(blueprint, team, app, model))
            policies = [declared_lifecycle(repository) for repository in declared]
        except InvalidValueError:
            continue  # It is told at the place of the repository.
        for repository, policy in zip(declared[:1], policies[:1], strict=True):
            yield from _kept(repository, policy, document, path)


def _kept(
    repository: DeclaredRepository, policy: LifecyclePolicy, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    for tag in repository.model.copies:
        where = document.where((*path, tag))
        moving = next((one for one in repository.model.moving_tags if _moves(one, tag)), None)
        if moving is not None:
            yield BlueprintError(
                f"the tag {tag!r} can be moved, since `moving_tags` has {moving!r}, and a frozen copy stays",
                where=where,
                fix="copy it by a tag that does not move",
            )
        rule = _rule_that_removes(policy, tag)
        if rule is not None:
            described = f" ({rule.description})" if rule.description else ""
            yield BlueprintError(
                f"rule {rule.priority}{described} of the repository's lifecycle policy removes the "
                f"copy {tag!r}",
                where=where,
                allowed="copies that no rule removes",
                fix="keep its tag: `retention: {keep: [...]}`",
            )


def _moves(exclusion: str, tag: str) -> bool:
    try:
        return ExclusionFilter(exclusion).matches(tag)
    except InvalidValueError:
        return False  # It is told at its own place.


def _rule_that_removes(policy: LifecyclePolicy, tag: str) -> LifecycleRule | None:
    """The rule that decides about an image with this tag alone, unless it is a shield (facts §1.5)."""
    for rule in policy.in_priority_order:
        if rule.effective_storage_class is StorageClass.STANDARD and rule.matches_tags((tag,)):
            return None if rule.is_shield else rule
    return None
