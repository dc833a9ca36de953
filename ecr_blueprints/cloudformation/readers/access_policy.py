"""Resource policies of a template: a policy document, or its JSON text, to an `AccessPolicy`."""

from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.partial_text import load_json
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["read_access_policy"]


def read_access_policy(value: Any, name: str, *, must_be_text: bool = False) -> Any:
    """Reads a resource policy.

    Args:
        value: The resolved property: a policy document, or its JSON text; None if it is not set.
        name: The property, for the reasons.
        must_be_text: Whether CloudFormation takes JSON text only, as in a creation template.

    Returns:
        None for None; an AccessPolicy; Unresolved; Malformed for what IAM does not take.
    """
    if value is None or isinstance(value, Malformed):
        return value
    if isinstance(value, dict) and must_be_text:
        return Malformed.of(value, f"{name} is a mapping, and CloudFormation takes JSON text there")
    if isinstance(value, str | Unresolved):
        try:
            value = load_json(value)
        except ValueError as error:
            return Malformed.of(value, f"{name} is not JSON: {error}")
    return read_policy_document(value, name)
