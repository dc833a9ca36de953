"""The ``Ref`` and the attributes of resources, as far as they are determined before deployment.

Determined are the outputs of nested stacks, and the name, ARN and URI of a repository with a known name.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ecr_blueprints.cloudformation.partial_text import ResourceReference, join_text
from ecr_blueprints.cloudformation.pseudo_parameters import pseudo_parameter
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.text_functions import as_text
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.cloudformation.intrinsics import Resolver

__all__ = ["attribute_of"]

_REPOSITORY: Final = "AWS::ECR::Repository"
_NESTED_STACK: Final = "AWS::CloudFormation::Stack"

_LINKED_TYPES: Final = frozenset({"AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
"""The types of which a reader wants to see the resource behind a reference."""


def attribute_of(resolver: Resolver, logical_id: str, attribute: str) -> Any:
    """The ``Ref`` or an attribute of a resource.

    Args:
        resolver: Resolves the stack that declares the resource.
        logical_id: The resource.
        attribute: ``Ref``, or the attribute's name.
    """
    declared = resolver.stack.template.resources.get(logical_id)
    expression = f"Ref: {logical_id}" if attribute == "Ref" else f"Fn::GetAtt: {logical_id}.{attribute}"
    depends_on = f"resource {logical_id}"
    if not isinstance(declared, dict):
        return Unresolved(expression, depends_on=depends_on)
    resource_type = declared.get("Type")
    if resource_type == _NESTED_STACK and attribute.startswith("Outputs.") and logical_id in resolver.nested:
        return resolver.nested[logical_id].output(attribute.removeprefix("Outputs."))
    if resource_type == _REPOSITORY and attribute in ("Ref", "Arn", "RepositoryUri"):
        name = _repository_name(resolver, logical_id, declared)
        if isinstance(name, str):
            return _repository_attribute(resolver.stack, attribute, name)
    if not isinstance(resource_type, str) or resource_type not in _LINKED_TYPES:
        return Unresolved(expression, depends_on=depends_on)
    linked_type = resource_type

    def reference() -> ResourceReference:
        properties = resolver.resolve(declared.get("Properties", {}))
        return ResourceReference(
            expression,
            depends_on,
            resource_type=linked_type,
            source=resolver.source_of(logical_id),
            properties=properties if isinstance(properties, dict) else {},
        )

    return resolver.once((f"attribute {attribute}", logical_id), reference)


def _repository_name(resolver: Resolver, logical_id: str, declared: Mapping[str, Any]) -> Any:
    properties = declared.get("Properties")
    if not isinstance(properties, dict) or "RepositoryName" not in properties:
        return None
    return resolver.once(
        ("name", logical_id), lambda: as_text(resolver.resolve(properties["RepositoryName"]))
    )


def _repository_attribute(stack: Stack, attribute: str, name: str) -> str | Unresolved:
    if attribute == "Ref":
        return name
    region, account = pseudo_parameter(stack, "AWS::Region"), pseudo_parameter(stack, "AWS::AccountId")
    if attribute == "Arn":
        partition = pseudo_parameter(stack, "AWS::Partition")
        return join_text([f"arn:{partition}:ecr:", region, ":", account, f":repository/{name}"])
    suffix = pseudo_parameter(stack, "AWS::URLSuffix")
    return join_text([account, ".dkr.ecr.", region, f".{suffix}/{name}"])
