"""What a template refers to, found in the one walk over it that also bounds its size.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from ecr_blueprints.cloudformation.loops import LOOP

__all__ = [
    "MAX_DEPTH",
    "MAX_VALUES",
    "PSEUDO_PARAMETERS",
    "Reference",
    "ReferenceKind",
    "Survey",
    "TooLargeError",
    "substitutions_of",
    "survey",
]

MAX_DEPTH = 100
"""Levels of nesting that a template may have; the deepest seen in the field have about thirty."""

MAX_VALUES = 3_000_000
"""Values that a template may hold, each alias of YAML counted as what it stands for."""

PSEUDO_PARAMETERS = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)

_SUBSTITUTION = re.compile(r"\$\{([^!{}][^{}]*)\}")


class TooLargeError(Exception):
    """The template is nested deeper or holds more than any template does; ``str()`` says which."""


class ReferenceKind(StrEnum):
    """What is referred to, by the section of the template that has to declare it."""

    VALUE = "parameter or resource"
    RESOURCE = "resource"
    CONDITION = "condition"
    MAPPING = "mapping"


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference by name.

    Attributes:
        kind: What the name has to be declared as.
        target: The name.
        expression: The reference as written, such as ``Ref: Missing``.
        path: Where it stands: the section, the name in it, and the keys below.
    """

    kind: ReferenceKind
    target: str
    expression: str
    path: tuple[str, ...]


_Link: TypeAlias = "tuple[_Link, str | int] | None"


def substitutions_of(text: str) -> list[str]:
    """The names in the ``${…}`` of an ``Fn::Sub``; ``${!…}`` is literal text and is none."""
    return [name.strip() for name in _SUBSTITUTION.findall(text)]


@dataclass(frozen=True, slots=True)
class Survey:
    """What one walk over a template finds.

    Attributes:
        references: Every reference in the sections that CloudFormation resolves, in no particular order.
        uses_macros: True if a macro rewrites the template before it is resolved (``Transform``,
            ``Fn::Transform``), so that it may come to declare what it only refers to.
        has_loops: True if it holds an ``Fn::ForEach``.
    """

    references: tuple[Reference, ...]
    uses_macros: bool
    has_loops: bool = False


def survey(template: Mapping[str, Any]) -> Survey:
    """Walks over a template once.

    Args:
        template: The parsed template.

    Raises:
        TooLargeError: A container lies deeper than `MAX_DEPTH`, or there are more than `MAX_VALUES`
            values: a template that shares structure (YAML's aliases) is counted as if written out.
    """
    found: list[Reference] = []
    uses_macros = "Transform" in template
    has_loops = False
    remaining = MAX_VALUES
    # Containers only: a scalar costs nothing but its share of the count.
    stack: list[tuple[Any, int, _Link]] = [(template, 0, None)]
    while stack:
        node, depth, link = stack.pop()
        remaining -= len(node)
        if remaining < 0:
            raise TooLargeError(f"it holds more than {MAX_VALUES:,} values")
        if depth > MAX_DEPTH:
            raise TooLargeError(f"it is nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, dict):
            if "Fn::Transform" in node:
                uses_macros = True
            if depth > 2:
                if len(node) == 1:
                    found.extend(_references_of(node, link))
            elif depth == 2:
                found.extend(_attribute_references_of(node, link))
            for key, value in node.items():
                if isinstance(value, dict | list) and value:
                    if key.startswith(LOOP):
                        has_loops = True
                    stack.append((value, depth + 1, (link, key)))
        else:
            for index, value in enumerate(node):
                if isinstance(value, dict | list) and value:
                    stack.append((value, depth + 1, (link, index)))
    return Survey(
        references=tuple(reference for reference in found if reference.path[0] in _RESOLVED_SECTIONS),
        uses_macros=uses_macros,
        has_loops=has_loops,
    )


_RESOLVED_SECTIONS = frozenset({"Resources", "Outputs", "Conditions", "Rules"})


def _attribute_references_of(node: dict[Any, Any], link: _Link) -> Iterator[Reference]:
    """The references of a resource's or output's own attributes, and of a condition's expression."""
    path = _path(link)
    if path[0] in ("Resources", "Outputs"):
        condition = node.get("Condition")
        if isinstance(condition, str):
            yield Reference(
                ReferenceKind.CONDITION, condition, f"Condition: {condition}", (*path, "Condition")
            )
        dependencies = node.get("DependsOn")
        for dependency in dependencies if isinstance(dependencies, list) else [dependencies]:
            if isinstance(dependency, str):
                yield Reference(
                    ReferenceKind.RESOURCE, dependency, f"DependsOn: {dependency}", (*path, "DependsOn")
                )
    elif path[0] == "Conditions" and len(node) == 1:
        yield from _references_of(node, link)


def _references_of(node: dict[Any, Any], link: _Link) -> Iterator[Reference]:
    (function, argument), *_ = node.items()
    if function == "Ref":
        if isinstance(argument, str):
            yield Reference(ReferenceKind.VALUE, argument, f"Ref: {argument}", _path(link))
    elif function == "Fn::GetAtt":
        target = argument[0] if isinstance(argument, list) and argument else argument
        if isinstance(target, str):
            name = target.split(".", 1)[0]
            attribute = ".".join(map(str, argument)) if isinstance(argument, list) else target
            yield Reference(ReferenceKind.RESOURCE, name, f"Fn::GetAtt: {attribute}", _path(link))
    elif function == "Fn::Sub":
        text, variables = argument, {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            text, variables = argument
        if isinstance(text, str):
            for name in substitutions_of(text):
                if name not in variables:
                    kind = ReferenceKind.RESOURCE if "." in name else ReferenceKind.VALUE
                    yield Reference(kind, name.split(".", 1)[0], f"Fn::Sub: ${{{name}}}", _path(link))
    elif function == "Fn::If":
        if isinstance(argument, list) and argument and isinstance(argument[0], str):
            yield Reference(ReferenceKind.CONDITION, argument[0], f"Fn::If: {argument[0]}", _path(link))
    elif function == "Fn::FindInMap":
        if isinstance(argument, list) and argument and isinstance(argument[0], str):
            yield Reference(ReferenceKind.MAPPING, argument[0], f"Fn::FindInMap: {argument[0]}", _path(link))
    elif function == "Condition" and isinstance(argument, str):
        path = _path(link)
        if path[0] == "Conditions":
            yield Reference(ReferenceKind.CONDITION, argument, f"Condition: {argument}", path)


def _path(link: _Link) -> tuple[str, ...]:
    keys: list[str] = []
    while link is not None:
        link, key = link
        keys.append(str(key))
    return tuple(reversed(keys))
