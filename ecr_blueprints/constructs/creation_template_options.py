"""The settings of a repository creation template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_kms as kms_references

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["CreationTemplateOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationTemplateOptions:
    """What ECR gives to a repository that it creates itself (facts §2).

    There is no setting for scanning: the registry scanning configuration decides by name.

    Attributes:
        description: At most 256 characters. Default: none.
        tag_mutability: Default: mutable for caches, whose tags follow their upstream, else immutable.
        lifecycle: A policy, or a `Retention` for the kind of repository. Default: untagged images go, after
            14 days where tags move and after 1 day where they do not. None: no lifecycle policy.
        repository_policy: The repository policy, as a JSON object or CDK's document, at most 10,240
            characters. Default: none.
        resource_tags: Tags for the repositories, at most 50. They need a role. Default: none.
        encryption: Default: ``AES256``, or ``KMS`` where a key is given.
        encryption_key: A KMS key in the registry's Region: a construct or its full ARN, never an alias or id,
            which ECR refuses. It needs a role. Default: with ``KMS``, the AWS-managed key ``aws/ecr``.
        role: The role that ECR assumes: a construct or its ARN, without an IAM path. Default: one with
            exactly the permissions that ECR documents, where tags or KMS need one.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """

    description: str | None = None
    tag_mutability: TagMutability | None = None
    lifecycle: LifecyclePolicy | Retention | None = field(default_factory=Retention)
    repository_policy: Mapping[str, Any] | iam.PolicyDocument | None = None
    resource_tags: Mapping[str, str] = field(default_factory=dict)
    encryption: EncryptionType | None = None
    encryption_key: kms_references.IKeyRef | str | None = None
    role: iam.IRole | str | None = None

    @classmethod
    def harmless(cls) -> CreationTemplateOptions:
        """For ``ROOT``: nothing that could break a repository somebody relies on.

        Mutable tags, since a replicated or cached tag may move; untagged images deleted after 14 days, since
        what lost its tag may still run; AES-256; no tags and hence no role.
        """
        return cls(
            description="For what no other template covers: mutable tags, untagged images go",
            tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE),
            encryption=EncryptionType.AES256,
        )
