"""Every ARN of a blueprint is of the partition of its Regions: another one's principal never matches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_partitions"]

_ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):")


def check_partitions(
    region: str, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The ARNs that nobody of the blueprint's partition has.

    Args:
        region: One of the blueprint's Regions.
        document: The main file.
        team_places: Where each team stands.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: a partition is a group of
    Regions, and each account is scoped to one.
    """
    partition = partition_of(region).name
    files = {id(one): one for one in (document, *(place[0] for place in team_places))}
    for one in files.values():
        for path, text in _texts(one.value, ()):
            found = _ARN.match(text)
            if found is not None and found["partition"] != partition:
                yield BlueprintError(
                    f"{text!r} is in the partition {found['partition']}, and {region!r} in {partition}",
                    where=one.where(path),
                    allowed=f"arn:{partition}:…; nobody of another partition matches",
                )


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text below a value, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _texts(member, (*path, key))
