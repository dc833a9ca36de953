"""Lists of a blueprint that say something twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_repetitions"]


def check_repetitions(
    document: MarkedDocument, team_places: Sequence[Place], told: Collection[str | None]
) -> Iterator[BlueprintError]:
    """What stands twice in one list: at best it means nothing, and often something else was meant.

    Args:
        document: The main file.
        team_places: Where each team stands.
        told: The places of which something is told already.
    """
    files = {id(one): one for one in (document, *(place[0] for place in team_places))}
    for one in files.values():
        for path, value in _repeated(one.value, ()):
            where = one.where(path)
            if where not in told:
                yield BlueprintError(f"{value!r} stands twice in this list", where=where, fix="remove it")


def _repeated(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str | int]]:
    """Every text and number below a value that its list has before."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _repeated(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            if not isinstance(member, str | int):
                yield from _repeated(member, (*path, index))
            elif member in value[:index]:
                yield (*path, index), member
