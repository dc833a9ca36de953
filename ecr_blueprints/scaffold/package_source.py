"""Where this package was installed from, as a new project's requirements have to name it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any, Final

from ecr_blueprints._version import __version__

__all__ = ["INDEX", "PackageSource", "installed_source", "source_of"]

_DISTRIBUTION: Final = "ecr-blueprints"
_EXTRA: Final = "ecr-blueprints[cdk]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """A line of ``requirements.txt``, and what a reader has to know of it.

    Attributes:
        requirement: The line, as `PEP 508 <https://peps.python.org/pep-0508/>`_ has it.
        notes: Comments above it, without ``#``.
    """

    requirement: str
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> str:
        """The comments and the requirement, as they stand in the file."""
        return "\n".join([*(f"# {note}" for note in self.notes), self.requirement])


INDEX: Final = PackageSource(requirement=f"{_EXTRA}=={__version__}")
"""The version that runs, from a package index."""

_FROM_HERE: Final = (
    "ECR Blueprints was installed from this path, which other machines and the workflow do not have. Write",
    "for them the git URL of a clone, {extra} @ git+https://HOST/PATH@COMMIT,",
    "or where an index has it {pinned}.",
)
_FROM_ELSEWHERE: Final = (
    "ECR Blueprints was installed from this address. Where an index has it, write {pinned}.",
)


def installed_source() -> PackageSource:
    """Where the installed package came from; the index where nothing tells otherwise.

    Installers note what came from a folder, a file or a version control system; what came from an index has
    no such note: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    try:
        noted = distribution(_DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return INDEX
    if noted is None:
        return INDEX
    try:
        found = json.loads(noted)
    except ValueError:
        return INDEX
    return source_of(found) if isinstance(found, dict) else INDEX


def source_of(direct_url: Mapping[str, Any]) -> PackageSource:
    """The source that an installer has noted.

    A folder is named without asking for an editable install; a version control system by the commit that
    was installed.

    Args:
        direct_url: What ``direct_url.json`` holds.
    """
    url = direct_url.get("url")
    if not isinstance(url, str) or not url:
        return INDEX
    is_here = url.startswith("file:")
    vcs = direct_url.get("vcs_info")
    if isinstance(vcs, dict) and not is_here:  # Requirements cannot name git+file:///…, but the folder.
        if not {"vcs", "commit_id"} <= set(vcs):
            return INDEX
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    if direct_url.get("subdirectory"):
        url = f"{url}#subdirectory={direct_url['subdirectory']}"
    notes = _FROM_HERE if is_here else _FROM_ELSEWHERE
    return PackageSource(
        requirement=f"{_EXTRA} @ {url}",
        notes=tuple(note.format(extra=_EXTRA, pinned=INDEX.requirement) for note in notes),
    )
