"""Whether tags of a repository can be moved: what is meant where nothing is said, and what goes together."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecr as ecr

from ecr_blueprints.domain.tags import MAX_EXCLUSIONS, MutabilityMode
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import RepositoryKind

__all__ = ["check_exclusions", "default_mutability"]


def default_mutability(kind: RepositoryKind) -> MutabilityMode:
    """The mode of a repository of which nothing else is said.

    Args:
        kind: What it is for: the tags of base images and of caches move, all others do not.
    """
    return MutabilityMode.IMMUTABLE if kind.has_immutable_tags else MutabilityMode.MUTABLE


def check_exclusions(
    mode: ecr.TagMutability | None,
    filters: Sequence[ecr.ImageTagMutabilityExclusionFilter] | None,
    *,
    where: str,
) -> None:
    """Check that CDK's mode and filters go together, before CDK does.

    CDK's filters do not tell their pattern, and have checked it themselves.

    Args:
        mode: The mode as given.
        filters: The filters as given.
        where: What the error names.

    Raises:
        InvalidValueError: A mode with exclusions without 1 to 5 filters, or filters without such a mode.
    """
    has_exclusions = mode is not None and MutabilityMode(mode.value).has_exclusions
    count = 0 if filters is None else len(filters)
    if has_exclusions and not 1 <= count <= MAX_EXCLUSIONS:
        raise InvalidValueError(
            f"{count} tag mutability exclusion filters are given",
            where=where,
            allowed=f"1 to {MAX_EXCLUSIONS} with a mode that has exclusions",
            fix='write for example [ImageTagMutabilityExclusionFilter.wildcard("dev-*")]',
        )
    if not has_exclusions and filters is not None:
        raise InvalidValueError(
            "tag mutability exclusion filters are given without a mode that has exclusions",
            where=where,
            allowed="IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION",
            fix="write image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION",
        )
