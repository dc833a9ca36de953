"""What a blueprint must mean, beyond its form: names, references and policies that go together."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.cache_meaning import check_cached_names, check_caches
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.centralized_meaning import check_centralized
from ecr_blueprints.config.consumer_meaning import check_consumers
from ecr_blueprints.config.declared_repository import DeclaredRepository, repositories_of
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.enterprise_meaning import check_enterprise
from ecr_blueprints.config.existing_arn_meaning import check_existing_arns
from ecr_blueprints.config.kept_meaning import check_kept
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.config.partition_meaning import check_partitions
from ecr_blueprints.config.push_meaning import check_push
from ecr_blueprints.config.region_meaning import check_known_regions
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.repetition_meaning import check_repetitions
from ecr_blueprints.config.repository import RepositoryModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.seeding_meaning import check_seeding
from ecr_blueprints.config.signing_meaning import check_signing
from ecr_blueprints.config.stack_meaning import check_stacks
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.config.tenant_managed_meaning import check_tenant_managed
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.quotas import REPOSITORY_TAGS
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.stages import STAGE_SEGMENT, Stage
from ecr_blueprints.domain.tags import ExclusionFilter
from ecr_blueprints.errors import BlueprintError, InvalidValueError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["check_meaning"]

_SEGMENTS = {STAGE_SEGMENT, "team", "app"}


def check_meaning(blueprint: Blueprint, document: MarkedDocument, team_places: Sequence[Place]) -> None:
    """Checks what the form alone cannot.

    Args:
        blueprint: The whole blueprint, included teams and all.
        document: The main file.
        team_places: Where each team stands.

    Raises:
        BlueprintError: The first mistake, or all of them together.
    """
    prefixes: dict[str, CachePrefix] = {}
    mistakes = [*_names(blueprint, document)]
    if isinstance(blueprint, RegistryBlueprint):
        mistakes.extend(_registry(blueprint, document))
        mistakes.extend(_iam_region(blueprint, document))
        mistakes.extend(
            check_existing_arns(
                blueprint, document, account=blueprint.registry.account, regions=blueprint.pull_regions
            )
        )
        mistakes.extend(check_caches(blueprint.caches, document, (), prefixes))
    names: dict[str, str] = {}
    placed: list[tuple[DeclaredRepository, str]] = []
    for team, place in zip(blueprint.teams, team_places, strict=True):
        mistakes.extend(_team(blueprint, team, place, names, placed))
    mistakes.extend(_same_team(blueprint, team_places))
    mistakes.extend(check_cached_names(blueprint, document, (), prefixes, names))
    mistakes.extend(check_stacks(blueprint, document, placed))
    if isinstance(blueprint, RegistryBlueprint):
        mistakes.extend(check_consumers(blueprint, document, names))
    mistakes.extend(check_known_regions(blueprint, document, team_places))
    mistakes.extend(check_signing(blueprint, document))
    mistakes.extend(check_seeding(blueprint, document, team_places))
    mistakes.extend(check_kept(blueprint, team_places))
    if isinstance(blueprint, RegistryBlueprint | TenantManagedBlueprint):
        mistakes.extend(check_partitions(_main_region(blueprint), document, team_places))
    mistakes.extend(_of_model(blueprint, document, team_places))
    told = {mistake.where for mistake in mistakes}
    mistakes.extend(check_repetitions(document, team_places, told))
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise BlueprintError(f"{len(mistakes)} mistakes in {document.path} and what it includes:\n{listed}")


def _moved(error: InvalidValueError, where: str) -> BlueprintError:
    """An error of the domain, at its place in the file."""
    return BlueprintError(error.what, where=where, allowed=error.allowed, fix=error.fix)


def _main_region(blueprint: RegistryBlueprint | TenantManagedBlueprint) -> str:
    regions = blueprint.registry.regions if isinstance(blueprint, RegistryBlueprint) else blueprint.regions
    return regions[0]


def _of_model(
    blueprint: Blueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """What only one operating model can get wrong."""
    if isinstance(blueprint, CentralizedBlueprint):
        yield from check_centralized(blueprint, document)
    elif isinstance(blueprint, TenantManagedBlueprint):
        yield from check_tenant_managed(blueprint, document, team_places)
    elif isinstance(blueprint, EnterpriseBlueprint):
        yield from check_enterprise(blueprint, document, team_places)


def _registry(blueprint: RegistryBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    for index, region in enumerate(blueprint.registry.regions):
        if region in blueprint.registry.regions[:index]:
            yield BlueprintError(
                f"the Region {region!r} stands twice; a registry has one owner in a Region",
                where=document.where(("registry", "regions", index)),
                fix="remove it",
            )
        main = blueprint.registry.regions[0]
        if partition_of(region) != partition_of(main):
            yield BlueprintError(
                f"{region!r} is in the partition {partition_of(region).name} and {main!r} in "
                f"{partition_of(main).name}; an account has one partition",
                where=document.where(("registry", "regions", index)),
                fix="give the other partition's account a blueprint of its own",
            )


def _iam_region(blueprint: RegistryBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    if blueprint.iam_region not in blueprint.pull_regions:
        yield BlueprintError(
            f"there is no registry in {blueprint.iam_region}, and its stack would hold roles and policies",
            where=document.where(("registry", "iam_region")),
            allowed=", ".join(blueprint.pull_regions),
            fix="name the Region in which they are, and leave it in `registry.regions`: what is not deployed "
            "there stays as it is",
        )


def _names(blueprint: Blueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    for name in blueprint.stages:
        try:
            Stage(name=name)
        except InvalidValueError as error:
            yield _moved(error, document.where(("stages", name)))
    unknown = [name for name in NamingConvention(blueprint.convention).segments if name not in _SEGMENTS]
    if unknown:
        yield BlueprintError(
            f"the segment {{{unknown[0]}}} has no value in a blueprint",
            where=document.where(("convention",)),
            allowed=", ".join(f"{{{name}}}" for name in sorted(_SEGMENTS)),
            fix="write the convention with these segments",
        )
    elif STAGE_SEGMENT not in NamingConvention(blueprint.convention).segments and len(blueprint.stages) > 1:
        yield BlueprintError(
            f"the convention {blueprint.convention!r} tells of no repository in which of the "
            f"{len(blueprint.stages)} stages it is",
            where=document.where(("convention",)),
            allowed=f"a convention with {{{STAGE_SEGMENT}}}, or one stage, which every repository is in",
            fix=f"write {{{STAGE_SEGMENT}}}/{blueprint.convention}, or leave one stage",
        )
    yield from _retention(blueprint.retention, document, ("retention",))


def _team(
    blueprint: Blueprint,
    team: TeamModel,
    place: Place,
    names: dict[str, str],
    placed: list[tuple[DeclaredRepository, str]],
) -> Iterator[BlueprintError]:
    document, root = place
    yield from check_push(team.push, place)
    convention = NamingConvention(blueprint.convention)
    for app, model in team.repositories.items():
        path = (*root, "repositories", app)
        unknown = [stage for stage in model.stages or () if stage not in blueprint.stages]
        if unknown:
            near = difflib.get_close_matches(unknown[0], blueprint.stages, n=1)
            yield BlueprintError(
                f"the stage {unknown[0]!r} is not declared",
                where=document.where((*path, "stages")),
                allowed=", ".join(blueprint.stages),
                fix=f"did you mean {near[0]!r}?" if near else "declare it under `stages`, or correct it",
            )
            continue
        if model.name is not None and convention.match(model.name) is None and model.exception is None:
            yield BlueprintError(
                f"the name {model.name!r} does not follow the convention {blueprint.convention!r}",
                where=document.where((*path, "name")),
                allowed=f"names such as {str(convention.example())!r}",
                fix="rename it, or say why under `exception`",
            )
        yield from _lifecycle(model, document, path)
        tags = {*blueprint.tags, *team.tags, *model.tags, "owner"}
        if len(tags) > REPOSITORY_TAGS.value:
            yield BlueprintError(
                f"the repository has {len(tags)} tags with those of its team and of the blueprint",
                where=document.where((*path, "tags")),
                allowed=f"at most {REPOSITORY_TAGS.value}",
                fix="leave some out",
            )
        for index, tag in enumerate(model.moving_tags):
            try:
                ExclusionFilter(tag)
            except InvalidValueError as error:
                yield _moved(error, document.where((*path, "moving_tags", index)))
        try:
            # A stage that stands twice is told of where it does.
            declared = list({one.name: one for one in repositories_of(blueprint, team, app, model)}.values())
        except InvalidValueError as error:
            yield _moved(error, document.where(path))
            continue
        for repository in declared:
            where = document.where(path)
            if repository.name in names:
                yield BlueprintError(
                    f"the repository {repository.name!r} is declared already, at {names[repository.name]}",
                    where=where,
                    fix="rename one of the two",
                )
            if _has_no_environment(repository):
                yield BlueprintError(
                    f"{repository.name!r} has no stage, and so nothing says in which environment of GitHub "
                    "the workflows run that push to it",
                    where=where,
                    fix="give the team's `push` a `github_environment`, or put the repository into a team of "
                    "its own",
                )
            names.setdefault(repository.name, where)
            placed.append((repository, where))


def _has_no_environment(repository: DeclaredRepository) -> bool:
    push = repository.team.push
    is_pushed = push.github is not None and repository.model.state == "active"
    return is_pushed and push.github_environment is None and repository.stage is None


def _lifecycle(model: RepositoryModel, document: MarkedDocument, path: KeyPath) -> Iterator[BlueprintError]:
    if model.lifecycle is not None:
        wrong = list(_no_json(list(model.lifecycle), document, (*path, "lifecycle")))
        if wrong:
            yield from wrong
            return
        try:
            parse_lifecycle_policy(json.dumps({"rules": list(model.lifecycle)}))
        except InvalidValueError as error:
            yield _moved(error, document.where((*path, "lifecycle")))
    if model.retention is not None:
        yield from _retention(model.retention, document, (*path, "retention"))


def _no_json(value: Any, document: MarkedDocument, path: KeyPath) -> Iterator[BlueprintError]:
    """What YAML can say below a value, and ECR's JSON cannot."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _no_json(member, document, (*path, key))
    elif not isinstance(value, str | int | float | None) or value in (math.inf, -math.inf) or value != value:
        text = document.texts.get(path, "this")
        is_date = isinstance(value, date)
        kind = "a date" if is_date else "no value of JSON"
        yield BlueprintError(
            f"{text} is read as {kind}",
            where=document.where(path),
            allowed="texts, whole numbers, lists and keys with values",
            fix=f'put it in quotes: "{text}"'
            if isinstance(value, date)
            else "write a text or a whole number",
        )


def _retention(model: RetentionModel, document: MarkedDocument, path: KeyPath) -> Iterator[BlueprintError]:
    where = document.where(path)
    if bool(model.builds) != (model.builds_days is not None):
        given, missing = ("builds", "builds_days") if model.builds else ("builds_days", "builds")
        yield BlueprintError(
            f"`{given}` is given without `{missing}`",
            where=document.where((*path, given)),
            allowed="both or none",
            fix=f"add `{'builds_days: 90' if model.builds else 'builds: [sha-*]'}`, or leave `{given}` out",
        )
        return
    try:
        Retention(
            keep=model.keep,
            builds=model.builds,
            builds_days=model.builds_days,
            untagged_days=model.untagged_days,
        )
    except InvalidValueError as error:
        yield _moved(error, where)


def _same_team(blueprint: Blueprint, places: Sequence[Place]) -> Iterator[BlueprintError]:
    seen: dict[str, str] = {}
    for team, (document, root) in zip(blueprint.teams, places, strict=True):
        where = document.where((*root, "team"))
        if team.team in seen:
            yield BlueprintError(
                f"the team {team.team!r} is declared already, at {seen[team.team]}",
                where=where,
                fix="merge the two",
            )
        seen.setdefault(team.team, where)
