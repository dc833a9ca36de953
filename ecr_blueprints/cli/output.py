"""Where the program's words go: standard output, standard error, a file that is whole or not there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.reporters.terminal_text import printable

__all__ = ["print_error", "standard_output_encoding", "write_file", "write_folder", "write_standard_output"]


def print_error(message: str) -> None:
    """Prints one message on standard error, as one line of characters that it can show."""
    if sys.stderr is None:  # It was closed (``2>&-``), whatever the type stubs say.
        return
    try:
        sys.stderr.write(f"ecr-blueprints: {printable(message, sys.stderr.encoding)}\n")
        sys.stderr.flush()
    except OSError:
        pass  # Nobody is left to tell; the exit code still says it.


def standard_output_encoding() -> str:
    """The encoding of standard output; UTF-8 if there is none."""
    return "utf-8" if sys.stdout is None else sys.stdout.encoding or "utf-8"


def write_standard_output(write: Callable[[TextIO], None]) -> None:
    """Writes to standard output, quietly if its reader has gone (``| head``).

    Args:
        write: Writes to the stream that it is given.

    Raises:
        EcrBlueprintsError: Standard output cannot be written, for another reason.
    """
    if sys.stdout is None:  # It was closed (``>&-``), whatever the type stubs say.
        raise EcrBlueprintsError("is closed", where="standard output", fix="give --output a file")
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_standard_output()
    except OSError as error:
        _discard_standard_output()
        raise EcrBlueprintsError(f"cannot be written: {_reason(error)}", where="standard output") from error


def write_file(path: str, write: Callable[[TextIO], None]) -> None:
    """Writes a file in one step: whoever reads it sees the whole of it or what was there before.

    A device or a named pipe is written to directly. A symbolic link stays one; its target is
    written. The permissions of a file that exists stay.

    Args:
        path: The file.
        write: Writes to the stream that it is given, which is UTF-8 with line feeds on every system.

    Raises:
        EcrBlueprintsError: The path cannot be written; nothing was changed.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            with open(path, "w", encoding="utf-8", newline="\n") as device:
                write(device)
            return
        _replace_file(os.path.realpath(path), write)
    except OSError as error:
        raise EcrBlueprintsError(
            f"cannot be written: {_reason(error)}",
            where=path,
            fix="give --output a file in a folder that exists and can be written",
        ) from error


def write_folder(folder: str, files: Mapping[str, str]) -> None:
    """Writes a new folder in one step: it is there with all its files, or not at all.

    Args:
        folder: The folder, which does not exist yet.
        files: Path inside it → content.

    Raises:
        EcrBlueprintsError: It exists, or it cannot be written; nothing was changed.
    """
    target = os.path.abspath(folder)
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        for name, text in files.items():
            path = os.path.join(temporary, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        os.makedirs(temporary, exist_ok=True)
        os.rename(temporary, target)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise EcrBlueprintsError(
            f"cannot be written: {_reason(error)}",
            where=folder,
            fix="give --output a folder that does not exist, in one that does",
        ) from error


def _replace_file(path: str, write: Callable[[TextIO], None]) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(None, "it is a folder")
    exists = os.path.exists(path)
    if exists and not os.access(path, os.W_OK):
        raise PermissionError(None, "the file is read-only")
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    stream = open(temporary, "x", encoding="utf-8", newline="\n")  # noqa: SIM115  closed before it is renamed
    try:
        with stream:
            write(stream)
        if exists:
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _discard_standard_output() -> None:
    """Points standard output to nowhere, so that the interpreter's last flush does not fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
