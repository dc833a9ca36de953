"""Which image tags a repository lets be overwritten."""

from __future__ import annotations

import re
from typing import Any

from ecr_emulator.errors import EcrError, invalid_parameter

_WITH_EXCLUSION = ("MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION")
_EXCLUSION_FILTERS = "imageTagMutabilityExclusionFilters"


def check_mutability(params: dict[str, Any]) -> None:
    """Raise when exclusion filters and the mutability setting do not go together."""
    mutability, filters = params.get("imageTagMutability", "MUTABLE"), params.get(_EXCLUSION_FILTERS)
    if filters and mutability not in _WITH_EXCLUSION:
        raise invalid_parameter(_EXCLUSION_FILTERS, f"not allowed with {mutability}")
    if not filters and mutability in _WITH_EXCLUSION:
        raise invalid_parameter(_EXCLUSION_FILTERS, f"required with {mutability}")
    for entry in filters or ():
        if entry["filter"].count("*") > 2:
            raise invalid_parameter(_EXCLUSION_FILTERS, "a filter may have at most 2 wildcards")


def is_immutable(repository: dict[str, Any], tag: str) -> bool:
    """Whether an existing `tag` of the repository must not be written again."""
    mutability = repository.get("imageTagMutability", "MUTABLE")
    excluded = any(
        re.fullmatch(re.escape(entry["filter"]).replace(r"\*", ".*"), tag)
        for entry in repository.get(_EXCLUSION_FILTERS) or ()
    )
    return (
        mutability == "IMMUTABLE"
        or (mutability == "IMMUTABLE_WITH_EXCLUSION" and not excluded)
        or (mutability == "MUTABLE_WITH_EXCLUSION" and excluded)
    )


def check_tag_free(repository: dict[str, Any], images: list[dict[str, Any]], tag: str) -> None:
    """Raise when an image holds an immutable `tag`, also when it has the pushed digest."""
    if is_immutable(repository, tag) and any(tag in image.get("imageTags", ()) for image in images):
        raise EcrError(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{repository['repositoryName']}' repository and "
            "cannot be overwritten because the tag is immutable.",
        )
