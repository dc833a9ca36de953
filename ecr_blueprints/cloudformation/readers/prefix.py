"""The prefix of a creation template or cache rule."""

from __future__ import annotations

from ecr_blueprints.cloudformation.readers.resource import Resource, as_property_text, malformed
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_prefix"]


def read_prefix(resource: Resource, name: str) -> str | Unresolved | Malformed:
    """Reads a prefix as written; whether ECR takes it is for a rule to say.

    Args:
        resource: The resource.
        name: The property that holds the prefix; without it there is no telling what it applies to.
    """
    prefix = as_property_text(resource.get(name), name)
    return malformed(None, f"{name} is missing") if prefix is None else prefix
