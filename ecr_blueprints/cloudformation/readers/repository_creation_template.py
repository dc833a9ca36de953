"""``AWS::ECR::RepositoryCreationTemplate``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repositorycreationtemplate.html
"""

from __future__ import annotations

from typing import Final

from ecr_blueprints.cloudformation.readers.access_policy import read_access_policy
from ecr_blueprints.cloudformation.readers.encryption import read_encryption
from ecr_blueprints.cloudformation.readers.lifecycle_policy import read_lifecycle_text
from ecr_blueprints.cloudformation.readers.prefix import read_prefix
from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_items,
    as_member,
    as_property_text,
    as_tags,
    as_unresolved,
    malformed,
)
from ecr_blueprints.cloudformation.readers.tag_mutability import read_tag_mutability
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_creation_template"]

RESOURCE_TYPE: Final = "AWS::ECR::RepositoryCreationTemplate"


def read_creation_template(resource: Resource) -> CreationTemplate:
    """Reads one repository creation template."""
    role = as_property_text(resource.get("CustomRoleArn"), "CustomRoleArn")
    return CreationTemplate(
        source=resource.source,
        prefix=read_prefix(resource, "Prefix"),
        applied_for=_applied_for(resource),
        tag_mutability=read_tag_mutability(resource),
        encryption=read_encryption(resource),
        lifecycle_policy=read_lifecycle_text(resource.get("LifecyclePolicy"), "LifecyclePolicy"),
        policy=read_access_policy(resource.get("RepositoryPolicy"), "RepositoryPolicy", must_be_text=True),
        resource_tags=as_tags(resource.get("ResourceTags"), "ResourceTags"),
        custom_role_arn=as_unresolved(role) if isinstance(role, Malformed) else role,
    )


def _applied_for(resource: Resource) -> tuple[AppliedFor, ...] | Unresolved | Malformed:
    items = as_items(resource.get("AppliedFor"), "AppliedFor")
    if items is None:
        return malformed(None, "AppliedFor is missing")
    if isinstance(items, Unresolved | Malformed):
        return items
    applied_for: list[AppliedFor] = []
    for item in items:
        member = as_member(AppliedFor, item, "AppliedFor")
        if member is None:
            return malformed(items, "AppliedFor holds null")
        if isinstance(member, Unresolved | Malformed):
            return member
        applied_for.append(member)
    return tuple(applied_for)
