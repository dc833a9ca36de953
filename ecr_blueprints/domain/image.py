"""Images, as they are referred to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from ecr_blueprints.domain.principals import parse_registry_uri
from ecr_blueprints.domain.repository_name import NAME_PART_IN_WORDS, REPOSITORY_NAME_PATTERN
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import InvalidValueError

__all__ = ["IMAGE_DIGEST_PATTERN", "ImageDigest", "ImageReference"]

IMAGE_DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"
"""The digest that ECR gives an image.

Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#sha-256
"""

_DIGEST = re.compile(IMAGE_DIGEST_PATTERN)
_REPOSITORY = re.compile(REPOSITORY_NAME_PATTERN)
_REGISTRY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_TAG_AT_THE_END = re.compile(r":([^:/]*)\Z")


class ImageDigest(str):
    """The digest of an image's manifest, which always means the same image; valid once it exists.

    It is a string: it goes wherever a digest goes.

    Args:
        value: ``sha256:`` and 64 lower-case hexadecimal digits.

    Raises:
        InvalidValueError: The text is no digest.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Check the digest."""
        if not _DIGEST.fullmatch(value):
            bare = re.fullmatch(r"[0-9a-f]{64}", value.lower().removeprefix("sha256:"))
            raise InvalidValueError(
                f"{value!r} is not an image digest",
                where="image digest",
                allowed="sha256: and 64 lower-case hexadecimal digits",
                fix=None if bare is None else f"write 'sha256:{bare.group()}'",
            )
        return super().__new__(cls, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReference:
    """What a task or pod names to be run: ``registry/repository:tag@digest``.

    Attributes:
        repository: The repository's name without the registry.
        registry: The registry's host name, with a port if need be; None if it is left to the client.
        tag: The tag; None if it is not said.
        digest: The digest; None if it is not said.

    Raises:
        InvalidValueError: A part is malformed.

    Source: https://github.com/distribution/reference/blob/main/reference.go (the grammar)
    """

    repository: str
    registry: str | None = None
    tag: str | None = None
    digest: ImageDigest | None = None

    def __post_init__(self) -> None:
        """Check the parts."""
        if not _REPOSITORY.fullmatch(self.repository):
            raise InvalidValueError(
                f"{self.repository!r} is not the name of a repository",
                where="image reference",
                allowed=f"{NAME_PART_IN_WORDS}, in parts separated by '/'",
            )
        if self.registry is not None and not _REGISTRY.fullmatch(self.registry):
            raise InvalidValueError(
                f"{self.registry!r} is not the host name of a registry",
                where="image reference",
                allowed="a host name, with ':' and a port if need be, without 'https://'",
            )
        if self.tag is not None:
            check_image_tag(self.tag)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference.

        What stands before the first ``/`` is the registry if it holds a ``.`` or ``:``, or is ``localhost``;
        that is how container clients tell it from the first part of a repository's name.

        Args:
            text: Such as ``111122223333.dkr.ecr.eu-west-1.amazonaws.com/prod/api:v1.4.2``.

        Raises:
            InvalidValueError: A part is malformed.
        """
        name, at, digest = text.partition("@")
        tag_match = _TAG_AT_THE_END.search(name)
        tag = None
        if tag_match is not None:
            tag, name = tag_match.group(1), name[: tag_match.start()]
        registry: str | None
        registry, slash, repository = name.partition("/")
        if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
            registry, repository = None, name
        return cls(
            registry=registry, repository=repository, tag=tag, digest=ImageDigest(digest) if at else None
        )

    @property
    def account_and_region(self) -> tuple[str, str] | None:
        """The account id and Region of the private ECR registry; None for any other registry."""
        return None if self.registry is None else parse_registry_uri(self.registry)

    def render(self) -> str:
        """The reference as a client takes it."""
        text = self.repository if self.registry is None else f"{self.registry}/{self.repository}"
        if self.tag is not None:
            text += f":{self.tag}"
        return text if self.digest is None else f"{text}@{self.digest}"

    def __str__(self) -> str:
        return self.render()
