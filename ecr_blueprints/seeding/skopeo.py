"""skopeo, the tool that reads and copies images between registries without a container engine."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from ecr_blueprints.errors import EcrBlueprintsError, MissingDependencyError

__all__ = ["RegistryRefusal", "Skopeo"]

_PROGRAM: Final = "skopeo"
_INSTALL: Final = (
    "install it: apt-get install skopeo, dnf install skopeo, brew install skopeo, or as on "
    "https://github.com/containers/skopeo/blob/main/install.md"
)
_ABSENT: Final = ("manifest unknown", "name unknown", "repository name not known", "404 (not found)")
"""How registries say that there is no such image or repository; skopeo passes their words on."""


class RegistryRefusal(EcrBlueprintsError):
    """A registry, or skopeo, did not do what was asked.

    Attributes:
        is_absence: Whether it said that there is no such image or repository.
    """

    def __init__(self, what: str, *, where: str, is_absence: bool) -> None:
        super().__init__(what, where=where)
        self.is_absence = is_absence


class Skopeo:
    """skopeo 1.6 or newer, found on the PATH.

    It takes credentials, mirrors and certificates from where it always does: ``skopeo login``, ``auth.json``,
    ``registries.conf``. Nothing of them passes through here.

    Raises:
        MissingDependencyError: There is none.

    Source: https://github.com/containers/skopeo/tree/main/docs
    """

    def __init__(self) -> None:
        found = shutil.which(_PROGRAM)
        if found is None:
            raise MissingDependencyError("skopeo is not installed, or not on the PATH", fix=_INSTALL)
        self._path = found

    def tags(self, repository: str) -> frozenset[str]:
        """The tags of a repository; none where there is no such repository.

        Args:
            repository: Host and name.

        Raises:
            RegistryRefusal: The registry did not answer.
        """
        try:
            listed = _json(self._run("list-tags", f"docker://{repository}", where=repository), repository)
        except RegistryRefusal as refusal:
            if refusal.is_absence:
                return frozenset()
            raise
        return frozenset(listed.get("Tags") or ())

    def manifest(self, image: str) -> bytes:
        """The manifest of an image, or the index of one with several platforms, as the registry holds it.

        Args:
            image: ``<repository>:<tag>`` or ``<repository>@<digest>``.

        Raises:
            RegistryRefusal: There is none, or the registry did not answer.
        """
        return self._run("inspect", "--raw", f"docker://{image}", where=image)

    def digest(self, image: str) -> str:
        """The digest of an image's manifest or index.

        Args:
            image: As for `manifest`.

        Raises:
            RegistryRefusal: As for `manifest`.
        """
        return f"sha256:{hashlib.sha256(self.manifest(image)).hexdigest()}"

    def children(self, image: str) -> tuple[str, ...]:
        """The digests of an index's images; none for an image of one platform.

        Args:
            image: As for `manifest`.

        Raises:
            RegistryRefusal: As for `manifest`.
        """
        document = _json(self.manifest(image), image)
        return tuple(str(child["digest"]) for child in document.get("manifests", ()))

    def copy(self, source: str, target: str) -> None:
        """Copies an image with all its platforms, byte for byte.

        Args:
            source: As for `manifest`.
            target: ``<repository>:<tag>``.

        Raises:
            RegistryRefusal: It could not be read or written.
        """
        self._copy(f"docker://{source}", f"docker://{target}", where=target)

    def fetch(self, image: str, folder: Path) -> None:
        """Downloads an image with all its platforms and layers.

        Args:
            image: As for `manifest`.
            folder: An empty folder.

        Raises:
            RegistryRefusal: It could not be read.
        """
        self._copy(f"docker://{image}", f"dir:{folder}", where=image)

    def _copy(self, source: str, target: str, *, where: str) -> None:
        self._run("copy", "--all", "--preserve-digests", "--quiet", source, target, where=where)

    def _run(self, *arguments: str, where: str) -> bytes:
        result = subprocess.run(
            [self._path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if result.returncode != 0:
            said = result.stderr.decode(errors="replace").strip()
            last = said.splitlines()[-1] if said else f"exit code {result.returncode}"
            message = last.partition('msg="')[2].removesuffix('"') or last
            raise RegistryRefusal(
                message.replace('\\"', '"'),
                where=where,
                is_absence=any(word in message.lower() for word in _ABSENT),
            )
        return result.stdout


def _json(text: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RegistryRefusal("the registry answered something else than JSON", where=where, is_absence=False)
    return document
