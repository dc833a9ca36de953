"""The parts of a docstring: its text, its sections and their entries."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

__all__ = ["Section", "entries", "example_parts", "sections"]

_START = re.compile(r"(Examples?|Creates|Args|Attributes|Returns|Raises|Yields)::?")
_SOURCES = re.compile(r"Sources?:\s*(.*)")
_ENTRY = re.compile(r"(\*{0,2}\w+):\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a docstring.

    Attributes:
        name: ``Example``, ``Creates``, ``Args``, ``Attributes``, ``Returns``, ``Raises``, ``Yields`` or
            ``Sources``; empty for text between them.
        text: What it says, without its indentation.
    """

    name: str
    text: str


def sections(doc: str) -> list[Section]:
    """The parts of a docstring, in order; a paragraph ``Sources: …`` is a section too."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in doc.splitlines():
        if start := _START.fullmatch(line):
            parts.append((start.group(1).replace("Examples", "Example"), []))
        elif sources := _SOURCES.fullmatch(line):
            parts.append(("Sources", [sources.group(1)]))
        else:
            name = parts[-1][0]
            is_over = not line if name == "Sources" else bool(name and line and not line.startswith(" "))
            if is_over:
                parts.append(("", []))
            parts[-1][1].append(line.strip() if name == "Sources" else line)
    return [Section(name, textwrap.dedent("\n".join(lines)).strip("\n")) for name, lines in parts]


def example_parts(text: str) -> list[tuple[bool, str]]:
    """The parts of an example, in order: whether it is code, and its text.

    The section is code, or text in which a line that ends with ``::`` stands before indented code.
    """
    if not re.search(r"^\S.*::$", text, re.MULTILINE):
        return [(True, text)]
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    for line in text.splitlines():
        is_code = line.startswith(" ") if line else parts[-1][0]
        if is_code is not parts[-1][0]:
            parts.append((is_code, []))
        parts[-1][1].append(line)
    shown = [(is_code, textwrap.dedent("\n".join(lines)).strip("\n")) for is_code, lines in parts]
    return [(is_code, part if is_code else re.sub(r"::$", ":", part)) for is_code, part in shown]


def entries(text: str) -> list[tuple[str, str]]:
    """``name: text`` with its continuation lines, for each entry of a section.

    Raises:
        ValueError: Something is not an entry.
    """
    found: list[str] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            found.append(line)
        elif found:
            found[-1] += f"\n{line}"
    matches = [(one, _ENTRY.fullmatch(one)) for one in found]
    for one, match in matches:
        if match is None:
            raise ValueError(f"not an entry of a docstring's section: {one!r}")
    return [(match.group(1), match.group(2)) for _, match in matches if match is not None]
