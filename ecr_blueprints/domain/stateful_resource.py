"""Resources that lose something when CloudFormation replaces them, and what makes it do so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

__all__ = ["STATEFUL_TYPES", "stateful_identities"]

STATEFUL_TYPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "AWS::CloudFormation::StackSet": ("PermissionModel", "StackSetName"),
        "AWS::ECR::PublicRepository": ("RepositoryName",),
        "AWS::ECR::PullThroughCacheRule": (
            "CredentialArn",
            "CustomRoleArn",
            "EcrRepositoryPrefix",
            "UpstreamRegistry",
            "UpstreamRegistryUrl",
            "UpstreamRepositoryPrefix",
        ),
        "AWS::ECR::PullTimeUpdateExclusion": ("PrincipalArn",),
        "AWS::ECR::RegistryPolicy": (),
        "AWS::ECR::RegistryScanningConfiguration": (),
        "AWS::ECR::ReplicationConfiguration": (),
        "AWS::ECR::Repository": ("EncryptionConfiguration", "RepositoryName"),
        "AWS::ECR::RepositoryCreationTemplate": ("Prefix",),
        "AWS::ECR::SigningConfiguration": (),
        "AWS::Events::EventBus": ("Name",),
        "AWS::IAM::ManagedPolicy": ("Description", "ManagedPolicyName", "Path"),
        "AWS::IAM::OIDCProvider": ("Url",),
        "AWS::IAM::Role": ("Path", "RoleName"),
        "AWS::KMS::Alias": ("AliasName",),
        "AWS::KMS::Key": (),
        "AWS::Organizations::Policy": ("Type",),
        "AWS::SNS::Topic": ("FifoTopic", "TopicName"),
        "AWS::SSM::Parameter": ("Name",),
        "AWS::SecretsManager::Secret": ("Name",),
        "AWS::Signer::SigningProfile": ("PlatformId", "ProfileName", "SignatureValidityPeriod"),
    }
)
"""CloudFormation type → its create-only properties: another value replaces the resource.

What each holds: images, keys, credentials, subscriptions, a name that others refer to, or a setting that the
registry has once. Source: ``createOnlyProperties`` of CloudFormation's resource schemas, with which a test
compares them.
"""


def stateful_identities(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What CloudFormation knows the resources of a template by, of those that hold state.

    A logical ID that goes, another type under it, or another value here replaces or loses the resource.

    Args:
        template: A template, as ``cdk synth`` writes it.

    Returns:
        Logical ID → ``type``, and the create-only properties that the template sets, whose names begin with a
        capital letter.

    Practices: NAME-4
    """
    found: dict[str, dict[str, Any]] = {}
    for logical_id, resource in template.get("Resources", {}).items():
        create_only = STATEFUL_TYPES.get(resource["Type"])
        if create_only is not None:
            properties = resource.get("Properties", {})
            set_here = {name: properties[name] for name in create_only if name in properties}
            found[logical_id] = {"type": resource["Type"], **set_here}
    return found
