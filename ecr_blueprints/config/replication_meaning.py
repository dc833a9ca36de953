"""What a blueprint's replication has to mean: Regions that can have copies, prefixes that hold something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.declared_copies import inexpressible_pulls, replication_prefixes
from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.config.marked_yaml import MarkedDocument
from ecr_blueprints.config.replication import ReplicationModel
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.quotas import FILTERS_PER_REPLICATION_RULE, REPLICATION_DESTINATIONS
from ecr_blueprints.domain.repository_filter import ReplicationFilter
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_replication"]


def check_replication(blueprint: CentralizedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """The mistakes of the key `replication`.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
    """
    replication = blueprint.replication
    if replication is None:
        return
    try:
        names = [repository.name for repository in declared_repositories(blueprint)]
        caches = {name: _of_cache(blueprint, name) for name in blueprint.caches}
    except InvalidValueError:
        return  # It is told at the place of the repository or cache.
    if blueprint.manage.replication is False:
        yield BlueprintError(
            "replication is asked for, and its configuration belongs to somebody else",
            where=document.where(("manage", "replication")),
            fix="write `replication: true` under `manage`, or `import` where the registry has a "
            "configuration; or leave `replication` out",
        )
    yield from _regions(replication, blueprint, document)
    mistakes = list(_prefixes(blueprint, document, names, caches))
    yield from mistakes
    if not mistakes and blueprint.recovery_regions:
        yield from _pulls(blueprint, document)


def _regions(
    replication: ReplicationModel, blueprint: CentralizedBlueprint, document: MarkedDocument
) -> Iterator[BlueprintError]:
    main = blueprint.registry.regions[0]
    for index, region in enumerate(replication.to):
        where = document.where(("replication", "to", index))
        if region in replication.to[:index]:
            yield BlueprintError(f"the Region {region!r} stands twice", where=where, fix="remove it")
        if region == main:
            yield BlueprintError(
                f"{region!r} is the main Region, from which the copies are made",
                where=where,
                allowed="other Regions, among the registry's or not",
                fix="name the Region that shall have copies",
            )
        if partition_of(region) != partition_of(main):
            yield BlueprintError(
                f"{region!r} is in the partition {partition_of(region).name} and the main Region {main!r} in "
                f"{partition_of(main).name}",
                where=where,
                allowed="Regions of one partition: nothing is replicated between two (facts §7)",
                fix="remove it",
            )
    if len(replication.to) > REPLICATION_DESTINATIONS.value:
        yield BlueprintError(
            f"there are {len(replication.to)} Regions",
            where=document.where(("replication", "to")),
            allowed=f"at most {REPLICATION_DESTINATIONS.value} destinations",
            fix="leave some out",
        )


def _prefixes(
    blueprint: CentralizedBlueprint, document: MarkedDocument, names: Sequence[str], caches: Mapping[str, str]
) -> Iterator[BlueprintError]:
    replication = blueprint.replication
    assert replication is not None
    if replication.prefixes is None and not replication_prefixes(blueprint):
        no_stage = not any(stage.production for stage in blueprint.stages.values())
        yield BlueprintError(
            "no stage is production, so that nothing follows of what is copied"
            if no_stage
            else f"the convention {blueprint.convention!r} does not begin with the stage, so that no prefix "
            "tells production apart",
            where=document.where(("replication",)),
            allowed="`prefixes` with / at the end of each, such as payments/",
            fix="add `prefixes`",
        )
    if (
        replication.prefixes is None
        and len(replication_prefixes(blueprint)) > FILTERS_PER_REPLICATION_RULE.value
    ):
        yield BlueprintError(
            f"the rule would have {len(replication_prefixes(blueprint))} prefixes, one for each stage",
            where=document.where(("replication",)),
            allowed=f"at most {FILTERS_PER_REPLICATION_RULE.value}",
            fix="add `prefixes` with those whose copies are needed",
        )
    given = replication.prefixes or ()
    if len(given) > FILTERS_PER_REPLICATION_RULE.value:
        yield BlueprintError(
            f"there are {len(given)} prefixes",
            where=document.where(("replication", "prefixes")),
            allowed=f"at most {FILTERS_PER_REPLICATION_RULE.value}",
            fix="use prefixes that take in more repositories",
        )
    for index, prefix in enumerate(given):
        where = document.where(("replication", "prefixes", index))
        try:
            ReplicationFilter(prefix)
        except InvalidValueError as error:
            yield BlueprintError(error.what, where=where, allowed=error.allowed, fix=error.fix)
            continue
        cache = next((name for name, held in caches.items() if _overlaps(prefix, held)), None)
        if not prefix.endswith("/"):
            yield BlueprintError(
                f"the prefix {prefix!r} is no namespace: it also selects what only begins alike",
                where=where,
                allowed="prefixes with / at the end, for which the other Regions get creation templates",
                fix=f"write {prefix}/",
            )
        elif cache is not None:
            yield BlueprintError(
                f"the prefix {prefix!r} holds repositories of the cache {cache!r}, which each Region fills "
                "by itself",
                where=where,
                allowed="prefixes of the blueprint's repositories",
                fix="remove it: every Region has the caches",
            )
        elif any(prefix.startswith(other) for other in given if other != prefix) or prefix in given[:index]:
            yield BlueprintError(
                f"{prefix!r} lies within another prefix", where=where, fix="keep the wider one"
            )
        elif not any(name.startswith(prefix) for name in names):
            yield BlueprintError(
                f"{prefix!r} matches none of the blueprint's repositories",
                where=where,
                allowed="what their names start with, with / at the end",
                fix="correct it, or declare the repository",
            )


def _pulls(blueprint: CentralizedBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    region = blueprint.recovery_regions[0]
    for consumer, index, name in inexpressible_pulls(blueprint):
        pattern = blueprint.consumers[consumer].pull[index]
        yield BlueprintError(
            f"{pattern!r} lets pull {name!r}, whose copy in {region} gets its policy from a creation "
            "template, and a template is for a whole namespace",
            where=document.where(("consumers", consumer, "pull", index)),
            allowed=f"patterns that take in a namespace, such as {name.rpartition('/')[0]}/*",
            fix=f"widen it; or add {region} to the registry's Regions, where each repository has a policy of "
            "its own",
        )


def _of_cache(blueprint: CentralizedBlueprint, name: str) -> str:
    prefix = blueprint.caches[name].prefix
    return f"{(UpstreamRegistry.parse(name).default_prefix if prefix is None else prefix).rstrip('/')}/"


def _overlaps(one: str, other: str) -> bool:
    return one.startswith(other) or (one.endswith("/") and other.startswith(one))
