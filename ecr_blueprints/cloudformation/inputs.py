"""What a person names on the command line, found and read: assemblies, directories, templates, a stream."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.template import Template, decode, read_bytes
from ecr_blueprints.errors import UnusableInputError

__all__ = ["STANDARD_INPUT", "find_documents"]

STANDARD_INPUT: Final = "-"
_STANDARD_INPUT_NAME: Final = "standard input"
_SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_LOOKS_LIKE_TEMPLATE: Final = re.compile(r"""^[\s{]*["']?Resources["']?\s*:""", re.MULTILINE)
_RESOURCE_TYPE: Final = re.compile(r"""["']?Type["']?\s*:\s*["']?(?:AWS|Custom|Alexa|[A-Za-z0-9]+)::""")


def find_documents(
    paths: Sequence[str | Path], stdin: TextIO | None = None
) -> tuple[Template | CloudAssembly, ...]:
    """Reads everything that is named, each file once.

    A directory with a cloud assembly's manifest is read as one. In any other directory the assemblies and
    templates below it are found; hidden directories, ``node_modules``, virtual environments and the assets
    of an assembly are left out, and so are files that do not look like templates.

    Args:
        paths: Cloud assemblies, directories, template files, and ``-`` for standard input.
        stdin: Standard input. Default: there is none.

    Raises:
        UnusableInputError: One of them cannot be used; the error says why, and what to give instead.
    """
    documents: list[Template | CloudAssembly] = []
    seen: set[str] = set()
    for path in paths:
        for document in _documents(path, stdin, seen):
            documents.append(document)
            if isinstance(document, CloudAssembly):
                seen.add(os.path.realpath(document.directory))
    return tuple(documents)


def _documents(path: str | Path, stdin: TextIO | None, seen: set[str]) -> Iterator[Template | CloudAssembly]:
    if str(path) == STANDARD_INPUT:
        if STANDARD_INPUT not in seen:
            seen.add(STANDARD_INPUT)
            yield _read_stream(stdin)
    elif not Path(path).is_dir():
        if _is_new(path, seen):
            yield Template.read(path)
    elif CloudAssembly.is_in(path):
        if _is_new(path, seen):
            yield CloudAssembly.read(path)
    else:
        found = False
        for document in _search(Path(path), seen):
            found = True
            if document is not None:
                yield document
        if not found:
            raise _no_template(path)


def _is_new(path: str | Path, seen: set[str]) -> bool:
    """True at the first sight of a file or assembly; files of an assembly that was read are not new."""
    real = os.path.realpath(path)
    if real in seen or os.path.dirname(real) in seen:
        return False
    seen.add(real)
    return True


def _search(directory: Path, seen: set[str]) -> Iterator[Template | CloudAssembly | None]:
    """The assemblies and templates below a directory; None for one that was read already."""
    for root, directories, files in os.walk(directory):
        if root != str(directory) and CloudAssembly.is_in(root):
            directories.clear()
            yield CloudAssembly.read(root) if _is_new(root, seen) else None
            continue
        directories[:] = sorted(name for name in directories if not _is_skipped(Path(root, name)))
        for name in sorted(files):
            if not name.endswith(_SUFFIXES) or name.startswith("."):
                continue
            path = Path(root, name)
            if not path.is_file():
                continue
            template = _read_if_template(path, seen)
            if template is not None:
                yield template if _is_new(path, seen) else None


def _is_skipped(directory: Path) -> bool:
    name = directory.name
    return name.startswith((".", "asset.")) or name in _SKIPPED or (directory / "pyvenv.cfg").is_file()


def _read_if_template(path: Path, seen: set[str]) -> Template | None:
    """The template in a file that was not named; None if the file does not look like one.

    A file that looks like a template and cannot be read is an error: to pass over it would be to say that
    there is nothing wrong with it.
    """
    try:
        text = decode(read_bytes(path, str(path)), str(path))
    except UnusableInputError:
        return None
    if not _LOOKS_LIKE_TEMPLATE.search(text) or not _RESOURCE_TYPE.search(text):
        return None
    return Template.parse(text, name=str(path))


def _read_stream(stdin: TextIO | None) -> Template:
    if stdin is None:
        raise UnusableInputError("there is no standard input", where=STANDARD_INPUT, fix="name a file")
    stream = getattr(stdin, "buffer", stdin)
    content: str | bytes = stream.read()
    text = decode(content, _STANDARD_INPUT_NAME) if isinstance(content, bytes) else content
    return Template.parse(text, name=_STANDARD_INPUT_NAME)


def _no_template(directory: str | Path) -> UnusableInputError:
    if Path(directory, "cdk.json").is_file():
        return UnusableInputError(
            "is a CDK app that is not synthesized: it holds no cloud assembly",
            where=str(directory),
            fix="run `cdk synth` there and give its cdk.out",
        )
    return UnusableInputError(
        "holds no CloudFormation template and no cloud assembly",
        where=str(directory),
        allowed=f"files that end in {', '.join(_SUFFIXES)} and have a Resources section",
        fix="give the directory that `cdk synth` writes (cdk.out), or the template's file",
    )
