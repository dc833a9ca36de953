"""An image of another registry, as a person refers to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import InvalidValueError

__all__ = ["UpstreamImage", "check_tagged_name"]

_NAME: Final = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_HOST: Final = re.compile(r"(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+(?::[0-9]+)?|[a-zA-Z0-9-]+:[0-9]+")
_FORM: Final = "a host, a name and a digest, such as quay.io/prometheus/node-exporter@sha256:…"
_DOCKER_HUB: Final = "docker.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamImage:
    """An image by its digest: always the same one.

    Attributes:
        repository: The host and the repository's name, such as ``quay.io/prometheus/node-exporter``.
        digest: Of its manifest, or of its index where it has several platforms.

    Source: https://github.com/distribution/reference (the grammar of a reference)
    """

    repository: str
    digest: ImageDigest

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference by digest.

        Args:
            text: ``<host>/<name>@sha256:…``.

        Raises:
            InvalidValueError: It is none, leaves out the host, or names the image by a tag.
        """
        repository, at, digest = text.partition("@")
        host, slash, name = repository.partition("/")
        if not at:
            raise _refused(
                text, f"has no digest; a tag of {host} can move", fix="write @sha256:… after its name"
            )
        if not slash or not _HOST.fullmatch(host):
            raise _refused(
                text, "does not say which registry it is in", fix=f"write {_DOCKER_HUB}/… for Docker Hub"
            )
        bare, colon, _ = name.partition(":")
        if colon:
            raise _refused(text, "has both a tag and a digest", fix=f"write {host}/{bare}@{digest}")
        if not _NAME.fullmatch(name):
            raise _refused(text, "has a name that no registry takes")
        if host == _DOCKER_HUB and "/" not in name:
            raise _refused(
                text,
                "is an official image of Docker Hub by its short name",
                fix=f"write {_DOCKER_HUB}/library/{name}@{digest}",
            )
        return cls(repository=repository, digest=ImageDigest(digest))


def check_tagged_name(text: str) -> tuple[str, str]:
    """The name and the tag of ``<name>:<tag>``, both of which an upstream can have.

    Args:
        text: Such as ``library/nginx:1.27``.

    Raises:
        InvalidValueError: It has no tag, a digest, or a malformed part.
    """
    name, colon, tag = text.partition(":")
    if not colon or "@" in text or not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{text!r} is not an image by its tag",
            where="seed",
            allowed="the name at the upstream, a colon and the tag, such as library/nginx:1.27",
            fix="give the tag here, and the digest as its value",
        )
    return name, check_image_tag(tag)


def _refused(text: str, why: str, *, fix: str | None = None) -> InvalidValueError:
    return InvalidValueError(f"{text!r} {why}", where="upstream image", allowed=_FORM, fix=fix)
