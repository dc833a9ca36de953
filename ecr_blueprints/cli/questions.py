"""Questions to a person at a terminal; what is not understood is asked again, with what is allowed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from ecr_blueprints.cli.output import standard_output_encoding
from ecr_blueprints.errors import EcrBlueprintsError, InvalidValueError
from ecr_blueprints.reporters.terminal_text import printable, wrap

__all__ = [
    "NobodyToAskError",
    "ask",
    "ask_number",
    "ask_yes_or_no",
    "can_ask",
    "read_number",
    "read_yes_or_no",
]

T = TypeVar("T")

_INDENT: Final = "  "
_YES: Final = frozenset({"y", "yes", "yeah", "yep", "yup", "sure", "true", "ja", "oui", "si"})
_NO: Final = frozenset({"n", "no", "nope", "nah", "none", "never", "false", "nein", "non"})
_WORDS: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBER: Final = re.compile(
    r"(?:(?:about|around|circa|ca\.?|roughly|some|over|~|>) ?)?"
    r"(\d+|\d{1,3}(?:[,._' ]\d{3})+)"
    r"(?: ?\+| [a-z]+)?"
)


class NobodyToAskError(EcrBlueprintsError):
    """Standard input ended before a question was answered."""


def can_ask() -> bool:
    """Whether somebody can answer: standard input and output are a terminal's."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def ask(question: str, read: Callable[[str], T], *, default: str | None = None) -> T:
    """Asks until the answer can be read.

    Args:
        question: The question, as one paragraph.
        read: Makes something of the answer, without the space around it.
        default: What an empty answer stands for, shown in brackets. Default: there has to be an answer.

    Raises:
        NobodyToAskError: Standard input ended.
    """
    encoding = standard_output_encoding()
    shown = question if default is None else f"{question} [{default}]"
    _write("", *wrap(printable(shown, encoding)))
    while True:
        answer = _answer()
        if not answer and default is not None:
            answer = default
        try:
            return read(answer)
        except InvalidValueError as error:
            allowed = f"; allowed: {error.allowed}" if error.allowed else ""
            _write(*wrap(printable(f"{error.what}{allowed}", encoding), first=_INDENT, rest=_INDENT))


def ask_number(question: str, *, check: Callable[[int], object]) -> int:
    """Asks for a number of something.

    Args:
        question: The question.
        check: Raises `InvalidValueError` for a number that cannot be.
    """

    def read(answer: str) -> int:
        number = read_number(answer)
        check(number)
        return number

    return ask(question, read)


def ask_yes_or_no(question: str) -> bool:
    """Asks what is yes or no; an empty answer is no."""
    return ask(question, read_yes_or_no, default="no")


def read_number(answer: str) -> int:
    """The number of an answer such as ``12``, ``1,200``, ``about 40``, ``twelve`` or ``30 accounts``.

    Raises:
        InvalidValueError: There is no whole number in it, or more than one.
    """
    text = " ".join(answer.lower().split())
    first = text.partition(" ")[0]
    if first in _WORDS:
        return _WORDS.index(first) + 1
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InvalidValueError(
            f"{answer!r} is no number" if answer else "nothing was answered",
            allowed="a whole number; roughly is good enough",
        )
    return int(re.sub(r"[,._' ]", "", match.group(1)))


def read_yes_or_no(answer: str) -> bool:
    """What an answer such as ``y``, ``Yes.`` or ``nope`` says.

    Raises:
        InvalidValueError: It says neither.
    """
    word = answer.lower().strip(" .!")
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidValueError(f"{answer!r} is neither", allowed="yes or no")


def _answer() -> str:
    sys.stdout.write(f"{_INDENT}> ")
    sys.stdout.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"
    if not line:
        raise NobodyToAskError("standard input ended before the questions did", fix="answer, or give options")
    return line.strip()


def _write(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
