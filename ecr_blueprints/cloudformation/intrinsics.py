"""Resolving CloudFormation's intrinsic functions as far as they are determined before deployment.

What only deployment determines becomes `Unresolved` and is never guessed:

- a parameter, **also one with a default**: whoever deploys may pass another value. Known are the values
  that an assembly itself passes: those of its manifest, and those that a stack passes to its nested
  stacks; a nested stack's parameter that its parent does not pass does have its default;
- an attribute or ``Ref`` of a resource, except the name, ARN and URI of a repository with a known name;
- an import, a stack output of another stack, a dynamic reference (``{{resolve:…}}``), a macro;
- ``Fn::If`` on a condition that depends on any of these, unless both branches are equal.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ecr_blueprints.cloudformation.conditions import presence_under
from ecr_blueprints.cloudformation.parameters import parameter_of
from ecr_blueprints.cloudformation.partial_text import join_text
from ecr_blueprints.cloudformation.pseudo_parameters import pseudo_parameter
from ecr_blueprints.cloudformation.resource_attributes import attribute_of
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.text_functions import (
    NO_VALUE,
    as_text,
    dynamic_text,
    is_resolved,
    join,
    length,
    select,
    split,
    to_json_string,
)
from ecr_blueprints.registry.presence import ALWAYS, NEVER, Presence
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["MAX_RESOLVING_DEPTH", "Resolver"]


MAX_RESOLVING_DEPTH: Final = 100
"""Levels of nested expressions that are followed; far below Python's own limit."""

_NAME_DEPTH: Final = 10
"""What following a name counts for: a name that leads to a name that leads to a name is seldom deeper."""

_SUBSTITUTION: Final = re.compile(r"\$\{([^{}]*)\}")
_WHAT_IT_NAMES: Final = {"Fn::ImportValue": "export", "Fn::GetStackOutput": "stack output"}


class Resolver:
    """Resolves the values of one stack.

    Args:
        stack: The stack.
        parent: The resolver of the stack that creates this one. Default: it is no nested stack.
        logical_id: Under which logical ID the parent creates it.

    Attributes:
        nested: The resolvers of the stacks that it creates, by logical ID.
    """

    def __init__(self, stack: Stack, *, parent: Resolver | None = None, logical_id: str = "") -> None:
        self.stack = stack
        self.parent = parent
        self.logical_id = logical_id
        self._template = stack.template
        self._known: dict[tuple[str, str], Any] = {}
        self._active: set[tuple[str, str]] = set()
        # Nested stacks resolve through their parents and back, on one call stack.
        self._root: Resolver = self if parent is None else parent._root
        self._depth = 0
        self.nested: Mapping[str, Resolver] = {
            child_id: Resolver(child, parent=self, logical_id=child_id)
            for child_id, child in stack.nested.items()
        }
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": lambda argument: join(self._arguments(argument)),
            "Fn::Length": lambda argument: length(self.resolve(argument)),
            "Fn::Select": lambda argument: select(self._arguments(argument)),
            "Fn::Split": lambda argument: split(self._arguments(argument)),
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": lambda argument: to_json_string(self.resolve(argument)),
        }

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function resolved, as far as it can be.

        Args:
            value: Any value of the template.

        Returns:
            A value of the types that JSON has, in which `Unresolved` stands for what is not known;
            `NO_VALUE` if the whole value is to be left out.
        """
        if isinstance(value, str):
            return value if "{{resolve:" not in value else dynamic_text(value)
        if not isinstance(value, dict | list):
            return value
        if self._root._depth >= MAX_RESOLVING_DEPTH:
            return Unresolved(
                "an expression of references nested too deeply", depends_on="a simpler expression"
            )
        self._root._depth += 1
        try:
            if isinstance(value, list):
                return [item for item in map(self.resolve, value) if item is not NO_VALUE]
            if len(value) == 1:
                ((function, argument),) = value.items()
                if function == "Ref" or function.startswith("Fn::"):
                    return self._function(function, argument)
            elif "Fn::Transform" in value:
                return Unresolved("Fn::Transform", depends_on="what the macro makes of the template")
            resolved = {}
            for key, item in value.items():
                # Plain text is by far the most frequent value.
                item = item if isinstance(item, str) and "{{resolve:" not in item else self.resolve(item)
                if item is not NO_VALUE:
                    resolved[key] = item
            return resolved
        finally:
            self._root._depth -= 1

    def condition(self, name: str) -> bool | None:
        """Whether a condition of the template holds; None if only the deployment decides."""
        if self.presence(name, True) == NEVER:
            return False
        return True if self.presence(name, False) == NEVER else None

    def presence(self, name: str, holds: bool) -> Presence | None:
        """When a condition of the template holds, or does not; None if there is none that can be told."""
        expressions = self._template.section("Conditions")
        if name not in expressions:
            return None
        key = ("condition" if holds else "negated condition", name)
        found = self.once(key, lambda: presence_under(expressions[name], self, holds=holds))
        return found if isinstance(found, Presence) else None

    @property
    def deployment(self) -> str:
        """The template that is deployed, with its nested ones."""
        return self._root.stack.template.name

    @property
    def scope(self) -> str:
        """The template, told apart from every other one of the same deployment."""
        return self._template.name if self.parent is None else f"{self.parent.scope} {self.logical_id}"

    def parameter(self, name: str) -> Any:
        """The value of a declared parameter: text, a list of texts, or Unresolved."""
        return self.once(("parameter", name), lambda: parameter_of(self, name))

    def output(self, name: str) -> Any:
        """The value of an output; Unresolved if it has none."""
        declared = self._template.section("Outputs").get(name)
        if not isinstance(declared, dict) or "Value" not in declared:
            return Unresolved(f"Outputs.{name}", depends_on=f"output {name}")
        return self.once(("output", name), lambda: self.resolve(declared["Value"]))

    def source_of(self, logical_id: str, property_path: str | None = None) -> SourceLocation:
        """The place of a resource, with its CDK construct path where there is one."""
        declared = self._template.resources.get(logical_id)
        construct_path = self.stack.construct_paths.get(logical_id)
        resource_type = None
        if isinstance(declared, dict):
            metadata = declared.get("Metadata")
            if isinstance(metadata, dict) and isinstance(metadata.get("aws:cdk:path"), str):
                construct_path = metadata["aws:cdk:path"]
            if isinstance(declared.get("Type"), str):
                resource_type = declared["Type"]
        return SourceLocation(
            template=self._template.name,
            logical_id=logical_id,
            construct_path=construct_path,
            resource_type=resource_type,
            property_path=property_path,
            presence=self._presence_of(declared),
        )

    def _presence_of(self, declared: Any) -> Presence:
        """When a resource is there: its condition holds, and the nested stack that it is in is there."""
        name = declared.get("Condition") if isinstance(declared, dict) else None
        own = self.presence(name, True) if isinstance(name, str) else None
        stack = ALWAYS if self.parent is None else self.parent.source_of(self.logical_id).presence
        return stack if own is None else stack.both(own)

    def once(self, key: tuple[str, str], compute: Callable[[], Any]) -> Any:
        """The value of a name, computed at its first use; Unresolved if it depends on itself.

        Args:
            key: The kind of name, and the name.
            compute: Its value.
        """
        if key in self._known:
            return self._known[key]
        if key in self._active or self._root._depth >= MAX_RESOLVING_DEPTH:
            return Unresolved(f"{key[1]}, in terms of itself", depends_on=f"{key[0]} {key[1]}")
        self._active.add(key)
        self._root._depth += _NAME_DEPTH
        try:
            self._known[key] = compute()
        finally:
            self._root._depth -= _NAME_DEPTH
            self._active.discard(key)
        return self._known[key]

    # Functions

    def _arguments(self, argument: Any) -> list[Any] | None:
        """The resolved arguments of a function that takes two; None if there are not two."""
        if not isinstance(argument, list) or len(argument) != 2:
            return None
        return [self.resolve(part) for part in argument]

    def _function(self, function: str, argument: Any) -> Any:
        known = self._functions.get(function)
        if known is not None:
            return known(argument)
        described = self.resolve(argument)
        if isinstance(described, Unresolved):
            return Unresolved(f"{function}: {described.expression}", depends_on=described.depends_on)
        if function == "Fn::GetStackOutput" and isinstance(described, dict):
            described = ".".join(str(described.get(key)) for key in ("StackName", "OutputName"))
        if not isinstance(described, str):
            return Unresolved(function, depends_on=function)
        depends_on = _WHAT_IT_NAMES.get(function)
        return Unresolved(
            f"{function}: {described}", depends_on=f"{depends_on} {described}" if depends_on else function
        )

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            return Unresolved("Ref", depends_on="what Ref names")
        if name.startswith("AWS::"):
            return pseudo_parameter(self.stack, name)
        if name in self._template.section("Parameters"):
            return self.parameter(name)
        return attribute_of(self, name, "Ref")

    def _get_att(self, argument: Any) -> Any:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        if (
            isinstance(argument, list)
            and len(argument) >= 2
            and all(isinstance(part, str) for part in argument)
        ):
            return attribute_of(self, argument[0], ".".join(argument[1:]))
        return Unresolved("Fn::GetAtt", depends_on="what Fn::GetAtt names")

    def _sub(self, argument: Any) -> Any:
        variables: Mapping[str, Any] = {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            argument, variables = argument
        if not isinstance(argument, str):
            return Unresolved("Fn::Sub", depends_on="the text of Fn::Sub")
        parts: list[str | Unresolved] = []
        for index, piece in enumerate(_SUBSTITUTION.split(argument)):
            if index % 2 == 0:
                parts.append(dynamic_text(piece) if "{{resolve:" in piece else piece)
            elif piece.startswith("!"):
                parts.append(f"${{{piece[1:]}}}")
            else:
                value = as_text(self._variable(piece.strip(), variables))
                unknown = Unresolved(f"${{{piece.strip()}}}", depends_on=f"a value of {piece.strip()}")
                parts.append(unknown if value is None else value)
        return join_text(parts)

    def _variable(self, name: str, variables: Mapping[str, Any]) -> Any:
        if name in variables:
            return self.resolve(variables[name])
        if name.startswith("AWS::") or "." not in name:
            return self._ref(name)
        return self._get_att(name)

    def _find_in_map(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) not in (3, 4):
            return Unresolved("Fn::FindInMap", depends_on="a map and two keys for Fn::FindInMap")
        keys = [as_text(self.resolve(key)) for key in argument[:3]]
        found: Any = self._template.section("Mappings")
        expression = "Fn::FindInMap: " + ".".join(str(key) for key in keys)
        for key in keys:
            if isinstance(key, Unresolved):
                return Unresolved(expression, depends_on=key.depends_on)
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            return self.resolve(found)
        if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
            return self.resolve(argument[3]["DefaultValue"])
        return Unresolved(expression, depends_on=expression)

    def _if(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
            return Unresolved("Fn::If", depends_on="a condition and two values for Fn::If")
        name, where_true, where_false = argument
        holds = self.condition(name)
        if holds is not None:
            return self.resolve(where_true if holds else where_false)
        first, second = self.resolve(where_true), self.resolve(where_false)
        if first is second or (is_resolved(first) and first == second):
            return first
        return Unresolved(f"Fn::If: {name}", depends_on=f"condition {name}")
