"""One CloudFormation template, parsed from JSON or YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecr_blueprints.cloudformation.foreign_file import recognize
from ecr_blueprints.cloudformation.loops import expand_loops
from ecr_blueprints.cloudformation.references import Survey, TooLargeError, survey
from ecr_blueprints.cloudformation.yaml_template import YamlSyntaxError, parse_yaml
from ecr_blueprints.errors import UnusableInputError

__all__ = ["MAX_BYTES", "Template", "decode", "read_bytes"]

MAX_BYTES: Final = 50_000_000
"""The largest file that is read. CloudFormation itself takes 1 MB from S3 and 51,200 bytes inline, but a
template that is too large to deploy is still worth a review.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

_ALLOWED: Final = "a CloudFormation template as JSON or YAML"
_LONE_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as CloudFormation would read it: loops written out, nothing else resolved or rewritten.

    A key that is written twice counts with its last value, as in CloudFormation.

    Attributes:
        name: How it is named in reports: its path as given or found.
        body: The whole document.
        survey: What it refers to.
    """

    name: str
    body: Mapping[str, Any]
    survey: Survey

    @classmethod
    def read(cls, path: str | Path, *, name: str | None = None, may_be_empty: bool = False) -> Template:
        """Reads a template file.

        Args:
            path: The file; UTF-8, or UTF-16 with a byte order mark as PowerShell writes it.
            name: How to name it. Default: the path as given.
            may_be_empty: Accept a template that declares no resources, as CDK writes for an empty stack.

        Raises:
            UnusableInputError: The file cannot be read, is larger than `MAX_BYTES`, or is no template.
        """
        where = str(path) if name is None else name
        return cls.parse(decode(read_bytes(path, where), where), name=where, may_be_empty=may_be_empty)

    @classmethod
    def parse(cls, text: str, *, name: str, may_be_empty: bool = False) -> Template:
        """Parses a template's text.

        Args:
            text: JSON if it starts with a brace, else YAML: CloudFormation decides likewise.
            name: How to name it in errors and reports.
            may_be_empty: Accept a template that declares no resources.

        Raises:
            UnusableInputError: It is neither, holds no resources, or is nested or repeated without bounds.
        """
        body = _parse(text, name)
        if not isinstance(body, dict):
            raise _unusable(f"is {_describe(body)}, not a template", text, body, name)
        resources = body.get("Resources")
        if isinstance(resources, dict) and (resources or may_be_empty):
            return cls.of(body, name=name)
        if may_be_empty and "Resources" not in body:
            return cls.of(body, name=name)
        if "Resources" not in body:
            raise _unusable("has no Resources section", text, body, name)
        problem = (
            "declares no resources"
            if resources == {} or resources is None
            else f"has a Resources section that is no mapping but {_describe(resources)}"
        )
        raise UnusableInputError(
            problem,
            where=name,
            allowed="at least one resource under Resources",
            fix="give the template that is deployed",
        )

    @classmethod
    def of(cls, body: Mapping[str, Any], *, name: str) -> Template:
        """A template from a document that is parsed already.

        Args:
            body: The document, of the types that JSON has. It is not copied.
            name: How to name it in errors and reports.

        Raises:
            UnusableInputError: It is nested or repeated without bounds.
        """
        try:
            found = survey(body)
            if found.has_loops:
                body = expand_loops(dict(body))
                found = survey(body)
        except TooLargeError as error:
            raise UnusableInputError(
                f"cannot be reviewed: {error}",
                where=name,
                fix="remove the nesting or the YAML aliases that cause it",
            ) from None
        return cls(name=name, body=body, survey=found)

    @property
    def resources(self) -> Mapping[str, Any]:
        """Logical ID → declaration, as written."""
        return self.section("Resources")

    def section(self, name: str) -> Mapping[str, Any]:
        """A section by its name; empty if it is missing or no mapping."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}


def read_bytes(path: str | Path, where: str) -> bytes:
    """The content of a file.

    Args:
        path: The file.
        where: How to name it in errors.

    Raises:
        UnusableInputError: It cannot be read or is larger than `MAX_BYTES`.
    """
    try:
        size = Path(path).stat().st_size
        if size > MAX_BYTES:
            raise UnusableInputError(
                f"is {size:,} bytes large",
                where=where,
                allowed=f"{MAX_BYTES:,} bytes; CloudFormation takes 1 MB",
                fix="give the template itself, or split it",
            )
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise UnusableInputError(
            "does not exist", where=where, fix="check the path; `cdk synth` writes templates into cdk.out"
        ) from None
    except IsADirectoryError:
        raise UnusableInputError("is a directory, not a file", where=where) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnusableInputError(
            f"cannot be read: {reason.lower()}", where=where, fix="check path and permissions"
        ) from None


def decode(content: bytes, where: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark.

    Raises:
        UnusableInputError: It is neither.
    """
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableInputError(
            f"is not text in UTF-8: byte {error.start + 1} does not fit",
            where=where,
            allowed=_ALLOWED,
            fix="give the template, and save it as UTF-8",
        ) from None


def _parse(text: str, name: str) -> Any:
    start = text.lstrip()
    if not start:
        raise UnusableInputError(
            "is empty",
            where=name,
            allowed=_ALLOWED,
            fix="write the template first: `cdk synth`, for a CDK app",
        )
    if start[0] in "{[":
        return _parse_json(text, name)
    try:
        return parse_yaml(text)
    except YamlSyntaxError as error:
        place = name if error.line is None else f"{name}:{error.line}"
        if error.line is not None and error.column is not None:
            place = f"{place}:{error.column}"
        raise _unusable(
            f"is neither JSON nor YAML: {error.problem}", text, None, place, name, fix=error.fix
        ) from None


def _parse_json(text: str, name: str) -> Any:
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
        if _LONE_SURROGATE.search(text):
            json.dumps(body, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        where = f"{name}:{error.lineno}:{error.colno}"
        raise UnusableInputError(
            f"is not JSON: {problem}",
            where=where,
            allowed=_ALLOWED,
            fix="correct the syntax at that line and column",
        ) from None
    except UnicodeEncodeError:
        raise UnusableInputError(
            "is not JSON: a \\u escape is half of a surrogate pair",
            where=name,
            fix="write the character itself",
        ) from None
    except RecursionError:
        raise UnusableInputError(
            "cannot be reviewed: it is nested too deeply",
            where=name,
            allowed=_ALLOWED,
            fix="remove the nesting",
        ) from None
    except ValueError as error:
        raise UnusableInputError(
            f"is not JSON: {error}",
            where=name,
            allowed=_ALLOWED,
            fix="write a number of JSON, or text in quotes",
        ) from None
    return body


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _unusable(
    what: str,
    text: str,
    body: Any,
    where: str,
    name: str | None = None,
    fix: str = "give a template with a Resources section, or a cloud assembly",
) -> UnusableInputError:
    """The error, with what the file looks like and the way out where it is recognized."""
    foreign = recognize(text, body, where if name is None else name)
    if foreign is None:
        return UnusableInputError(
            what,
            where=where,
            allowed=_ALLOWED,
            fix=fix,
        )
    return UnusableInputError(
        f"{what}; it looks like {foreign.kind}", where=where, allowed=_ALLOWED, fix=foreign.fix
    )


def _describe(body: Any) -> str:
    if body is None:
        return "an empty document"
    if isinstance(body, list):
        return "a list"
    return "a single value"
