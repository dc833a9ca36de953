"""``AWS::ECR::RegistryPolicy``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-registrypolicy.html
"""

from __future__ import annotations

from typing import Final

from ecr_blueprints.cloudformation.readers.access_policy import read_access_policy
from ecr_blueprints.cloudformation.readers.resource import Resource, malformed
from ecr_blueprints.registry.registry_policy import RegistryPolicy

__all__ = ["RESOURCE_TYPE", "read_registry_policy"]

RESOURCE_TYPE: Final = "AWS::ECR::RegistryPolicy"


def read_registry_policy(resource: Resource) -> RegistryPolicy:
    """Reads the registry's policy."""
    policy = read_access_policy(resource.get("PolicyText"), "PolicyText")
    return RegistryPolicy(
        source=resource.source, policy=malformed(None, "PolicyText is missing") if policy is None else policy
    )
