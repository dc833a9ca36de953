"""Whether a repository's name is one that its registry allows."""

from __future__ import annotations

from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.effective import cache_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository

__all__ = ["naming_fault"]


def naming_fault(registry: Registry, repository: Repository) -> InvalidValueError | None:
    """What is wrong with a name by the registry's convention and stages.

    Returns:
        None if nothing is, if no convention is declared, if only deployment determines the name, if
        the name is a recorded exception, a base image's or a build cache's, or if a cache or the
        CDK's bootstrap names it.
    """
    name = repository.known_name
    scope = registry.production
    if name is None or scope.convention is None or repository.is_cdk_asset_repository:
        return None
    if registry.is_build_cache(name) or registry.is_base_image(name):
        return None
    if any(one.covers(name) for one in registry.naming_exceptions):
        return None
    if cache_for(registry, name) is not None:
        return None
    where = str(repository.source)
    try:
        segments = scope.convention.check(name)
    except InvalidValueError as error:
        return InvalidValueError(error.what, where=where, allowed=error.allowed, fix=error.fix)
    stage = segments.get(STAGE_SEGMENT)
    if stage is not None and scope.stages is not None and scope.stages.get(stage) is None:
        return InvalidValueError(
            f"the repository name {name!r} is of the stage {stage!r}, which is not declared",
            where=where,
            allowed=", ".join(scope.stages.names),
            fix="use a declared stage, or declare this one with whether it is production",
        )
    return None
