"""The copies that a blueprint's replication makes, namespace by namespace, with what each has to have.

A copy's repository gets its settings from a creation template of its own Region, and a template is for a
namespace (facts §2). So the namespaces follow from the prefixes, and from who pulls: whoever pulls a part of
a prefix needs a template for that part, since one for the whole would let them pull the rest as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.declared_lifecycle import declared_lifecycle
from ecr_blueprints.config.declared_repository import DeclaredRepository, declared_repositories
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.domain.tags import MAX_EXCLUSIONS, ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.domain.wildcard import WILDCARD, matches_wildcard
from ecr_blueprints.lifecycle.longer import rule_that_loses
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["DeclaredCopies", "declared_copies", "inexpressible_pulls", "replication_prefixes"]

BASE_NAMESPACE = "base/"
"""Where base images lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCopies:
    """The copies of one namespace that no narrower one has.

    Attributes:
        namespace: What their names start with, with a slash at its end.
        lifecycle: A policy that keeps each copy at least as long as its original; None keeps all.
        mutability: Immutable, but for the tags that move at the source.
        consumers: Who pulls all of them, by the name in the blueprint.
    """

    namespace: str
    lifecycle: LifecyclePolicy | None
    mutability: TagMutability
    consumers: Mapping[str, ConsumerModel]


def replication_prefixes(blueprint: CentralizedBlueprint) -> tuple[str, ...]:
    """What the names of the copied repositories start with; empty where it is neither said nor follows.

    Args:
        blueprint: The whole blueprint.
    """
    replication = blueprint.replication
    if replication is None:
        return ()
    if replication.prefixes is not None:
        return tuple(dict.fromkeys(replication.prefixes))
    if not blueprint.convention.startswith(f"{{{STAGE_SEGMENT}}}/"):
        return ()
    stages = [f"{name}/" for name, stage in blueprint.stages.items() if stage.production]
    names = [repository.name for repository in declared_repositories(blueprint)]
    has_bases = any(name.startswith(BASE_NAMESPACE) for name in names)
    return (*stages, BASE_NAMESPACE) if has_bases else tuple(stages)


def declared_copies(blueprint: CentralizedBlueprint) -> tuple[DeclaredCopies, ...]:
    """The copies of a blueprint, each namespace once.

    Args:
        blueprint: A blueprint that means something: with prefixes that end with a slash.
    """
    prefixes = replication_prefixes(blueprint)
    copied = [
        repository
        for repository in declared_repositories(blueprint)
        if repository.model.state != "retired" and repository.name.startswith(prefixes)
    ]
    namespaces = dict.fromkeys(prefixes)
    for repository in copied:
        for consumer in blueprint.consumers.values():
            for pattern in consumer.pull:
                namespace = _namespace_of(pattern, repository.name, prefixes)
                if namespace is not None:
                    namespaces[namespace] = None
    of_namespace: dict[str, list[DeclaredRepository]] = {namespace: [] for namespace in namespaces}
    for repository in copied:
        narrowest = max((one for one in namespaces if repository.name.startswith(one)), key=len)
        of_namespace[narrowest].append(repository)
    return tuple(
        DeclaredCopies(
            namespace=namespace,
            lifecycle=_lifecycle(repositories),
            mutability=_mutability(repositories),
            consumers={
                name: consumer
                for name, consumer in blueprint.consumers.items()
                if any(_covers(pattern, namespace) for pattern in consumer.pull)
            },
        )
        for namespace, repositories in of_namespace.items()
    )


def inexpressible_pulls(blueprint: CentralizedBlueprint) -> Iterator[tuple[str, int, str]]:
    """Pulls that no creation template can allow: the consumer, the pattern's index, and such a repository.

    Args:
        blueprint: As for `declared_copies`.
    """
    prefixes = replication_prefixes(blueprint)
    names = [one.name for one in declared_repositories(blueprint) if one.name.startswith(prefixes)]
    for consumer, model in blueprint.consumers.items():
        for index, pattern in enumerate(model.pull):
            for name in names:
                if matches_wildcard(pattern, name) and _namespace_of(pattern, name, prefixes) is None:
                    yield consumer, index, name
                    break


def _namespace_of(pattern: str, name: str, prefixes: Sequence[str]) -> str | None:
    """The widest namespace within the prefixes that holds a name and that the pattern covers."""
    prefix = max((one for one in prefixes if name.startswith(one)), key=len)
    ends = [at + 1 for at, sign in enumerate(name) if sign == "/" and at + 1 >= len(prefix)]
    return next((name[:end] for end in ends if _covers(pattern, name[:end])), None)


def _covers(pattern: str, namespace: str) -> bool:
    """Whether a pattern matches every name of a namespace."""
    return pattern.endswith(WILDCARD) and matches_wildcard(pattern, namespace)


def _lifecycle(repositories: Sequence[DeclaredRepository]) -> LifecyclePolicy | None:
    """The policy of the originals where all have the same; else one that loses nothing of any of them."""
    policies = [declared_lifecycle(repository) for repository in repositories]
    if policies and all(policy == policies[0] for policy in policies):
        return policies[0]
    careful = Retention().policy(immutable_tags=False)
    return careful if all(rule_that_loses(careful, policy) is None for policy in policies) else None


def _mutability(repositories: Sequence[DeclaredRepository]) -> TagMutability:
    moving = tuple(dict.fromkeys(tag for one in repositories for tag in one.model.moving_tags))
    if not moving:
        return TagMutability(mode=MutabilityMode.IMMUTABLE)
    if len(moving) > MAX_EXCLUSIONS:
        return TagMutability(mode=MutabilityMode.MUTABLE)
    return TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION,
        exclusions=tuple(ExclusionFilter(tag) for tag in moving),
    )
