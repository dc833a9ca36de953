"""The examples in the docstrings of what is public: what the pages show is what the tests run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from docs_chapters import public_names
from docs_docstring import example_parts, sections

__all__ = ["PREAMBLE", "Example", "example_in", "find_examples", "given_names", "in_partition"]

PREAMBLE = """\
import aws_cdk as cdk

from ecr_blueprints import PrivateRegistry

app = cdk.App()
stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
registry = PrivateRegistry(stack, "Registry")
"""
"""What an example starts from; one that makes a ``registry`` of its own starts without the last line."""

_REGION = re.compile(r"\b(?!cn-|us-gov-)(?:[a-z]{2}|mx|il)-(?:[a-z]+)-\d\b")
_REGISTRY_HOST = re.compile(r"(\.dkr\.ecr\.cn-[a-z]+-\d\.amazonaws\.com)(?!\.cn)")
_HOME = "eu-west-1"
_REGIONS = {"aws-cn": ("cn-north-1", "cn-northwest-1"), "aws-us-gov": ("us-gov-west-1", "us-gov-east-1")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The example of one public name.

    Attributes:
        name: Whose it is.
        code: Python.
    """

    name: str
    code: str

    @property
    def given(self) -> tuple[str, ...]:
        """What it uses of that from which the examples start."""
        return given_names(self.code)


def find_examples() -> tuple[Example, ...]:
    """Every example, in the order of the chapters."""
    found = []
    for public in public_names():
        code = example_in(public.definition.doc)
        if code:
            found.append(Example(name=public.name, code=code))
    return tuple(found)


def example_in(doc: str) -> str:
    """The code of a docstring's example; empty if it has none."""
    parts = [
        part
        for section in sections(doc)
        if section.name == "Example"
        for is_code, part in example_parts(section.text)
        if is_code
    ]
    return "\n\n".join(parts) + "\n" if parts else ""


def in_partition(code: str, partition: str) -> str:
    """The same example for an estate in another partition: its own ARNs, Regions and registry hosts."""
    home, other = _REGIONS[partition]
    moved = _REGION.sub(lambda match: home if match.group() == _HOME else other, code)
    moved = moved.replace("arn:aws:", f"arn:{partition}:")
    return _REGISTRY_HOST.sub(r"\1.cn", moved)


def given_names(code: str) -> tuple[str, ...]:
    """What of ``stack`` and ``registry`` an example uses without making it itself."""
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    used = {node.id for node in names} - made
    return tuple(name for name in ("stack", "registry") if name in used)
