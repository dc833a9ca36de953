"""References of a template to what it does not declare; CloudFormation refuses the template for one.

A template that a macro rewrites first is left alone: the macro may declare what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.references import PSEUDO_PARAMETERS, Reference, ReferenceKind
from ecr_blueprints.registry.dangling_reference import DanglingReference
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["find_dangling_references"]

_MODULE = "::MODULE"


def find_dangling_references(resolver: Resolver) -> Iterator[DanglingReference]:
    """The dangling references of one stack's template, each place and name once, in the template's order.

    Args:
        resolver: The resolver of the stack; its nested stacks are not looked into.
    """
    template = resolver.stack.template
    if template.survey.uses_macros:
        return
    parameters, resources = template.section("Parameters"), template.resources
    declared: dict[ReferenceKind, Collection[str]] = {
        ReferenceKind.VALUE: {*parameters, *resources},
        ReferenceKind.RESOURCE: resources,
        ReferenceKind.CONDITION: template.section("Conditions"),
        ReferenceKind.MAPPING: template.section("Mappings"),
    }
    order = {name: index for index, name in enumerate(resources)}
    found: dict[tuple[ReferenceKind, str, tuple[str, ...]], Reference] = {}
    for reference in template.survey.references:
        if reference.target in declared[reference.kind] or reference.target in PSEUDO_PARAMETERS:
            continue
        if reference.kind in (ReferenceKind.VALUE, ReferenceKind.RESOURCE) and _is_in_module(
            reference, resolver
        ):
            continue
        found.setdefault((reference.kind, reference.target, reference.path), reference)
    for reference in sorted(found.values(), key=lambda one: (order.get(one.path[1], len(order)), one.path)):
        yield DanglingReference(
            source=_place(reference, resolver),
            expression=reference.expression,
            target=reference.target,
            nearest=_nearest(reference.target, declared[reference.kind]),
        )


def _is_in_module(reference: Reference, resolver: Resolver) -> bool:
    """Whether the name may be a resource inside a module: ``Module.Resource`` or ``ModuleResource``."""
    return any(
        isinstance(resource, dict)
        and isinstance(resource.get("Type"), str)
        and resource["Type"].endswith(_MODULE)
        and reference.target.startswith(logical_id)
        for logical_id, resource in resolver.stack.template.resources.items()
    )


def _place(reference: Reference, resolver: Resolver) -> SourceLocation:
    section, name, *rest = reference.path
    if section != "Resources":
        return SourceLocation(
            template=resolver.stack.template.name,
            logical_id=name,
            property_path=".".join(_plain(reference.path)),
        )
    below = rest[1:] if rest[:1] == ["Properties"] else rest
    path = ".".join(_plain(tuple(below)))
    return replace(resolver.source_of(name), property_path=path if path else None)


def _plain(path: tuple[str, ...]) -> Iterator[str]:
    """The keys down to the property, without the inside of the expression that refers."""
    for key in path:
        if key.startswith("Fn::"):
            return
        yield key


def _nearest(target: str, names: Collection[str]) -> str | None:
    from difflib import get_close_matches

    nearest = get_close_matches(target, list(names), n=1)
    return nearest[0] if nearest else None
