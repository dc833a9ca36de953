"""The seeding list: which images a registry without egress has to be filled with, and how each gets there.

Synthesis writes it as ``seeding-list.json`` beside ``registry.json``; ``ecr-blueprints seed`` works it off.
Members that a reader does not know are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.domain.principals import check_region
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import InvalidValueError, UnusableInputError

__all__ = [
    "SEEDING_LIST_FILE_NAME",
    "SEEDING_LIST_VERSION",
    "Filling",
    "Seed",
    "parse_seeding_list",
    "render_seeding_list",
]

SEEDING_LIST_FILE_NAME: Final = "seeding-list.json"
"""Its name in the cloud assembly."""

SEEDING_LIST_VERSION: Final = 1
_AGAIN: Final = "synthesize again, and take the seeding-list.json of the cloud assembly"


class Filling(StrEnum):
    """How an image gets into its repository."""

    PULL_THROUGH = "pull-through"
    """It is pulled by its tag through the cache, from a host that reaches the upstream; nothing can be pushed
    into a cache's repository (facts §4)."""

    COPY = "copy"
    """It is copied by its digest into an ordinary repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One image in one registry.

    Attributes:
        source: The repository at the upstream, host and all: ``docker.io/library/nginx``.
        digest: What the tag has to mean: the digest of the manifest, or of the index.
        target: The repository's URI.
        tag: The tag, at the upstream and in the repository.
        region: The Region of the registry.
        filling: How it gets there.
    """

    source: str
    digest: str
    target: str
    tag: str
    region: str
    filling: Filling


def render_seeding_list(seeds: Iterable[Seed]) -> str:
    """The list as JSON text, the same for the same seeds.

    Args:
        seeds: In the order in which they are to be filled.
    """
    document = {
        "seedingListVersion": SEEDING_LIST_VERSION,
        "seeds": [
            {
                "source": seed.source,
                "tag": seed.tag,
                "digest": seed.digest,
                "target": seed.target,
                "region": seed.region,
                "filling": str(seed.filling),
            }
            for seed in seeds
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def parse_seeding_list(text: str, *, where: str = SEEDING_LIST_FILE_NAME) -> tuple[Seed, ...]:
    """Reads a seeding list.

    Args:
        text: The JSON text.
        where: How to name it in errors. Default: ``seeding-list.json``.

    Raises:
        UnusableInputError: It is no seeding list, is of an unknown version, or holds a value of a wrong kind.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableInputError(f"not JSON: {error}", where=where, fix=_AGAIN) from None
    if not isinstance(document, dict) or "seedingListVersion" not in document:
        raise UnusableInputError(
            "not a seeding list: the member seedingListVersion is missing", where=where, fix=_AGAIN
        )
    if document["seedingListVersion"] != SEEDING_LIST_VERSION:
        raise UnusableInputError(
            f"version {document['seedingListVersion']!r} of the seeding list is not known",
            where=where,
            allowed=str(SEEDING_LIST_VERSION),
            fix="use the version of ecr-blueprints that wrote it, or a newer one",
        )
    entries = document.get("seeds")
    if not isinstance(entries, list):
        raise UnusableInputError("the member seeds is no list", where=where, fix=_AGAIN)
    return tuple(_seed(entry, f"{where}: seeds[{index}]") for index, entry in enumerate(entries))


def _seed(entry: object, where: str) -> Seed:
    if not isinstance(entry, Mapping):
        raise UnusableInputError("is no object", where=where, fix=_AGAIN)
    try:
        return Seed(
            source=_text(entry, "source"),
            digest=ImageDigest(_text(entry, "digest")),
            target=_text(entry, "target"),
            tag=check_image_tag(_text(entry, "tag")),
            region=check_region(_text(entry, "region")),
            filling=_filling(entry),
        )
    except InvalidValueError as error:
        raise UnusableInputError(error.what, where=where, allowed=error.allowed, fix=error.fix) from None


def _text(entry: Mapping[str, Any], member: str) -> str:
    value = entry.get(member)
    # A leading hyphen would be an option of the tool that is run with it.
    if (
        not isinstance(value, str)
        or not value
        or value.startswith("-")
        or any(sign.isspace() for sign in value)
    ):
        raise InvalidValueError(f"{member} is {value!r}", allowed="a text", fix=_AGAIN)
    return value


def _filling(entry: Mapping[str, Any]) -> Filling:
    value = _text(entry, "filling")
    if value not in set(Filling):
        raise InvalidValueError(f"filling is {value!r}", allowed=", ".join(Filling), fix=_AGAIN)
    return Filling(value)
