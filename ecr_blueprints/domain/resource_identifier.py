"""How CloudFormation names a resource that is to be imported.

Source: ``primaryIdentifier`` of each type's resource schema, as in
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-identifier.html; a test compares them
with the schemas that cfn-lint ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["IMPORT_IDENTIFIERS", "REGISTRY_ID"]

REGISTRY_ID: Final = "RegistryId"
"""The identifier of what exists once in a registry: the account id."""

IMPORT_IDENTIFIERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AWS::ECR::PullThroughCacheRule": "EcrRepositoryPrefix",
        "AWS::ECR::PullTimeUpdateExclusion": "PrincipalArn",
        "AWS::ECR::RegistryPolicy": REGISTRY_ID,
        "AWS::ECR::RegistryScanningConfiguration": REGISTRY_ID,
        "AWS::ECR::ReplicationConfiguration": REGISTRY_ID,
        "AWS::ECR::Repository": "RepositoryName",
        "AWS::ECR::RepositoryCreationTemplate": "Prefix",
        "AWS::ECR::SigningConfiguration": REGISTRY_ID,
    }
)
"""Resource type → the property by which an import names one."""
