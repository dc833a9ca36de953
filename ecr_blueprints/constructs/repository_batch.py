"""Repositories of one scope that are made together: what is the same for all, CDK is asked and told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.repository_resource import repository_selector, repository_type

__all__ = ["Complete", "RepositoryBatch", "made_together"]

_BATCH: Final = "_ecr_blueprints_batch"
"""Attribute of a scope with the batch that is being made in it."""

Complete: TypeAlias = Callable[[ecr.CfnRepository | None, Mapping[str, str]], None]
"""Sets what a repository holds back: given its resource, or None if it has to find it, and its own tags."""


@dataclass(frozen=True, slots=True)
class _Member:
    construct_id: str
    tags: Mapping[str, str]
    complete: Complete


class RepositoryBatch:
    """The repositories that are being made in one scope.

    Args:
        scope: Where they are.
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._members: list[_Member] = []

    @classmethod
    def in_scope(cls, scope: Construct) -> RepositoryBatch | None:
        """The batch that is being made in a scope, or None.

        Args:
            scope: The scope to which a repository belongs directly.
        """
        batch: RepositoryBatch | None = vars(scope).get(_BATCH)
        return batch

    def add(self, construct_id: str, *, tags: Mapping[str, str], complete: Complete) -> None:
        """Enter a repository that has just been made.

        Args:
            construct_id: Its id in the scope.
            tags: Its tags.
            complete: Called at the end.
        """
        self._members.append(_Member(construct_id, tags, complete))

    def complete(self) -> None:
        """Set what was held back."""
        if not self._members:
            return
        resources = self._resources()
        shared = {} if resources is None else self._shared_tags()
        if shared:
            tagged = cdk.Tags.of(self._scope)
            for key, value in shared.items():
                tagged.add(key, value, include_resource_types=[repository_type()])
        for index, member in enumerate(self._members):
            member.complete(
                None if resources is None else resources[index],
                {key: value for key, value in member.tags.items() if key not in shared},
            )

    def _resources(self) -> Sequence[ecr.CfnRepository] | None:
        """The resource of each member; None where the order in which CDK finds them does not tell them apart.

        CDK goes through the children in the order of a JavaScript object: as they were made, but for ids that
        are whole numbers, which come first. As many as there are members, they are theirs.

        Source: https://tc39.es/ecma262/#sec-ordinaryownpropertykeys
        """
        if any(member.construct_id.isdecimal() for member in self._members):
            return None
        found = [
            one for one in repository_selector().select(self._scope) if isinstance(one, ecr.CfnRepository)
        ]
        return found if len(found) == len(self._members) else None

    def _shared_tags(self) -> dict[str, str]:
        """What every member has with the same value."""
        first, *others = self._members
        return {
            key: value
            for key, value in first.tags.items()
            if all(other.tags.get(key) == value for other in others)
        }


@contextmanager
def made_together(scope: Construct) -> Iterator[None]:
    """Make each `ImageRepository` that stands directly in a scope with fewer calls into Node.js.

    Inside, lifecycle, tags and policies of the repositories are held back; at the end their resources are
    found by one call, tags that all of them have are put on the scope, for repositories alone, and each gets
    its lifecycle and its policy by one call each. The templates are the same; only that a tag of the same
    key which is later put on the scope wins over one that all repositories have.

    Args:
        scope: Where they are made; nobody else makes repositories there meanwhile.
    """
    batch = vars(scope)[_BATCH] = RepositoryBatch(scope)
    try:
        yield
    finally:
        del vars(scope)[_BATCH]
    batch.complete()
