"""The settings of a repository creation template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_kms as kms_references

from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments, member_of
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["CREATION_TEMPLATE_OPTIONS", "CreationTemplateOptions"]

_WHERE: Final = "CreationTemplateOptions"

_ACCEPTED: Final = {
    "description": TEXT,
    "tag_mutability": Accepted(
        types=(TagMutability, ecr.TagMutability, str),
        words="TagMutability of ecr_blueprints or of aws_cdk.aws_ecr, or MUTABLE or IMMUTABLE",
        fix='write "IMMUTABLE", or "MUTABLE"',
    ),
    "lifecycle": Accepted(
        types=(LifecyclePolicy, Retention),
        words="a LifecyclePolicy or a Retention",
        fix='write for example Retention(keep=["v*"])',
    ),
    "repository_policy": Accepted(
        types=(Mapping, iam.PolicyDocument), words="a JSON object, or a PolicyDocument of aws_cdk.aws_iam"
    ),
    "resource_tags": Accepted(types=(Mapping,), words="a mapping of texts to texts"),
}
_EXCLUSIONS: Final = Accepted(
    types=(Sequence,),
    words="a tuple of ExclusionFilter of ecr_blueprints",
    fix='write exclusions=(ExclusionFilter("dev-*"),)',
    each=(ExclusionFilter,),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationTemplateOptions:
    """What ECR gives to a repository that it creates itself (facts §2).

    There is no setting for scanning: the registry scanning configuration decides by name.

    Attributes:
        description: At most 256 characters. Default: none.
        tag_mutability: The library's `TagMutability`, CDK's enumeration, or ``MUTABLE`` or ``IMMUTABLE``.
            Default: mutable for caches, whose tags follow their upstream, else immutable.
        lifecycle: A policy, or a `Retention` for the kind of repository. Default: untagged images go, after
            14 days where tags move and after 1 day where they do not. None: no lifecycle policy.
        repository_policy: The repository policy, as a JSON object or CDK's document, at most 10,240
            characters. Default: none.
        resource_tags: Tags for the repositories, at most 50. They need a role. Default: none.
        encryption: Default: ``KMS`` where a key is given or the registry has one, else ``AES256``.
        encryption_key: A KMS key in the registry's Region: a construct or its full ARN, never an alias or id,
            which ECR refuses. It needs a role. Default: the registry's (`RegistryEncryption`), unless
            ``encryption`` is given; with ``KMS`` alone, the AWS-managed key ``aws/ecr``.
        role: The role that ECR assumes: a construct or its ARN, without an IAM path. Default: one with
            exactly the permissions that ECR documents, where tags or KMS need one.

    Raises:
        InvalidValueError: A value of another type.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """

    description: str | None = None
    tag_mutability: TagMutability | ecr.TagMutability | str | None = None
    lifecycle: LifecyclePolicy | Retention | None = field(default_factory=Retention)
    repository_policy: Mapping[str, Any] | iam.PolicyDocument | None = None
    resource_tags: Mapping[str, str] = field(default_factory=dict)
    encryption: EncryptionType | None = None
    encryption_key: kms_references.IKeyRef | str | None = None
    role: iam.IRole | str | None = None

    def __post_init__(self) -> None:
        """Refuse values of other types, at the line where they are written."""
        given = {name: getattr(self, name) for name in _ACCEPTED}
        check_arguments(given, _ACCEPTED, where=_WHERE, required=("resource_tags",))
        mutability = self.tag_mutability
        if isinstance(mutability, TagMutability):
            given = {"exclusions": mutability.exclusions}
            check_arguments(given, {"exclusions": _EXCLUSIONS}, where="TagMutability")
        elif mutability is not None:
            word = mutability.value if isinstance(mutability, ecr.TagMutability) else mutability
            mode = member_of(MutabilityMode, word, argument="tag_mutability", where=_WHERE)
            object.__setattr__(self, "tag_mutability", TagMutability(mode=mode))
        if self.encryption is not None:
            encryption = member_of(EncryptionType, self.encryption, argument="encryption", where=_WHERE)
            object.__setattr__(self, "encryption", encryption)
        if self.role is not None and not isinstance(self.role, str) and not hasattr(self.role, "role_arn"):
            raise _no_construct(self.role, "role", "a role")
        key = self.encryption_key
        if key is not None and not isinstance(key, str) and not hasattr(key, "key_ref"):
            raise _no_construct(key, "encryption_key", "a key")

    @property
    def mutability(self) -> TagMutability | None:
        """``tag_mutability``, whichever way it was given."""
        return self.tag_mutability if isinstance(self.tag_mutability, TagMutability) else None

    @classmethod
    def harmless(cls) -> CreationTemplateOptions:
        """For ``ROOT``: nothing that could break a repository somebody relies on.

        Mutable tags, since a replicated or cached tag may move; untagged images deleted after 14 days, since
        what lost its tag may still run; no tags. AES-256 and hence no role, unless the registry has a key.
        """
        return cls(
            description="For what no other template covers: mutable tags, untagged images go",
            tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE),
        )


CREATION_TEMPLATE_OPTIONS: Final = Accepted(
    types=(CreationTemplateOptions,),
    words="CreationTemplateOptions",
    fix='write for example CreationTemplateOptions(description="…")',
)
"""What an argument can be that takes the settings of a template."""


def _no_construct(value: object, argument: str, wanted: str) -> InvalidValueError:
    return InvalidValueError(
        f"{argument} is of the type {type(value).__name__}",
        where=_WHERE,
        allowed=f"{wanted} as a construct, or its full ARN as a text",
    )
