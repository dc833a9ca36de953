"""Where everything in a blueprint stands, for errors that only the stacks find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.errors import BlueprintError, EcrBlueprintsError

__all__ = ["BlueprintPlaces", "placed_errors"]

_OF_TENANT: Final = ("caches", "consumers", "registry", "teams")
"""Keys of a registry account; where each team has one, they stand in the team's file, or are the team."""

_IN_A_BLUEPRINT: Final[Mapping[str, str]] = {
    "set development=DevelopmentScanning.CONTINUOUS": "write `scanning: {development: continuous}`",
    "use filters such as 'prod/*' that take in many repositories": "declare fewer stages: each has a filter",
}
"""What a construct advises → what that is in a blueprint, where the construct speaks of its arguments."""


@dataclass(frozen=True, slots=True)
class BlueprintPlaces:
    """The files of a blueprint and where each team stands in them.

    Two are always equal: where something stands is no part of what a blueprint says.

    Attributes:
        document: The main file.
        teams: The name of each team → where it stands.
        tenant: Whose registry it is, where each team has its own. Default: everybody's.
    """

    document: MarkedDocument = field(compare=False)
    teams: Mapping[str, Place] = field(compare=False)
    tenant: str | None = field(default=None, compare=False)

    def where(self, *key_path: str | int) -> str:
        """``file:line: key.path`` of a key.

        Args:
            key_path: The keys from the root of the blueprint.
        """
        if self.tenant is not None and key_path and key_path[0] in _OF_TENANT:
            of_team = key_path if key_path[0] in ("caches", "consumers") else ()
            return self.of_team(self.tenant, *of_team)
        return self.document.where(key_path)

    def of_team(self, team: str, *key_path: str | int) -> str:
        """``file:line: key.path`` of a key of a team, be it in the main file or in one of its own.

        Args:
            team: The team's name.
            key_path: The keys below it.
        """
        document, root = self.teams[team]
        below: KeyPath = key_path
        return document.where((*root, *below))


@contextmanager
def placed_errors(where: str | None) -> Iterator[None]:
    """Have what is refused inside be refused at a place of the blueprint.

    Constructs know nothing of the file: they name an argument or a construct path. The innermost place wins,
    since an error that has one is left as it is.

    Args:
        where: ``file:line: key.path``; None where the blueprint was not read from a file: then an error stays
            as it is.

    Raises:
        BlueprintError: In the place of any error that the library raises on purpose.
        RuntimeError: What the CDK raises, with a note of the place: nobody has said what is to be done.
    """
    try:
        yield
    except BlueprintError:
        raise
    except EcrBlueprintsError as error:
        if where is None:
            raise
        fix = error.fix
        for words, in_a_blueprint in _IN_A_BLUEPRINT.items():
            fix = fix and fix.replace(words, in_a_blueprint)
        raise BlueprintError(error.what, where=where, allowed=error.allowed, fix=fix) from error
    except RuntimeError as error:
        if where is not None:
            error.add_note(f"This was made for {where}")
        raise
