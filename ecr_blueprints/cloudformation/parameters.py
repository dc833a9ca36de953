"""The parameters that a template declares, as far as their values are known.

Known is what an assembly passes to its stacks, and what a stack passes to its nested ones; a nested stack's
parameter that is not passed has its default.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecr_blueprints.cloudformation.partial_text import join_text
from ecr_blueprints.cloudformation.text_functions import NO_VALUE, as_text, interleave
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.cloudformation.intrinsics import Resolver

__all__ = ["parameter_of"]


def parameter_of(resolver: Resolver, name: str) -> Any:
    """The value of a declared parameter: text, a list of texts, or Unresolved.

    Args:
        resolver: Resolves the stack that declares it.
        name: The parameter's name.
    """
    declared = resolver.stack.template.section("Parameters").get(name)
    declaration = declared if isinstance(declared, dict) else {}
    unknown = Unresolved(f"Ref: {name}", depends_on=f"parameter {name}")
    kind = declaration.get("Type")
    value: Any = resolver.stack.parameters.get(name)
    if value is None and resolver.parent is not None:
        value = _passed(resolver.parent, resolver.logical_id, name)
        if value is None:
            value = as_text(declaration.get("Default"))
    if isinstance(kind, str) and kind.startswith("AWS::SSM::Parameter::Value"):
        return unknown
    if isinstance(value, str):
        is_list = isinstance(kind, str) and (kind == "CommaDelimitedList" or kind.startswith("List<"))
        return [item.strip() for item in value.split(",")] if is_list else value
    return value if isinstance(value, Unresolved) else unknown


def _passed(parent: Resolver, logical_id: str, parameter: str) -> Any:
    """What a stack passes to a nested one; None if it passes nothing."""
    declared = parent.stack.template.resources.get(logical_id)
    properties = declared.get("Properties") if isinstance(declared, dict) else None
    parameters = properties.get("Parameters") if isinstance(properties, dict) else None
    if not isinstance(parameters, dict):
        return None
    if len(parameters) == 1 and next(iter(parameters)).startswith("Fn::"):
        parameters = parent.resolve(parameters)
        if isinstance(parameters, Unresolved):
            return parameters
    if not isinstance(parameters, dict) or parameter not in parameters:
        return None
    value = parent.resolve(parameters[parameter])
    if value is NO_VALUE:
        return None
    if isinstance(value, list):
        return join_text(interleave(",", value))
    return as_text(value)
