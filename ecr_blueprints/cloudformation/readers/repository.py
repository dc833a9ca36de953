"""``AWS::ECR::Repository``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.readers.access_policy import read_access_policy
from ecr_blueprints.cloudformation.readers.encryption import read_encryption
from ecr_blueprints.cloudformation.readers.lifecycle_policy import read_lifecycle_text
from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_boolean,
    as_property_text,
    as_tags,
    as_unresolved,
    malformed,
)
from ecr_blueprints.cloudformation.readers.tag_mutability import read_tag_mutability
from ecr_blueprints.cloudformation.text_functions import NO_VALUE
from ecr_blueprints.lifecycle.retention import REPOSITORY_KIND_METADATA, RepositoryKind
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_repository"]

RESOURCE_TYPE: Final = "AWS::ECR::Repository"

_CDK_ASSETS: Final = re.compile(r"cdk-.*container-assets-")
"""How the CDK's bootstrap template names the repository of its image assets.

Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
"""


def read_repository(resource: Resource, resolver: Resolver) -> Repository:
    """Reads one repository.

    Args:
        resource: The resource.
        resolver: The resolver of its stack, for the deletion attributes.
    """
    name = as_property_text(resource.get("RepositoryName"), "RepositoryName")
    return Repository(
        source=resource.source,
        name=name,
        tag_mutability=read_tag_mutability(resource),
        lifecycle_policy=_lifecycle_policy(resource),
        policy=read_access_policy(resource.get("RepositoryPolicyText"), "RepositoryPolicyText"),
        encryption=read_encryption(resource),
        scan_on_push=_scan_on_push(resource),
        empty_on_delete=_empty_on_delete(resource),
        deletion_policy=_deletion_policy(resource, resolver),
        tags=as_tags(resource.get("Tags"), "Tags"),
        kind=_kind(resource),
        is_cdk_asset_repository=_is_cdk_asset_repository(name, resource),
    )


def _kind(resource: Resource) -> RepositoryKind | None:
    """What the resource's metadata says of it, where that is a word that is known."""
    metadata = resource.declaration.get("Metadata")
    said = metadata.get(REPOSITORY_KIND_METADATA) if isinstance(metadata, dict) else None
    return next((kind for kind in RepositoryKind if kind == said), None)


def _lifecycle_policy(resource: Resource) -> str | Unresolved | Malformed | None:
    policy = resource.get("LifecyclePolicy")
    if policy is None or isinstance(policy, Unresolved | Malformed):
        return policy
    if not isinstance(policy, dict):
        return malformed(policy, "LifecyclePolicy is no mapping with LifecyclePolicyText")
    return read_lifecycle_text(policy.get("LifecyclePolicyText"), "LifecyclePolicyText")


def _scan_on_push(resource: Resource) -> bool | Unresolved | None:
    configuration = resource.get("ImageScanningConfiguration")
    if configuration is None or isinstance(configuration, Unresolved):
        return configuration
    if not isinstance(configuration, dict):
        fault = (
            configuration
            if isinstance(configuration, Malformed)
            else malformed(configuration, "ImageScanningConfiguration is no mapping")
        )
        return as_unresolved(fault)
    return as_boolean(configuration.get("ScanOnPush"), "ScanOnPush")


def _empty_on_delete(resource: Resource) -> bool | Unresolved:
    value = as_boolean(resource.get("EmptyOnDelete"), "EmptyOnDelete")
    return False if value is None else value


def _deletion_policy(resource: Resource, resolver: Resolver) -> DeletionPolicy:
    def attribute(name: str) -> str | Unresolved:
        # A language extension allows an intrinsic here, too.
        value = resolver.resolve(resource.declaration.get(name))
        text = None if value is NO_VALUE else as_property_text(value, name)
        if text is None:
            return "Delete"
        return as_unresolved(text) if isinstance(text, Malformed) else text

    return DeletionPolicy(on_delete=attribute("DeletionPolicy"), on_replace=attribute("UpdateReplacePolicy"))


def _is_cdk_asset_repository(name: Any, resource: Resource) -> bool:
    if isinstance(name, str):
        return _CDK_ASSETS.match(name) is not None
    if not isinstance(name, Unresolved):
        return False
    # The bootstrap template chooses between a given name and its own, so that only the expression tells.
    properties = resource.declaration.get("Properties")
    written = properties.get("RepositoryName") if isinstance(properties, dict) else None
    return _CDK_ASSETS.search(json.dumps(written, default=str)) is not None
