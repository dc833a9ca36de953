"""The text of a lifecycle policy, as repositories and creation templates hold it."""

from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.readers.resource import as_property_text, malformed
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_lifecycle_text"]


def read_lifecycle_text(value: Any, name: str) -> str | Unresolved | Malformed | None:
    """A lifecycle policy as ECR would receive it; what it says is not looked at.

    Args:
        value: The resolved property.
        name: The property, for the reason.

    Returns:
        None for None; Malformed for a structure, since CloudFormation takes JSON text only.
    """
    if isinstance(value, dict | list):
        return malformed(value, f"{name} is a structure, and CloudFormation takes JSON text there")
    return as_property_text(value, name)
