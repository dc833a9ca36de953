"""A private repository, as a source declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = ["DeletionPolicy", "Repository"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionPolicy:
    """What CloudFormation does with the resource when it leaves the template or is replaced.

    Attributes:
        on_delete: The ``DeletionPolicy`` attribute. CloudFormation's default: ``Delete``.
        on_replace: The ``UpdateReplacePolicy`` attribute. CloudFormation's default: ``Delete``.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """

    on_delete: Resolvable[str] = "Delete"
    on_replace: Resolvable[str] = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One private repository.

    Attributes:
        source: Where it was declared.
        name: Its name; None if CloudFormation generates one at deploy.
        tag_mutability: Whether a pushed tag can be moved, with the exclusions.
        lifecycle_policy: The policy text as ECR would receive it; None if there is none.
        policy: The repository policy; None if there is none.
        encryption: How layers are encrypted.
        scan_on_push: The deprecated repository-level switch; None if it is not set.
        empty_on_delete: Whether deleting the repository deletes its images first.
        deletion_policy: What CloudFormation does with it; None for live reads.
        tags: Resource tags; a value that is not known is carried as Unresolved.
        stack: The CloudFormation stack that owns it, where CloudFormation was asked; for live reads.
        tagged_stack: The stack that CloudFormation's own tag names, which may have released it since; for
            live reads.
        is_released: True for one that is there and in no template any more, which nobody pushes to; what
            it has beside its name is not known then.
        kind: What it is for, where the source says so, as constructs do; None for most templates.
        is_cdk_asset_repository: True for the CDK bootstrap's own asset repository, which is held to
            other yardsticks than an application's.
    """

    source: SourceLocation
    name: Resolvable[str] | Malformed | None
    tag_mutability: Resolvable[TagMutability] | Malformed = field(default_factory=TagMutability)
    lifecycle_policy: Resolvable[str] | Malformed | None = None
    policy: Resolvable[AccessPolicy] | Malformed | None = None
    encryption: Resolvable[Encryption] | Malformed = field(default_factory=Encryption)
    scan_on_push: Resolvable[bool] | None = None
    empty_on_delete: Resolvable[bool] = False
    deletion_policy: DeletionPolicy | None = field(default_factory=DeletionPolicy)
    tags: Mapping[str, Resolvable[str]] | Unresolved = field(default_factory=dict)
    stack: str | None = None
    tagged_stack: str | None = None
    is_released: bool = False
    kind: RepositoryKind | None = None
    is_cdk_asset_repository: bool = False

    @property
    def known_name(self) -> str | None:
        """The name, if it is known before deployment."""
        return self.name if isinstance(self.name, str) else None

    @property
    def holds_images(self) -> bool:
        """Whether anything in it can run, and so can be vulnerable; charts and builders' layers cannot."""
        return self.kind not in (RepositoryKind.CHART, RepositoryKind.BUILD_CACHE)

    @property
    def label(self) -> str:
        """The repository as a person refers to it: its name, or the place of its declaration."""
        return self.known_name or self.source.name
