"""Reading Markdown as far as the documentation needs it: headings, fenced blocks, links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FencedBlock", "Link", "anchors", "fenced_blocks", "link_facts", "links", "slug", "table_cell"]

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_FENCE = re.compile(r"(\s*)(`{3,}|~{3,})\s*(\S*)\s*")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_CODE_SPAN = re.compile(r"(`+)(?:(?!`).|(?!\1)`)*?\1")
_SECTION = re.compile(r"^#{2,3} ((\d+(?:\.\d+)?)\.? .*)$", re.MULTILINE)
_CITATION = re.compile(r"(?<![\[`])\b([Ff]acts §((\d+)(?:\.\d+)?))")
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FencedBlock:
    """A fenced block of a page.

    Attributes:
        page: The page.
        line: The line of its opening fence, from 1.
        language: What stands behind the opening fence; empty if nothing does.
        text: What is between the fences, without the fence's own indentation.
        headings: The headings above it, from the page's title down.
    """

    page: Path
    line: int
    language: str
    text: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a page: where it stands and where it goes."""

    page: Path
    line: int
    target: str


def fenced_blocks(page: Path) -> list[FencedBlock]:
    """The fenced blocks of a page, in order.

    Raises:
        ValueError: A block is not closed.
    """
    return [
        FencedBlock(page=page, line=line, language=language, text=text, headings=headings)
        for kind, line, language, text, headings in _parts(page)
        if kind == "fence"
    ]


def links(page: Path) -> list[Link]:
    """The links of a page outside of code, in order."""
    return [
        Link(page=page, line=line, target=match.group(1))
        for kind, line, _, text, _ in _parts(page)
        if kind == "text"
        for match in _LINK.finditer(_CODE_SPAN.sub("`code`", text))
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found: set[str] = set()
    for kind, _, _, text, _ in _parts(page):
        if kind == "heading":
            base = slug(text)
            found.add(base if not seen[base] else f"{base}-{seen[base]}")
            seen[base] += 1
    return found


def slug(heading: str) -> str:
    """A heading's anchor, without the number that tells equal ones apart."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return _NOT_IN_SLUG.sub("", text.strip().lower()).replace(" ", "-")


def link_facts(text: str, facts: Path, *, target: str) -> str:
    """A page in which each citation ``facts §n`` is a link; code is left as it is.

    Args:
        text: The page.
        facts: The page of the facts.
        target: How the page refers to it.
    """
    headings = _SECTION.findall(facts.read_text(encoding="utf-8"))
    anchor = {number: slug(heading) for heading, number in headings}

    def link(match: re.Match[str]) -> str:
        section = anchor.get(match.group(2), anchor.get(match.group(3)))
        return match.group(1) if section is None else f"[{match.group(1)}]({target}#{section})"

    in_code = False
    lines = []
    for line in text.split("\n"):
        in_code ^= line.startswith("```")
        lines.append(line if in_code else _CITATION.sub(link, line))
    return "\n".join(lines)


def table_cell(text: str) -> str:
    """A text that fits into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _parts(page: Path) -> Iterator[tuple[str, int, str, str, tuple[str, ...]]]:
    """Kind (heading, fence, text), line, language, text and the headings above."""
    above: list[tuple[int, str]] = []
    fence: tuple[str, str, str, int] | None = None
    held: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        match = _FENCE.fullmatch(line)
        titles = tuple(title for _, title in above)
        if fence is not None:
            indent, marks, language, opened = fence
            if match and match.group(2).startswith(marks) and not match.group(3):
                yield "fence", opened, language, "".join(f"{one}\n" for one in held), titles
                fence = None
            else:
                held.append(line.removeprefix(indent))
        elif match:
            fence, held = (match.group(1), match.group(2), match.group(3), number), []
        elif heading := _HEADING.fullmatch(line):
            level = len(heading.group(1))
            above = [*((depth, title) for depth, title in above if depth < level), (level, heading.group(2))]
            yield "heading", number, "", heading.group(2), titles
        else:
            yield "text", number, "", line, titles
    if fence is not None:
        raise ValueError(f"{page}:{fence[3]}: the fenced block is not closed")
