"""What only the blueprint of the tenant-managed model can get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.blueprint_names import BASELINE
from ecr_blueprints.config.cache_meaning import check_cached_names, check_caches
from ecr_blueprints.config.consumer_meaning import foreign_paths
from ecr_blueprints.config.declared_repository import repositories_of
from ecr_blueprints.config.existing_arn_meaning import check_tenant_arns
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.config.tenant import TenantModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.domain.organization import root_of
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_tenant_managed"]

_OF_BASELINE = ("scanning", "root_template")


def check_tenant_managed(
    blueprint: TenantManagedBlueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The mistakes over several keys.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    yield from _regions(blueprint.regions, document, ("regions",))
    yield from _twice("unit", blueprint.baseline.units, document, ("baseline", "units"))
    yield from _twice("unit", blueprint.guardrails.units or (), document, ("guardrails", "units"))
    yield from _units(blueprint, document)
    yield from _exempt_name(blueprint, document)
    yield from _ownership(blueprint, document)
    yield from _organization(blueprint, document)
    yield from check_tenant_arns(blueprint, document, team_places)
    accounts: dict[str, str] = {}
    stacks: dict[str, tuple[str, str]] = {}
    for team, place in zip(blueprint.teams, team_places, strict=True):
        yield from _account(blueprint, team, place, accounts)
        yield from _team(blueprint, team, place)
        yield from _stacks(team, place, stacks)


def _regions(regions: Sequence[str], document: MarkedDocument, path: KeyPath) -> Iterator[BlueprintError]:
    yield from _twice("Region", regions, document, path)
    main = regions[0]
    for index, region in enumerate(regions):
        if partition_of(region) != partition_of(main):
            yield BlueprintError(
                f"{region!r} is in the partition {partition_of(region).name} and {main!r} in "
                f"{partition_of(main).name}; an organization has one partition",
                where=document.where((*path, index)),
                fix="give the other partition's organization a blueprint of its own",
            )


def _units(blueprint: TenantManagedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """Units of another organization, and units whose accounts another one names already.

    An id tells the root and nothing of the units between, so that a unit inside another unit is not seen.
    """
    named = [
        (("baseline", "units"), blueprint.baseline.units),
        (("guardrails", "units"), blueprint.guardrails.units or ()),
    ]
    first = blueprint.baseline.units[0]
    for path, units in named:
        for index, unit in enumerate(units):
            where = document.where((*path, index))
            if root_of(unit) != root_of(first):
                yield BlueprintError(
                    f"{unit!r} is below the root {root_of(unit)}, and {first!r} below {root_of(first)}; an "
                    "organization has one root",
                    where=where,
                    allowed=f"{root_of(first)}, or units that begin with ou-{root_of(first)[2:]}-",
                    fix="correct the id, or give the other organization a blueprint of its own",
                )
            elif path[0] == "baseline" and unit != root_of(unit) and root_of(unit) in units:
                yield BlueprintError(
                    f"the unit {unit!r} is in {root_of(unit)}, the root, which is named too",
                    where=where,
                    allowed="the root alone, or units none of which is in another",
                    fix="remove it, or the root",
                )


def _exempt_name(blueprint: TenantManagedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """A name of stacks, and so of the roles that CloudFormation names after them, that guardrails exempt."""
    roles = f"{blueprint.name}-registry-"
    for pattern in (f"{BASELINE}-*", *blueprint.guardrails.platform_roles):
        if matches_wildcard(pattern, roles) or matches_wildcard(pattern, f"{roles}x"):
            yield BlueprintError(
                f"the teams' roles, whose names begin with {blueprint.name!r}, would be of those that the "
                f"guardrails exempt as {pattern!r}",
                where=document.where(("name",)),
                fix="choose another name",
            )
            break


def _twice(
    what: str, values: Sequence[str], document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield BlueprintError(
                f"the {what} {value!r} stands twice", where=document.where((*path, index)), fix="remove it"
            )


def _ownership(blueprint: TenantManagedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    for key in _OF_BASELINE:
        if getattr(blueprint.manage, key) == "import":
            yield BlueprintError(
                f"the baseline owns `{key}` in every account, and a stack set imports nothing",
                where=document.where(("manage", key)),
                allowed="true, or false where somebody else owns it in every account",
                fix="write true: it overwrites scanning; delete a ROOT template that exists first",
            )
    if blueprint.manage.replication is not True:
        yield BlueprintError(
            "the tenant-managed model replicates nothing",
            where=document.where(("manage", "replication")),
            fix="leave it out",
        )


def _organization(blueprint: TenantManagedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    organization, security = blueprint.organization, blueprint.security
    needed = [
        *(["guardrails"] if blueprint.guardrails.chosen else []),
        *(["security"] if security is not None and security.inspector else []),
    ]
    if organization.delegated and organization.management is None and needed:
        yield BlueprintError(
            f"`administrator` is a delegate, and only the management account can make what "
            f"{' and '.join(f'`{key}`' for key in needed)} ask{'s' if len(needed) == 1 else ''} for",
            where=document.where(("organization",)),
            fix="add `management`, the id of the management account",
        )
    if not organization.delegated and organization.management not in (None, organization.administrator):
        yield BlueprintError(
            "`administrator` is another account than the management account, and no delegate",
            where=document.where(("organization", "management")),
            fix="add `delegated: true`, or leave `management` out",
        )
    if security is None:
        return
    if security.account == blueprint.management_account:
        yield BlueprintError(
            "findings would arrive in the management account, where nothing should run",
            where=document.where(("security", "account")),
            fix="name an account that is for security alone",
        )
    if security.inspector and blueprint.settings.inspector_rescan:
        yield BlueprintError(
            "a member of an organization's Inspector cannot set its re-scan window",
            where=document.where(("settings", "inspector_rescan")),
            fix="leave it out, and set the window in the security account",
        )


def _account(
    blueprint: TenantManagedBlueprint, team: TenantModel, place: Place, accounts: dict[str, str]
) -> Iterator[BlueprintError]:
    document, root = place
    where = document.where((*root, "account"))
    if team.account in accounts:
        yield BlueprintError(
            f"the account {team.account} is that of a team already, at {accounts[team.account]}; a registry "
            "has one owner",
            where=where,
            fix="give the team an account of its own, or its repositories to the other team's file",
        )
    accounts.setdefault(team.account, where)
    if team.account == blueprint.management_account:
        yield BlueprintError(
            "the account is the management account, which neither the baseline nor a guardrail reaches",
            where=where,
            fix="give the team a member account",
        )
    for index, region in enumerate(team.regions or ()):
        if region not in blueprint.regions:
            yield BlueprintError(
                f"the baseline is not in {region}",
                where=document.where((*root, "regions", index)),
                allowed=", ".join(blueprint.regions),
                fix="add it to the blueprint's `regions`, or leave it out",
            )
    yield from _twice("Region", team.regions or (), document, (*root, "regions"))


def _team(blueprint: TenantManagedBlueprint, team: TenantModel, place: Place) -> Iterator[BlueprintError]:
    document, root = place
    names: dict[str, str] = {}
    for app, model in team.repositories.items():
        try:
            found = [one.name for one in repositories_of(blueprint, team, app, model)]
        except InvalidValueError:
            continue  # told of by the check of names
        names.update(dict.fromkeys(found, document.where((*root, "repositories", app))))
    prefixes: dict[str, CachePrefix] = {}
    yield from check_caches(team.caches, document, root, prefixes)
    yield from check_cached_names(blueprint, document, root, prefixes, names)
    for consumer, model_ in team.consumers.items():
        path = (*root, "consumers", consumer)
        yield from _twice("account", model_.accounts, document, (*path, "accounts"))
        organization = blueprint.organization.id
        yield from foreign_paths(model_.org_paths, organization, document, (*path, "org_paths"))
        for index, pattern in enumerate(model_.pull):
            if not any(matches_wildcard(pattern, name) for name in names):
                yield BlueprintError(
                    f"{pattern!r} matches none of the team's repositories",
                    where=document.where((*path, "pull", index)),
                    allowed="repository names, with * for any run of characters",
                    fix="correct it, or declare the repository",
                )
        for index, cache in enumerate(model_.caches):
            if cache not in team.caches:
                yield BlueprintError(
                    f"the team has no cache {cache!r}",
                    where=document.where((*path, "caches", index)),
                    allowed=", ".join(team.caches) or "none: the team declares no cache",
                    fix="declare it under the team's `caches`, or correct it",
                )


def _stacks(team: TenantModel, place: Place, stacks: dict[str, tuple[str, str]]) -> Iterator[BlueprintError]:
    """A stack is in one account, so that its key is one team's."""
    document, root = place
    for app, model in team.repositories.items():
        key = team.team if model.stack is None else model.stack
        where = document.where((*root, "repositories", app))
        owner, first = stacks.setdefault(key, (team.team, where))
        if owner != team.team:
            yield BlueprintError(
                f"the stack {key!r} is that of {owner!r}, at {first}, in another account",
                where=where,
                fix="give the repository a `stack` key that begins with the team's name",
            )
