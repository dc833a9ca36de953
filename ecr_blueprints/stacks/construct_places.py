"""Which construct of an app comes from which place of its blueprint, for what synthesis refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from constructs import Construct

__all__ = ["come_from", "in_the_blueprint", "place_of"]

_ATTRIBUTE: Final = "_ecr_blueprints_places"
"""Attribute of an app: construct path → ``file:line: key.path``."""

_FAILED: Final = re.compile(r"\[(?P<path>[^\]]*)\]\s*(?P<what>.*)", re.DOTALL)
"""What CDK writes of a validation that failed: the construct's path and what is wrong."""


def come_from(app: Construct, construct_path: str, where: str | None) -> None:
    """Note the place of the blueprint from which a construct comes, and all that is below it.

    Args:
        app: The app.
        construct_path: The construct's path.
        where: ``file:line: key.path``; None where the blueprint was not read from a file.
    """
    if where is not None:
        vars(app).setdefault(_ATTRIBUTE, {})[construct_path] = where


def place_of(app: Construct, construct_path: str) -> str | None:
    """The place from which a construct, or the nearest one above it, comes; None where none is known.

    Args:
        app: The app.
        construct_path: The construct's path.
    """
    places: dict[str, str] = vars(app).get(_ATTRIBUTE, {})
    parts = construct_path.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((places[path] for path in above if path in places), None)


def in_the_blueprint(app: Construct, failed: Iterable[str]) -> list[str]:
    """What constructs' validations said, at the places of the blueprint; each place once.

    A repository that stands in several stages and Regions fails in each, by one and the same mistake.

    Args:
        app: The app.
        failed: Each with its construct path in brackets; kept as it is where no place is known.
    """
    found: dict[str, str] = {}
    for line in failed:
        match = _FAILED.match(line)
        where = None if match is None else place_of(app, match["path"])
        if match is None or where is None:
            found.setdefault(line, line)
        else:
            found.setdefault(where, f"{where}: {match['what']}")
    return list(found.values())
