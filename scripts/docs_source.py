"""What the source says of itself: public classes and functions with their docstrings, read without importing.

Nothing is executed, so that the documentation of constructs needs neither the CDK nor Node.js.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "ROOT",
    "Definition",
    "definitions",
    "definitions_in",
    "find_definition",
    "practices_of",
    "prose",
]

ROOT = Path(__file__).resolve().parent.parent
_PRACTICES = re.compile(r"^Practices: (.+?)\.?$", re.MULTILINE)
_ROLE = re.compile(r":(?:class|func|meth|data|attr|mod|exc):`~?(?:[\w.]*\.)?(\w+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A public class or function of a module.

    Attributes:
        module: The module's name.
        path: Its file, relative to the root.
        name: The name.
        node: The syntax tree.
        doc: The docstring without its indentation; empty if there is none.
    """

    module: str
    path: Path
    name: str
    node: ast.ClassDef | ast.FunctionDef
    doc: str


def definitions(package: Path) -> Iterator[Definition]:
    """The public classes and functions of every module below a folder, in the order of files and lines."""
    for path in sorted(package.rglob("*.py")):
        yield from _in_file(path)


def definitions_in(module: str) -> tuple[Definition, ...]:
    """The public classes and functions of one module, in the order of its lines; none if there is no such."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return tuple(_in_file(path)) if path.is_file() else ()


def find_definition(module: str, name: str) -> Definition:
    """One class or function.

    Raises:
        LookupError: The module has none of that name.
    """
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    for definition in _in_file(path):
        if definition.name == name:
            return definition
    raise LookupError(f"{path.relative_to(ROOT)} defines no {name}")


def practices_of(doc: str) -> tuple[str, ...]:
    """The practices that a docstring names in its line ``Practices: …``."""
    match = _PRACTICES.search(doc)
    return () if match is None else tuple(one.strip() for one in match.group(1).split(","))


def prose(text: str) -> str:
    """A docstring's text as Markdown: without its line of practices, roles and doubled backticks."""
    return _ROLE.sub(r"`\1`", _PRACTICES.sub("", text)).replace("``", "`").strip()


def _in_file(path: Path) -> Iterator[Definition]:
    relative = path.relative_to(ROOT)
    module = ".".join(relative.with_suffix("").parts)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            doc = inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
            yield Definition(module=module, path=relative, name=node.name, node=node, doc=doc)
