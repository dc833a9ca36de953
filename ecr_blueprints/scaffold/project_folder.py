"""The folder of a new project: all of its files are written, or none, and nothing is overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ecr_blueprints.errors import EcrBlueprintsError

__all__ = ["check_project_folder", "write_project"]

_ELSEWHERE: Final = "name a folder that does not exist yet, or an empty one"


def check_project_folder(folder: Path) -> None:
    """Checks that a project can go into a folder: it is not there yet, or is empty.

    Args:
        folder: The folder.

    Raises:
        EcrBlueprintsError: It holds something, is no folder, or nothing can be made there.
    """
    where = str(folder)
    try:
        if folder.is_dir():
            with os.scandir(folder) as entries:
                first = min((entry.name for entry in entries), default=None)
            if first is not None:
                raise EcrBlueprintsError(
                    f"the folder is not empty, it holds {first!r}", where=where, fix=_ELSEWHERE
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
    is there and empty, they are moved into it. Whatever happens before that leaves nothing behind.

    Args:
        folder: A folder that `check_project_folder` accepts.
        files: Path relative to the folder, with ``/``, to text. Written as UTF-8 with line feeds.

    Raises:
        EcrBlueprintsError: The folder cannot be made or is no longer free; nothing was changed.
    """
    check_project_folder(folder)
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
