"""From a cloud assembly to what of it may exist already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.readers.resource import Resource
from ecr_blueprints.domain.resource_identifier import IMPORT_IDENTIFIERS, REGISTRY_ID
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["read_import_candidates"]


def read_import_candidates(
    assembly: CloudAssembly, *, account: str, region: str
) -> tuple[ImportCandidate, ...]:
    """The resources of ECR in the stacks of one account and Region.

    Nested stacks are left out: CloudFormation imports nothing into one by way of its parent.

    Args:
        assembly: The assembly.
        account: The 12-digit account id.
        region: The Region.
    """
    found: list[ImportCandidate] = []
    for stack in assembly.stacks:
        if (stack.account, stack.region) != (account, region) or stack.name is None:
            continue
        found.extend(_of_stack(stack.name, Resolver(stack), account))
    return tuple(found)


def _of_stack(name: str, resolver: Resolver, account: str) -> Iterator[ImportCandidate]:
    template = resolver.stack.template
    referred: defaultdict[str, set[str]] = defaultdict(set)
    for reference in template.survey.references:
        if reference.path[0] == "Resources" and reference.target in template.resources:
            referred[reference.path[1]].add(reference.target)
    for logical_id, declaration in template.resources.items():
        resource_type = declaration.get("Type") if isinstance(declaration, dict) else None
        if not isinstance(resource_type, str) or resource_type not in IMPORT_IDENTIFIERS:
            continue
        resource = Resource.of(logical_id, declaration, resolver)
        properties = resource.properties
        yield ImportCandidate(
            stack=name,
            logical_id=logical_id,
            resource_type=resource_type,
            identifier=_identifier(resource, IMPORT_IDENTIFIERS[resource_type], account),
            source=resource.source,
            properties=frozenset(properties) if isinstance(properties, dict) else frozenset(),
            refers_to=frozenset(referred[logical_id]),
            has_deletion_policy="DeletionPolicy" in declaration,
        )


def _identifier(resource: Resource, name: str, account: str) -> Resolvable[str] | None:
    if name == REGISTRY_ID:
        return account
    value = resource.get(name)
    if value is None or isinstance(value, str | Unresolved):
        return value
    return Unresolved(str(value), depends_on=f"a well-formed {name}")
