"""Text for a terminal: characters that it can show, lines that fit."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["WIDTH", "display_width", "printable", "wrap"]

WIDTH = 80
"""Columns of a line, whatever the terminal."""

_ASCII = str.maketrans(
    {
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "--",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{MIDDLE DOT}": "-",
        "\N{SECTION SIGN}": "section ",
    }
)
_BREAK_AFTER = "/:,;.-_@=|&?"


def printable(text: str, encoding: str | None) -> str:
    """The text on one line, without what a terminal would act on or cannot show.

    Control and formatting characters (of a name in a foreign template, say) are written as
    escapes. A character that the encoding lacks becomes its ASCII spelling, or an escape.

    Args:
        text: Any text; runs of white space become one space.
        encoding: The encoding of the stream; None for one that takes every character.
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in line
    )
    if encoding is None:
        return shown
    try:
        shown.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return shown.translate(_ASCII).encode("ascii", "backslashreplace").decode()
    return shown


def display_width(text: str) -> int:
    """The columns that the text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def wrap(text: str, *, first: str = "", rest: str = "", width: int = WIDTH) -> Iterator[str]:
    """Lines of at most ``width`` columns, broken between words where possible.

    A word that is longer than a line (an ARN, a digest) is broken after a punctuation mark, or
    anywhere.

    Args:
        text: Words, as :func:`printable` gives them.
        first: What the first line starts with; it may be a label of any width below ``width``.
        rest: What every other line starts with.
        width: Columns of a line.
    """
    line, used, empty = first, display_width(first), True
    indent = display_width(rest)
    for word in text.split():
        left, size = word, display_width(word)
        while left:
            gap = 0 if empty else 1
            if used + gap + size <= width:
                line, used, empty, left = f"{line}{' ' * gap}{left}", used + gap + size, False, ""
                continue
            head = _head(left, width - used - gap, anywhere=empty)
            if not empty and (not head or indent + size <= width):
                yield line
            else:
                yield f"{line}{' ' * gap}{head}".rstrip()
                left = left[len(head) :]
                size = display_width(left)
            line, used, empty = rest, indent, True
    if not empty or first.strip():
        yield line.rstrip()


def _head(word: str, room: int, *, anywhere: bool) -> str:
    """The beginning of a word that fits, up to a punctuation mark; without one, nothing or what fits."""
    size = taken = mark = 0
    for position, character in enumerate(word):
        size += display_width(character)
        if size > room:
            break
        taken = position + 1
        if character in _BREAK_AFTER:
            mark = taken
    if mark or not anywhere:
        return word[:mark]
    return word[: max(taken, 1)]
