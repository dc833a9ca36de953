"""The repository filters of a rule: of scanning, signing and replication, which are written alike."""

from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.readers.resource import (
    as_items,
    as_property_text,
    as_unresolved,
    malformed,
)
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_filters"]


def read_filters(value: Any) -> tuple[str | Unresolved, ...] | Unresolved:
    """Reads ``RepositoryFilters``; empty if it is not there.

    Args:
        value: The property's resolved value.
    """
    items = as_items(value, "RepositoryFilters")
    if items is None:
        return ()
    if isinstance(items, Malformed):
        return as_unresolved(items)
    return items if isinstance(items, Unresolved) else tuple(map(_filter, items))


def _filter(item: Any) -> str | Unresolved:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return as_unresolved(malformed(item, "an entry of RepositoryFilters is no mapping"))
    text = as_property_text(item.get("Filter"), "Filter")
    if text is None:
        text = malformed(item, "Filter is missing")
    return as_unresolved(text) if isinstance(text, Malformed) else text
