"""A resource of a template that may exist already, and would be imported then."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Resolvable

__all__ = ["ImportCandidate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCandidate:
    """One resource of ECR in a stack, with what an import needs of it.

    Attributes:
        stack: The stack, as the CDK command line knows it.
        logical_id: Its logical ID.
        resource_type: Its CloudFormation type.
        identifier: The value by which CloudFormation finds it; None where CloudFormation generates one.
        source: Where it is declared.
        properties: The names of the properties that the template renders.
        refers_to: The logical IDs of the same template that it refers to or depends on.
        has_deletion_policy: Whether the template says what becomes of it; an import demands it.
    """

    stack: str
    logical_id: str
    resource_type: str
    identifier: Resolvable[str] | None
    source: SourceLocation
    properties: frozenset[str] = frozenset()
    refers_to: frozenset[str] = frozenset()
    has_deletion_policy: bool = True
