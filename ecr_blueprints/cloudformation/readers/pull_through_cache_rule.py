"""``AWS::ECR::PullThroughCacheRule``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-pullthroughcacherule.html
"""

from __future__ import annotations

from typing import Final

from ecr_blueprints.cloudformation.partial_text import ResourceReference
from ecr_blueprints.cloudformation.readers.prefix import read_prefix
from ecr_blueprints.cloudformation.readers.resource import Resource, as_property_text, as_unresolved
from ecr_blueprints.cloudformation.readers.secret import RESOURCE_TYPE as SECRET
from ecr_blueprints.cloudformation.readers.secret import read_credential_secret
from ecr_blueprints.registry.cache_rule import CacheRule, CredentialSecret
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_cache_rule"]

RESOURCE_TYPE: Final = "AWS::ECR::PullThroughCacheRule"


def read_cache_rule(resource: Resource) -> CacheRule:
    """Reads one pull-through cache rule, with its secret where the assembly declares it."""
    return CacheRule(
        source=resource.source,
        prefix=read_prefix(resource, "EcrRepositoryPrefix"),
        upstream_registry=_text(resource, "UpstreamRegistry"),
        upstream_registry_url=_text(resource, "UpstreamRegistryUrl"),
        upstream_prefix=_text(resource, "UpstreamRepositoryPrefix"),
        credential_arn=_text(resource, "CredentialArn"),
        credential=_credential(resource),
        custom_role_arn=_text(resource, "CustomRoleArn"),
    )


def _text(resource: Resource, name: str) -> str | Unresolved | None:
    text = as_property_text(resource.get(name), name)
    return as_unresolved(text) if isinstance(text, Malformed) else text


def _credential(resource: Resource) -> CredentialSecret | None:
    """The secret behind a ``Ref``, in the same template or passed on by the parent of a nested stack."""
    reference = resource.get("CredentialArn")
    if isinstance(reference, ResourceReference) and reference.resource_type == SECRET:
        return read_credential_secret(reference)
    return None
