"""Which CloudFormation stack owns a resource that exists."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StackOwner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOwner:
    """The place of a resource in CloudFormation.

    Attributes:
        stack: The stack's name.
        logical_id: The resource's logical ID in it.
    """

    stack: str
    logical_id: str
