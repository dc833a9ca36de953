"""A repository creation template, as a source declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = ["CreationTemplate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationTemplate:
    """The settings that ECR gives to a repository which it creates itself (facts §2).

    Attributes:
        source: Where it was declared.
        prefix: The prefix with its implied trailing slash, or ``ROOT``.
        applied_for: The mechanisms that use it.
        tag_mutability: Whether a pushed tag can be moved.
        encryption: How layers are encrypted.
        lifecycle_policy: The policy text; None if there is none.
        policy: The repository policy; None if there is none.
        resource_tags: Tags that ECR puts on the repository.
        custom_role_arn: The role that ECR assumes; needed for KMS and for tags.
    """

    source: SourceLocation
    prefix: Resolvable[str] | Malformed
    applied_for: tuple[AppliedFor, ...] | Unresolved | Malformed = ()
    tag_mutability: Resolvable[TagMutability] | Malformed = field(default_factory=TagMutability)
    encryption: Resolvable[Encryption] | Malformed = field(default_factory=Encryption)
    lifecycle_policy: Resolvable[str] | Malformed | None = None
    policy: Resolvable[AccessPolicy] | Malformed | None = None
    resource_tags: Mapping[str, Resolvable[str]] | Unresolved = field(default_factory=dict)
    custom_role_arn: Resolvable[str] | None = None

    @property
    def known_prefix(self) -> str | None:
        """The prefix without a trailing slash, if it is known before deployment."""
        return self.prefix.rstrip("/") if isinstance(self.prefix, str) else None

    @property
    def label(self) -> str:
        """The template as a person refers to it: its prefix, or the place of its declaration."""
        return self.known_prefix or self.source.name

    @property
    def needs_role(self) -> bool | None:
        """True if ECR refuses to create through it without a role; None if that is not known.

        A template that sets KMS encryption or resource tags needs one (facts §2).
        """
        if isinstance(self.resource_tags, Unresolved):
            tagged: bool | None = None
        else:
            tagged = len(self.resource_tags) > 0
        encrypted: bool | None = None
        if isinstance(self.encryption, Encryption) and isinstance(self.encryption.type, EncryptionType):
            encrypted = self.encryption.type is not EncryptionType.AES256
        if tagged or encrypted:
            return True
        return None if tagged is None or encrypted is None else False
