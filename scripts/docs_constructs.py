"""docs/reference/constructs.md, and a page for each name on it, from the docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping

from docs_chapters import CHAPTERS, PublicName, page_of, public_names
from docs_docstring import Section, entries, example_parts, sections
from docs_examples import PREAMBLE, example_in, given_names
from docs_markdown import table_cell
from docs_signature import enum_members, fields, method, parameters, shown_type, signature
from docs_source import practices_of, prose

__all__ = ["FOLDER", "render_index", "render_page"]

FOLDER = "constructs"

_INTRODUCTION = f"""\
# Constructs

Generated from the source by `make docs`, with a page for each name.

Constructs take `(scope, construct_id, *, …)` with every option by keyword, and check what they are given in
plain Python before they call the CDK. An error says what, where, what is allowed and how to fix it. A value
that only the deployment knows (a token) is never checked and never refused.

A name is imported from `ecr_blueprints`, unless its page says another module. `ecr_blueprints.__version__`
is the version of the package, as a text.

## What the examples start from

```python
{PREAMBLE}```

Every example is run by the tests: as it stands, with no feature flag of the CDK and with all recommended
ones, in the partitions of China and GovCloud, and in a stack without account and Region.
"""

_GIVEN = "../constructs.md#what-the-examples-start-from"
_SPAN = re.compile(r"(\[[^\]]*\]\([^)]*\))|`([A-Za-z_]\w*)((?:\.\w+)*(?:\([^`]*\))?)`")


def render_index() -> str:
    """The page of all names."""
    lines = [_INTRODUCTION.rstrip("\n")]
    for chapter in CHAPTERS:
        lines += ["", f"## {chapter}", ""]
        for public in public_names():
            if public.chapter == chapter:
                link = f"[`{public.name}`]({FOLDER}/{page_of(public.name)})"
                lines.append(f"* {link}: {_link_names(prose(public.summary), public.name, f'{FOLDER}/')}")
    return "\n".join(lines) + "\n"


def render_page(public: PublicName) -> str:
    """The page of one name."""
    return _link_names("\n".join(_lines(public)).rstrip() + "\n", public.name, "")


def _lines(public: PublicName) -> Iterator[str]:
    definition = public.definition
    node = definition.node
    where = "ecr_blueprints" if public.is_exported else definition.module
    yield from (f"# {definition.name}", "")
    yield f"[Constructs](../constructs.md), {public.chapter[:1].lower()}{public.chapter[1:]}"
    yield from ("", f"`from {where} import {definition.name}`")
    if isinstance(node, ast.FunctionDef):
        yield from ("", f"`{definition.name}{signature(node, is_method=False)}`")
        known, has_fields = parameters(node), False
    else:
        constructor = method(node, "__init__")
        has_fields = constructor is None
        known = fields(node) if constructor is None else parameters(constructor)
    yield from _documentation(definition.doc, known, attributes=known if has_fields else {})
    if isinstance(node, ast.ClassDef):
        yield from _values(node)
    practices = practices_of(definition.doc)
    if practices:
        yield from ("", f"Practices: {', '.join(practices)} ([all](../../traceability.md))")
    if isinstance(node, ast.ClassDef):
        yield from _members(node)


def _documentation(doc: str, arguments: Mapping[str, str], *, attributes: Mapping[str, str]) -> Iterator[str]:
    """The text and the sections of a docstring; each section has a heading."""
    for section in sections(doc):
        match section.name:
            case "":
                text = prose(section.text)
                if text:
                    yield from ("", text)
            case "Example":
                given = given_names(example_in(doc))
                shown = " and ".join(f"`{name}`" for name in given)
                yield from ("", "## Example", "", f"Starts from [{shown}]({_GIVEN}).")
                for is_code, part in example_parts(section.text):
                    yield from ("", "```python", part, "```") if is_code else ("", prose(part))
            case "Creates":
                yield from ("", "## What it creates", "", prose(section.text))
            case "Args" | "Attributes":
                heading, column = _HEADINGS[section.name]
                yield from ("", f"## {heading}", "", f"| {column} | Meaning |", "|---|---|")
                known = arguments if section.name == "Args" else attributes
                for name, meaning in entries(section.text):
                    yield f"| `{table_cell(known.get(name, name))}` | {table_cell(prose(meaning))} |"
            case "Raises":
                yield from ("", "## What it refuses", "")
                for name, meaning in entries(section.text):
                    yield f"* `{name}`: {table_cell(prose(meaning))}"
            case "Sources":
                yield from ("", f"Sources: {table_cell(prose(section.text))}")
            case _:
                yield from ("", f"{section.name}: {table_cell(prose(section.text))}")


_HEADINGS = {"Args": ("Options", "Option"), "Attributes": ("Attributes", "Attribute")}


def _values(node: ast.ClassDef) -> Iterator[str]:
    """The members of an enumeration, with the docstrings behind them."""
    members = enum_members(node)
    if members:
        yield from ("", "## Values", "", "| Value | Meaning |", "|---|---|")
    for name, value, doc in members:
        yield f'| `{name}`, `"{value}"` | {table_cell(prose(doc))} |'


def _members(node: ast.ClassDef) -> Iterator[str]:
    rows: list[str] = []
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name.startswith("_"):
            continue
        is_property = any(ast.unparse(one) == "property" for one in item.decorator_list)
        if not is_property:
            shown = item.name + signature(item, is_method=True)
        else:
            shown = item.name if item.returns is None else f"{item.name}: {shown_type(item.returns)}"
        doc = inspect.cleandoc(ast.get_docstring(item) or "")
        rows.append(f"| `{table_cell(shown)}` | {_in_short(sections(doc))} |")
    if rows:
        yield from ("", "## Members", "", "| Member | What it does |", "|---|---|", *rows)


def _in_short(parts: list[Section]) -> str:
    """A member's docstring in one cell of a table."""
    cell = ""
    for section in parts:
        if not section.name:
            cell += f" {table_cell(prose(section.text))}"
        elif section.name in ("Args", "Raises"):
            for name, meaning in entries(section.text):
                shown = f"`{name}`" if section.name == "Args" else f"Raises `{name}`"
                cell += f"<br>{shown}: {table_cell(prose(meaning))}"
        elif section.name == "Example":
            cell += f"<br>For example `{table_cell(section.text)}`"
        else:
            cell += f"<br>{section.name}: {table_cell(prose(section.text))}"
    return cell.strip()


def _link_names(text: str, own: str, folder: str) -> str:
    """A text in which a public name in backticks leads to its page; code is left as it is."""
    known = {public.name for public in public_names()} - {own}

    def link(match: re.Match[str]) -> str:
        if match.group(1) or match.group(2) not in known:
            return match.group()
        return f"[{match.group()}]({folder}{page_of(match.group(2))})"

    in_code = False
    lines = []
    for line in text.split("\n"):
        in_code ^= line.startswith("```")
        is_code = in_code or line.startswith(("`from ", "#"))
        lines.append(line if is_code else _SPAN.sub(link, line))
    return "\n".join(lines)
