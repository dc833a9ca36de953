"""A text that an argument names: a file, or standard input."""

from __future__ import annotations

import sys

from ecr_blueprints.errors import UnusableInputError

__all__ = ["STANDARD_STREAM", "name_of", "read_text"]

STANDARD_STREAM = "-"
"""The argument that stands for standard input."""


def name_of(path: str) -> str:
    """The text as errors name it."""
    return "standard input" if path == STANDARD_STREAM else path


def read_text(path: str, *, argument: str) -> str:
    """The text, from UTF-8, or from UTF-16 with a byte order mark as PowerShell writes it.

    Args:
        path: The file, or ``-`` for standard input.
        argument: The argument as the usage names it, for the error.

    Raises:
        UnusableInputError: There is no such text, or it cannot be read.
    """
    content = _content(path, argument)
    if isinstance(content, str):
        return content
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableInputError(
            f"is not text in UTF-8: byte {error.start + 1} does not fit",
            where=name_of(path),
            fix="save it as UTF-8",
        ) from None


def _content(path: str, argument: str) -> str | bytes:
    if not path:
        raise UnusableInputError(
            "the path is empty", where=argument, fix="check the variable that should hold it"
        )
    if path == STANDARD_STREAM:
        if sys.stdin is None:  # It was closed (``<&-``), whatever the type stubs say.
            raise UnusableInputError("there is no standard input", where=argument, fix="name a file")
        stream = getattr(sys.stdin, "buffer", sys.stdin)
    try:
        if path == STANDARD_STREAM:
            content: str | bytes = stream.read()
            return content
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnusableInputError(
            f"cannot be read: {reason.lower()}",
            where=name_of(path),
            fix=f"check what is given as {argument}",
        ) from None
