"""Tag mutability with its exclusions, as repositories and creation templates spell it (facts §13)."""

from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_items,
    as_member,
    as_property_text,
    malformed,
)
from ecr_blueprints.domain.tags import EXCLUSION_FILTER_TYPE, ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_tag_mutability"]

_FILTERS = "ImageTagMutabilityExclusionFilters"
_TYPE = "ImageTagMutabilityExclusionFilterType"
_VALUE = "ImageTagMutabilityExclusionFilterValue"


def read_tag_mutability(resource: Resource) -> TagMutability | Unresolved | Malformed:
    """Reads ``ImageTagMutability`` and ``ImageTagMutabilityExclusionFilters``.

    Args:
        resource: A repository or a creation template.
    """
    mode = as_member(MutabilityMode, resource.get("ImageTagMutability"), "ImageTagMutability")
    filters = as_items(resource.get(_FILTERS), _FILTERS)
    for part in (mode, filters):
        if isinstance(part, Unresolved | Malformed):
            return part
    exclusions: list[ExclusionFilter] = []
    for item in filters if isinstance(filters, list) else ():
        exclusion = _exclusion(item)
        if not isinstance(exclusion, ExclusionFilter):
            return exclusion
        exclusions.append(exclusion)
    try:
        return TagMutability(
            mode=mode if isinstance(mode, MutabilityMode) else MutabilityMode.MUTABLE,
            exclusions=tuple(exclusions),
        )
    except InvalidValueError as error:
        return malformed([exclusion.pattern for exclusion in exclusions], error.what)


def _exclusion(item: Any) -> ExclusionFilter | Unresolved | Malformed:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return malformed(item, f"an entry of {_FILTERS} is no mapping")
    kind = as_property_text(item.get(_TYPE), _TYPE)
    text = as_property_text(item.get(_VALUE), _VALUE)
    for part in (kind, text):
        if isinstance(part, Unresolved | Malformed):
            return part
    if not isinstance(text, str):
        return malformed(item, f"{_VALUE} is missing")
    if kind != EXCLUSION_FILTER_TYPE:
        return malformed(item, f"{_TYPE} is not {EXCLUSION_FILTER_TYPE}")
    try:
        return ExclusionFilter(text)
    except InvalidValueError as error:
        return malformed(text, error.what)
