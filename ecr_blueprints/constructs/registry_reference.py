"""A registry as a construct refers to it: owned in this app, or known by its contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from ecr_blueprints.constructs.image_reference import RegistryImage
    from ecr_blueprints.constructs.push_permission import PushGrant
    from ecr_blueprints.constructs.registry_encryption import RegistryEncryption
    from ecr_blueprints.domain.creation_template import AppliedFor
    from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
    from ecr_blueprints.registry.creation_template import CreationTemplate
    from ecr_blueprints.registry.registry import Registry
    from ecr_blueprints.registry.repository import Repository

__all__ = ["CacheReference", "RegistryReference"]


class CacheReference(Protocol):
    """A pull-through cache: `PullThroughCache`, or `ImportedPullThroughCache` from a contract."""

    @property
    def prefix(self) -> str:
        """The prefix of its repositories, without a slash at its end, or ``ROOT``."""

    @property
    def upstream(self) -> UpstreamRegistry:
        """What it caches."""

    @property
    def repository_arn_pattern(self) -> str:
        """The ARN of every repository of the cache, with ``*``."""

    def repository_uri(self, name: str) -> str:
        """The URI of a cached repository; see `PullThroughCache.repository_uri`."""

    def image(self, name: str, *, tag: str | None = None, digest: str | None = None) -> RegistryImage:
        """A cached image; see `PullThroughCache.image`."""

    def grant_pull(self, grantee: iam.IGrantable, *, create: bool = True) -> iam.Grant:
        """Let a principal pull through the cache; see `PullThroughCache.grant_pull`."""


@runtime_checkable
class RegistryReference(Protocol):
    """What `ImageRepository` takes as ``registry``: `PrivateRegistry`, or `ImportedRegistry` by contract."""

    @property
    def account(self) -> str | None:
        """The 12-digit account id; None if the stack leaves it to the deployment."""

    @property
    def region(self) -> str | None:
        """The Region; None if the stack leaves it to the deployment."""

    @property
    def uri(self) -> str:
        """The registry's host name; holds tokens where account or Region are left open."""

    @property
    def ledger(self) -> Registry:
        """What is known of the registry, as the read model."""

    @property
    def encryption(self) -> RegistryEncryption | None:
        """The KMS key of the registry, with the record of what exists; None if there is none."""

    def cache(self, name: str) -> CacheReference:
        """The pull-through cache of a prefix or an upstream.

        Raises:
            InvalidValueError: There is none; the error lists those that there are.
        """

    def template_for(self, name: str, applied_for: AppliedFor | None = None) -> CreationTemplate | None:
        """The creation template that a name would get, were ECR to create the repository."""

    def is_production(self, repository_name: str) -> bool | None:
        """Whether a repository is production, as declared; None if nothing declares it."""

    def signing_profiles_for(self, repositories: str) -> Sequence[str]:
        """The ARNs of the profiles with which images of repositories are signed, in the order of the rules.

        Args:
            repositories: A name, or a pattern with ``*``: then of every rule that covers such a name.
        """

    def add_push_grant(self, grant: PushGrant) -> None:
        """Have a push grant carry what signing needs: now, and whenever a signing rule comes later."""

    def check_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Refuse a repository that cannot be declared, before it is created; see `declare_repository`."""

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        """Put a repository in the place of one that was declared, of the same name."""

    def declare_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Enter a repository that this app declares.

        Args:
            repository: The declaration.
            exception: Why the name does not follow the convention, where it need not. Default: it must.

        Raises:
            InvalidValueError: The name does not follow the registry's convention.
            RegistryConflictError: The name is declared twice.
        """
