"""What consumers can get wrong: who they are, what they pull, and the roles that are made for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.config.network_meaning import check_endpoints, check_networks, repeated
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.domain.principals import MAX_ROLE_NAME_LENGTH
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.domain.workload import Workload
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_consumers", "foreign_paths"]


def check_consumers(
    blueprint: RegistryBlueprint, document: MarkedDocument, repositories: Collection[str]
) -> Iterator[BlueprintError]:
    """The mistakes of consumers, one with another and with the rest of the blueprint.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        repositories: The names of all declared repositories.
    """
    yield from _alike(blueprint, document)
    networked: dict[str, str] = {}
    names = BlueprintNames.of(blueprint)
    for consumer, model in blueprint.consumers.items():
        path = ("consumers", consumer)
        yield from repeated(model.accounts, document, (*path, "accounts"), f"in the consumer {consumer!r}")
        yield from repeated(model.roles, document, (*path, "roles"), f"in the consumer {consumer!r}")
        yield from _pulled(blueprint, model, document, path, repositories)
        yield from _units(blueprint, model, document, path)
        roles = [names.pull_role(consumer, Workload(one)) for one in model.pull_roles.made]
        over = max(map(len, roles), default=0) - MAX_ROLE_NAME_LENGTH
        if over > 0:
            yield BlueprintError(
                f"the role {max(roles, key=len)!r} would have a name longer than IAM takes",
                where=document.where((*path, "pull_roles")),
                allowed=f"at most {MAX_ROLE_NAME_LENGTH} characters, so that a consumer's name with "
                f"`pull_roles` has at most {len(consumer) - over}",
                fix="shorten the consumer's name, or name roles that exist under `roles`",
            )
        if model.network is not None:
            yield from _network(blueprint, model, document, path, networked)
    yield from check_networks(blueprint, document)


def _alike(blueprint: RegistryBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """Consumers whose names differ by case alone, and so what is named after them.

    Names of IAM's roles and policies are unique whatever their case, and so are those of the files of an
    assembly on many machines.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    seen: dict[str, str] = {}
    for consumer in blueprint.consumers:
        other = seen.setdefault(consumer.lower(), consumer)
        if other != consumer:
            yield BlueprintError(
                f"the consumer {consumer!r} is called like {other!r}, but for the case of letters, which "
                "IAM does not tell apart",
                where=document.where(("consumers", consumer)),
                allowed="names that differ in more than case",
                fix="rename one of the two, or merge them",
            )


def _pulled(
    blueprint: RegistryBlueprint,
    model: ConsumerModel,
    document: MarkedDocument,
    path: KeyPath,
    names: Collection[str],
) -> Iterator[BlueprintError]:
    for index, pattern in enumerate(model.pull):
        if not any(matches_wildcard(pattern, name) for name in names):
            yield BlueprintError(
                f"{pattern!r} matches none of the blueprint's repositories",
                where=document.where((*path, "pull", index)),
                allowed="repository names, with * for any run of characters",
                fix="correct it, or declare the repository",
            )
    for index, cache in enumerate(model.caches):
        if cache not in blueprint.caches:
            yield BlueprintError(
                f"there is no cache {cache!r}",
                where=document.where((*path, "caches", index)),
                allowed=", ".join(blueprint.caches) or "none: the blueprint declares no cache",
                fix="declare it under `caches`, or correct it",
            )


def _units(
    blueprint: RegistryBlueprint, model: ConsumerModel, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    organization = blueprint.organization
    if model.units and organization is None:
        yield BlueprintError(
            "a stack set goes out from the organization's administrator account, and none is named",
            where=document.where((*path, "units")),
            fix="add `organization: {id: …, administrator: …}`",
        )
    if organization is not None:
        yield from foreign_paths(model.org_paths, organization.id, document, (*path, "org_paths"))
    for index, unit in enumerate(model.units):
        where = document.where((*path, "units", index))
        if organization is not None and unit.split("/")[0] != organization.id:
            yield BlueprintError(
                f"the unit is in {unit.split('/')[0]}, and the organization is {organization.id}",
                where=where,
                allowed=f"units of {organization.id}",
                fix="correct the path, or `organization.id`",
            )
        first = next(one for one in model.units if one.rpartition("/")[2] == unit.rpartition("/")[2])
        if first != unit:
            yield BlueprintError(
                f"the unit {unit.rpartition('/')[2]} stands twice, by two paths; it has one",
                where=where,
                fix=f"remove the path that is wrong; the other is {first}",
            )
            continue
        root, first_root = unit.split("/")[1], model.units[0].split("/")[1]
        if root != first_root:
            yield BlueprintError(
                f"the unit is below {root}, and the first below {first_root}; an organization has one root",
                where=where,
                allowed=f"units below {first_root}",
                fix="correct the path",
            )
            continue
        for other_index, other in enumerate(model.units):
            if other_index != index and _holds(other, unit) and (other != unit or other_index < index):
                inside = f"is in {other.rpartition('/')[2]}, which is named already"
                yield BlueprintError(
                    f"the unit {unit.rpartition('/')[2]} {inside if other != unit else 'stands twice'}",
                    where=where,
                    fix="remove it",
                )
                break


def foreign_paths(
    org_paths: Sequence[str], organization: str, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    """Paths of another organization, whose accounts the registry policy denies whatever else admits them.

    Args:
        org_paths: The paths.
        organization: The id of the blueprint's organization.
        document: The file that holds them.
        path: Where they stand in it.
    """
    for index, org_path in enumerate(org_paths):
        named = org_path.partition("/")[0]
        if named != organization:
            yield BlueprintError(
                f"the path is in {named}, and the organization is {organization}: its accounts are denied",
                where=document.where((*path, index)),
                allowed=f"paths of {organization}",
                fix="correct the path, or `organization.id`",
            )


def _network(
    blueprint: RegistryBlueprint,
    model: ConsumerModel,
    document: MarkedDocument,
    path: KeyPath,
    networked: dict[str, str],
) -> Iterator[BlueprintError]:
    """The network of a consumer's units; a VPC takes one endpoint of a service, whoever makes it."""
    network = model.network
    assert network is not None
    at = (*path, "network")
    yield from repeated(network.regions, document, (*at, "regions"), "here")
    for index, region in enumerate(network.regions):
        if region not in blueprint.pull_regions:
            yield BlueprintError(
                f"the registry is not in {region}, and endpoints lead to a registry of their own Region",
                where=document.where((*at, "regions", index)),
                allowed=", ".join(blueprint.pull_regions),
                fix="remove it, or add the Region to `registry.regions`",
            )
    yield from check_endpoints(
        network,
        has_route_tables=network.route_tables is not None,
        regions=network.regions or blueprint.pull_regions,
        document=document,
        path=at,
    )
    for unit in model.units:
        other = next((one for one in networked if _holds(one, unit) or _holds(unit, one)), None)
        if other is not None:
            yield BlueprintError(
                f"accounts of {unit.rpartition('/')[2]} would get their endpoints twice, also from the "
                f"consumer {networked[other]!r}",
                where=document.where(at),
                fix="leave `network` in one of the two; its endpoints serve both",
            )
            break
    networked.update(dict.fromkeys(model.units, str(path[1])))


def _holds(unit: str, other: str) -> bool:
    """Whether a unit is another one or above it."""
    return other == unit or other.startswith(f"{unit}/")
