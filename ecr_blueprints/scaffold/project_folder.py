"""The folder of a new project: all of its files are written, or none, and nothing is overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from ecr_blueprints.errors import EcrBlueprintsError

__all__ = ["check_project_folder", "write_project"]

_ELSEWHERE: Final = "name a folder that does not exist yet, or an empty one"


def check_project_folder(folder: Path, paths: Collection[str]) -> None:
    """Checks that a project can go into a folder: it is not there yet, or holds nothing that it would write.

    A repository that was just made holds ``.git``, and where a service made it, perhaps a licence: both stay
    as they are. A ``README.md`` or a ``.gitignore`` that is there is refused, since the project has its own;
    so is a folder that the project would add to, such as ``teams``.

    Args:
        folder: The folder.
        paths: What would be written: paths relative to the folder, with ``/``.

    Raises:
        EcrBlueprintsError: It holds something of that, is no folder, or nothing can be made there.
    """
    where = str(folder)
    try:
        if folder.is_dir():
            ours = {path.partition("/")[0] for path in paths}
            # Asked of the file system, which may not tell README.md from Readme.md.
            in_the_way = sorted(name for name in ours if os.path.lexists(folder / name))
            if in_the_way:
                raise EcrBlueprintsError(
                    f"it holds {', '.join(map(repr, in_the_way))}, and nothing is overwritten",
                    where=where,
                    fix=f"rename or move {'that' if len(in_the_way) == 1 else 'those'} and take over by hand "
                    "what is in there, or name another folder",
                )
            writable = folder
        elif os.path.lexists(folder):
            raise EcrBlueprintsError("exists and is no folder", where=where, fix=_ELSEWHERE)
        else:
            writable = folder.parent
            if not writable.is_dir():
                raise EcrBlueprintsError(
                    f"there is no folder {str(writable)!r} to put it in",
                    where=where,
                    fix="make that one first",
                )
        if not os.access(writable, os.W_OK | os.X_OK):
            raise EcrBlueprintsError(
                "nothing can be written there: permission denied", where=where, fix=_ELSEWHERE
            )
    except (OSError, ValueError) as error:
        raise _unwritten(folder, error) from None


def write_project(folder: Path, files: Mapping[str, str]) -> None:
    """Writes the files of a project in one step.

    They are written into a temporary folder first, which takes the name of the new folder; of a folder that
    is there, they are moved into it. Whatever happens before that leaves nothing behind.

    Args:
        folder: A folder that `check_project_folder` accepts.
        files: Path relative to the folder, with ``/``, to text. Written as UTF-8 with line feeds.

    Raises:
        EcrBlueprintsError: The folder cannot be made or is no longer free; nothing was changed.
    """
    check_project_folder(folder, files)
    existed = folder.is_dir()
    beside = folder if existed else folder.parent
    temporary = beside / f".{folder.name or 'project'}.{os.getpid()}.tmp"
    try:
        os.mkdir(temporary)
        try:
            for path, text in files.items():
                target = temporary.joinpath(*path.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with open(target, "x", encoding="utf-8", newline="\n") as stream:
                    stream.write(text)
            if existed:
                _move_into(temporary, folder)
            else:
                os.rename(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except (OSError, ValueError) as error:
        raise _unwritten(folder, error) from None


def _move_into(temporary: Path, folder: Path) -> None:
    """Moves what a folder holds into another; what was moved goes back if something does not go."""
    moved: list[Path] = []
    try:
        for entry in sorted(temporary.iterdir()):
            target = folder / entry.name
            if os.path.lexists(target):
                raise FileExistsError(None, f"{entry.name} came to be there meanwhile")
            os.rename(entry, target)
            moved.append(target)
    except BaseException:
        for target in moved:
            os.rename(target, temporary / target.name)
        raise


def _unwritten(folder: Path, error: OSError | ValueError) -> EcrBlueprintsError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return EcrBlueprintsError(
        f"cannot be written: {reason.lower()}; nothing was changed", where=str(folder), fix=_ELSEWHERE
    )
