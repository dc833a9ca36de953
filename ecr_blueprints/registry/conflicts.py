"""What one registry cannot hold together.

The constructs raise the first conflict that a contribution causes; the review reports all of them. Two
declarations of which a deployment has only one do not conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_mutability import mutability_conflicts
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.cached_repository import cached_repository_conflicts
from ecr_blueprints.registry.conflict import Conflict, ConflictKind, both, exclude
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.mechanism_conflict import mechanism_conflicts
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationRule, ReplicationSource
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.selection_conflict import replication_conflicts, signing_conflicts
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.singleton import Singleton

__all__ = ["Conflict", "ConflictKind", "Contribution", "conflicts_with", "find_conflicts"]


Contribution = (
    Repository
    | CreationTemplate
    | CacheRule
    | Singleton
    | SigningRule
    | ReplicationRule
    | ReplicationSource
    | PullTimeExclusion
    | BuildCache
)
"""What can be added to a registry and conflict with what it holds."""


def find_conflicts(registry: Registry) -> Iterator[Conflict]:
    """Every conflict within one registry, in the order of declaration."""
    for index, singleton in enumerate(registry.singletons):
        yield from _second_owner(registry.singletons[:index], singleton)
    named: dict[str, list[Repository]] = {}
    for repository in registry.repositories:
        if repository.known_name is not None:
            earlier = named.setdefault(repository.known_name, [])
            yield from _same_name(earlier, repository)
            earlier.append(repository)
    for index, template in enumerate(registry.creation_templates):
        yield from _template(registry.creation_templates[:index], template)
    for index, rule in enumerate(registry.cache_rules):
        yield from _cache(registry.cache_rules[:index], rule)
    for index, exclusion in enumerate(registry.pull_time_exclusions):
        yield from _same_principal(registry.pull_time_exclusions[:index], exclusion)
    yield from signing_conflicts(registry)
    yield from replication_conflicts(registry)
    yield from mechanism_conflicts(registry)
    yield from mutability_conflicts(registry)
    yield from cached_repository_conflicts(registry)


def conflicts_with(
    registry: Registry, contribution: Contribution, *, namesakes: Iterable[Repository] | None = None
) -> Iterator[Conflict]:
    """The conflicts that adding ``contribution`` to ``registry`` would cause.

    Args:
        registry: What there is.
        contribution: What is added.
        namesakes: The repositories of the registry that have the name of the one that is added. Default: they
            are looked for, which takes as long as there are repositories.
    """
    match contribution:
        case Singleton():
            yield from _second_owner(registry.singletons, contribution)
        case Repository():
            name = contribution.known_name
            if namesakes is None:
                namesakes = (one for one in registry.repositories if name is not None and one.name == name)
            yield from _same_name(namesakes, contribution)
            yield from cached_repository_conflicts(registry, repository=contribution)
        case CreationTemplate():
            yield from _template(registry.creation_templates, contribution)
            yield from mechanism_conflicts(registry, template=contribution)
            yield from mutability_conflicts(registry, template=contribution)
        case CacheRule():
            yield from _cache(registry.cache_rules, contribution)
            yield from signing_conflicts(registry, cache=contribution)
            yield from mechanism_conflicts(registry, creator=contribution)
            yield from mutability_conflicts(registry, cache=contribution)
            yield from cached_repository_conflicts(registry, cache=contribution)
        case SigningRule():
            yield from signing_conflicts(registry, rule=contribution)
        case ReplicationRule():
            yield from replication_conflicts(registry, rule=contribution)
        case ReplicationSource():
            yield from mechanism_conflicts(registry, creator=contribution)
        case PullTimeExclusion():
            yield from _same_principal(registry.pull_time_exclusions, contribution)
        case BuildCache():
            yield from signing_conflicts(registry, cache=contribution)
            yield from replication_conflicts(registry, cache=contribution)


def _second_owner(earlier: tuple[Singleton, ...], singleton: Singleton) -> Iterator[Conflict]:
    for other in earlier:
        if (
            other.kind is singleton.kind
            and other.source != singleton.source
            and not exclude(other.source, singleton.source)
        ):
            yield Conflict(
                kind=ConflictKind.SECOND_OWNER,
                message=(
                    f"an account and Region has one {singleton.kind.words}; "
                    f"{both(singleton.source, other.source)} both declare it"
                ),
                source=singleton.source,
                other=other.source,
                fix="keep one owner and let the other contribute to it or leave it unmanaged",
            )
            return


def _same_name(earlier: Iterable[Repository], repository: Repository) -> Iterator[Conflict]:
    other = next((one for one in earlier if not exclude(one.source, repository.source)), None)
    if other is not None:
        yield Conflict(
            kind=ConflictKind.REPOSITORY_NAME,
            message=(
                f"repository {repository.label!r} is declared by {both(repository.source, other.source)}"
            ),
            source=repository.source,
            other=other.source,
            fix="rename one of them, or import the existing repository instead of declaring it twice",
        )


def _template(earlier: tuple[CreationTemplate, ...], template: CreationTemplate) -> Iterator[Conflict]:
    prefix = template.known_prefix
    for other in earlier:
        if prefix is not None and other.known_prefix == prefix and not exclude(other.source, template.source):
            yield Conflict(
                kind=ConflictKind.TEMPLATE_PREFIX,
                message=(
                    f"a registry has one creation template for a prefix; "
                    f"{both(template.source, other.source)} both declare one for {prefix!r}"
                ),
                source=template.source,
                other=other.source,
                fix="merge the two templates, or give one a more specific prefix; where another construct "
                "makes one of them, declare yours before it and apply it for that mechanism too",
            )
            break
    if template.needs_role and template.custom_role_arn is None:
        yield Conflict(
            kind=ConflictKind.TEMPLATE_ROLE,
            message=(
                f"creation template {template.label!r} sets KMS encryption or resource tags and names "
                "no role, so that every repository creation through it fails"
            ),
            source=template.source,
            fix="give it a custom role that trusts ecr.amazonaws.com, or leave out the tags and the key",
        )


def _cache(earlier: tuple[CacheRule, ...], rule: CacheRule) -> Iterator[Conflict]:
    prefix = rule.known_prefix
    if prefix is None:
        return
    for other in earlier:
        taken = other.known_prefix
        if taken is None or not _collide(prefix, taken) or exclude(other.source, rule.source):
            continue
        relation = "share the prefix" if taken == prefix else "have prefixes one inside the other:"
        detail = repr(prefix) if taken == prefix else f"{prefix!r} and {taken!r}"
        yield Conflict(
            kind=ConflictKind.CACHE_PREFIX,
            message=f"pull-through caches {both(rule.source, other.source)} {relation} {detail}",
            source=rule.source,
            other=other.source,
            fix="give each cache a prefix of its own",
        )
        return


def _same_principal(
    earlier: tuple[PullTimeExclusion, ...], exclusion: PullTimeExclusion
) -> Iterator[Conflict]:
    arn = exclusion.principal_arn
    for other in earlier:
        if (
            isinstance(arn, str)
            and other.principal_arn == arn
            and not exclude(other.source, exclusion.source)
        ):
            yield Conflict(
                kind=ConflictKind.PULL_TIME_EXCLUSION,
                message=f"{both(exclusion.source, other.source)} both exclude {arn} from pull-time updates",
                source=exclusion.source,
                other=other.source,
                fix="keep one of them: a registry has one exclusion for a principal",
            )
            return


def _collide(prefix: str, other: str) -> bool:
    """Equal prefixes collide, and nested ones do; ROOT goes with every other prefix (facts §4)."""
    if prefix == other:
        return True
    if ROOT in (prefix, other):
        return False
    return prefix.startswith(f"{other}/") or other.startswith(f"{prefix}/")
