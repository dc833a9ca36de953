"""YAML with the line and the text of every value, so that an error can point at it and quote it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from ecr_blueprints.errors import BlueprintError

__all__ = ["KeyPath", "MarkedDocument", "Place", "read_marked_yaml", "show_key_path"]

KeyPath = tuple[str | int, ...]
_MAXIMUM_BYTES = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedDocument:
    """A YAML document and where everything in it stands.

    Attributes:
        path: The file.
        value: Plain Python values.
        lines: Key path → line, counted from one.
        texts: Key path → the value as it is written, for values on one line; empty for an absent one.
    """

    path: Path
    value: Any
    lines: dict[KeyPath, int]
    texts: dict[KeyPath, str]

    def where(self, key_path: KeyPath) -> str:
        """``file:line: key.path`` of the nearest place that the file has."""
        nearest = key_path
        while nearest and nearest not in self.lines:
            nearest = nearest[:-1]
        place = f"{self.path}:{self.lines.get(nearest, 1)}"
        return f"{place}: {show_key_path(key_path)}" if key_path else place


def show_key_path(key_path: KeyPath) -> str:
    """``repositories.api.stages[0]``."""
    text = ""
    for key in key_path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


Place: TypeAlias = tuple[MarkedDocument, KeyPath]
"""A file and the key path of something in it."""


def read_marked_yaml(path: Path, *, start: str) -> MarkedDocument:
    """Reads one YAML file of plain values.

    Args:
        path: The file.
        start: What to do where the file is empty.

    Raises:
        BlueprintError: The file cannot be read, is no YAML, is empty, or has a key twice.
    """
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            raise BlueprintError(
                f"the file is larger than {_MAXIMUM_BYTES // 1_000_000} MB",
                where=str(path),
                fix="split it with `include`",
            )
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BlueprintError(
            "no such file", where=str(path), fix="check the path, relative to the current folder"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BlueprintError(f"cannot be read: {reason}", where=str(path)) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _unreadable(path, text, error) from error
    except RecursionError as error:
        raise BlueprintError("nested too deeply", where=str(path)) from error
    if node is None:
        raise BlueprintError("the file is empty", where=str(path), fix=start)
    reader = _Reader(path, text)
    value = reader.read(node, ())
    return MarkedDocument(path=path, value=value, lines=reader.lines, texts=reader.texts)


def _unreadable(path: Path, text: str, error: yaml.YAMLError) -> BlueprintError:
    """What YAML does not take, where it stands, and what to do."""
    mark = getattr(error, "problem_mark", None)
    line = None if mark is None else mark.line + 1
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    fix = "check indentation and quotes here"
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        problem = f"the character U+{ord(text[error.position]):04X} is not allowed"
        fix = "remove it"
    elif "another document" in problem:
        problem = "a second document begins here, and a file holds one"
        fix = "put it into a file of its own, or remove the line ---"
    elif "'\\t'" in problem:
        problem = "a tab stands here"
        fix = "indent with spaces"
    elif "undefined alias" in problem:
        fix = "write the anchor & before its first use, in the same file"
    where = str(path) if line is None else f"{path}:{line}"
    return BlueprintError(f"not valid YAML: {problem}", where=where, fix=fix)


class _Reader:
    """Turns nodes into values and notes where each stands and how it is written."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self.lines: dict[KeyPath, int] = {}
        self.texts: dict[KeyPath, str] = {}
        self._constructor = yaml.SafeLoader("")
        self._open: set[int] = set()

    def read(self, node: yaml.Node, key_path: KeyPath) -> Any:
        """The node's value; an anchor that holds itself is refused."""
        self.lines.setdefault(key_path, node.start_mark.line + 1)
        if node.start_mark.line == node.end_mark.line:
            self.texts[key_path] = self._text[node.start_mark.index : node.end_mark.index].strip()
        if id(node) in self._open:
            raise self._error(node, key_path, "an anchor contains itself")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, key_path)
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, (*key_path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node, key_path)
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: yaml.Node, key_path: KeyPath) -> Any:
        try:
            return self._constructor.construct_object(node, deep=True)
        except yaml.YAMLError as error:
            raise self._error(
                node,
                key_path,
                f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} means nothing in a blueprint",
                fix="write the value itself, without a tag",
            ) from error
        except ValueError as error:
            raise self._error(
                node, key_path, f"{node.value} looks like a date and is none", fix="put it in quotes"
            ) from error

    def _mapping(self, node: yaml.MappingNode, key_path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in (
                "tag:yaml.org,2002:str",
                "tag:yaml.org,2002:int",
            ):
                is_merge = key_node.tag == "tag:yaml.org,2002:merge"
                raise self._error(
                    key_node,
                    key_path,
                    "merge keys are not taken" if is_merge else f"{key_node.value!r} cannot be a key",
                    fix="write the keys out, or name the whole by its alias"
                    if is_merge
                    else "put the key in quotes",
                )
            key = str(key_node.value)
            path = (*key_path, key)
            if key in result:
                raise self._error(
                    key_node,
                    path,
                    f"the key {key!r} stands twice, first on line {self.lines[path]}",
                    fix="keep one",
                )
            self.lines[path] = key_node.start_mark.line + 1
            result[key] = self.read(value_node, path)
        return result

    def _error(
        self, node: yaml.Node, key_path: KeyPath, what: str, *, fix: str | None = None
    ) -> BlueprintError:
        where = f"{self._path}:{node.start_mark.line + 1}"
        return BlueprintError(
            what, where=f"{where}: {show_key_path(key_path)}" if key_path else where, fix=fix
        )
