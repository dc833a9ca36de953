"""A repository for the layers that builds reuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments
from ecr_blueprints.constructs.cached_name import check_not_cached
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.declared_name import raise_conflicts
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.image_repository_arguments import IMAGE_REPOSITORY_ARGUMENTS
from ecr_blueprints.constructs.outside_convention import owner_outside_convention, reason_outside_convention
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.domain.wildcard import WILDCARD
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import REPOSITORY_KIND_METADATA, RepositoryKind, Retention
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["BUILD_CACHE_PREFIX", "BuildCacheRepository"]

BUILD_CACHE_PREFIX: Final = "cache"
"""The prefix under which build caches lie where nothing else is said."""

_DEFAULT_DAYS: Final = 14
"""Also how long kaniko takes a cached layer for fresh: ``--cache-ttl`` is 336 hours by default."""

_ACCEPTED: Final = {
    "build": TEXT,
    "prefix": TEXT,
    "days": Accepted(types=(int,), words="a whole number of at least 1"),
    "registry": IMAGE_REPOSITORY_ARGUMENTS["registry"],
}


class BuildCacheRepository(ImageRepository):
    """A private repository for the layers that BuildKit or kaniko reuse, and for nothing that is run.

    A builder overwrites its cache under one tag, or writes hundreds of tags that are hashes. Among images
    that takes mutable tags and a lifecycle that deletes by age, which weakens the repository of what is run.
    Here the cache has its own: mutable, everything deleted 14 days after its push and what lost its tag after
    1 day. With a registry, it need not follow the convention, and a signing or replication rule that selects
    it is refused. No scanning rule is made for it; one for every name, ``*``, covers it all the same, since
    ECR's filters cannot leave a name out.

    It is kept when its stack goes, as every repository of the library is, and deletion takes the two keys:
    kept, it empties itself within ``days`` and then costs nothing, and one way to delete is easier to trust
    than two.

    A cache that is pushed again unchanged does not become younger; that build after ``days`` starts cold.

    Example:
        from aws_cdk import aws_iam as iam

        from ecr_blueprints import BuildCacheRepository

        builder = iam.Role(stack, "Builder", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
        cache = BuildCacheRepository(stack, "Cache", build="payments/api", registry=registry)
        cache.grant_pull_push(builder)
        options = f"--cache-to {cache.cache_to()} --cache-from {cache.cache_from()}"

    Creates:
        One ``AWS::ECR::Repository``, ``cache/<build>``, whose metadata says that it is a cache; billed as
        storage of ECR and data transfer. It is kept when its stack goes, except when its creation is rolled
        back.

    Args:
        scope: The construct to belong to.
        id: Its id within the scope.
        build: What is built, such as ``payments/api``; one cache for each keeps them apart.
        prefix: What stands before it. Default: ``cache``.
        days: Days after its push at which anything in it is deleted, at least 1. Default: 14.
        registry: The registry to which it belongs, own or by contract. Default: none.
        owner: Whose it is, for the ``owner`` tag; needed where the registry's convention has a ``team``
            segment that ``build`` does not tell. Default: as ``build`` tells it, else no tag.
        tags: Further resource tags; with the owner's at most 50.
        encryption: As for `ImageRepository`. Layers are mounted from cache to image only where both have the
            same encryption and key (facts §11).
        encryption_key: As for `ImageRepository`.
        removal_policy: As for `ImageRepository`; deletion takes the second key. Default: kept.
        empty_on_delete: As for `ImageRepository`.

    Raises:
        InvalidValueError: A name that ECR does not take, one that a pull-through cache holds, or a number of
            days that cannot be, or no owner where the registry reads owners from names.
        RegistryConflictError: The registry has a repository of that name, or a signing or replication rule
            that selects it; the error names both.

    Sources: https://aws.amazon.com/blogs/containers/announcing-remote-cache-support-in-amazon-ecr-for-buildkit-clients/,
    https://docs.docker.com/build/cache/backends/registry/,
    https://github.com/GoogleContainerTools/kaniko#caching

    Practices: PROMO-3, LIFE-1, SIGN-5
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        build: str,
        prefix: str = BUILD_CACHE_PREFIX,
        days: int = _DEFAULT_DAYS,
        registry: RegistryReference | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        encryption: ecr.RepositoryEncryption | EncryptionType | None = None,
        encryption_key: IKeyRef | str | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        empty_on_delete: bool | None = None,
    ) -> None:
        check_place(scope, id, kind="BuildCacheRepository")
        where = path_under(scope, id)
        given = {"build": build, "prefix": prefix, "days": days, "registry": registry}
        check_arguments(given, _ACCEPTED, where=where, required=("build", "prefix", "days"))
        name = _name(prefix, build, where)
        retention = _retention(days, where)
        contribution = BuildCache(
            source=SourceLocation(construct_path=where, resource_type="AWS::ECR::Repository"), names=name
        )
        # An imported registry gets no rules from this app: nothing later has to know of the cache.
        owned = registry if hasattr(type(registry), "contribute") and not is_token(name) else None
        if registry is not None and not is_token(name):
            check_not_cached(registry.ledger, name, where=where)
            raise_conflicts(registry.ledger, contribution)
        if owned is not None:
            check_free(scope, id)
            owned.check_contribution(contribution)  # type: ignore[attr-defined]  # It owns the ledger.
        super().__init__(
            scope,
            id,
            repository_name=name,
            kind=RepositoryKind.BUILD_CACHE,
            retention=retention,
            registry=registry,
            convention_exception=reason_outside_convention(registry, "a build cache"),
            owner=owner_outside_convention(registry, owner=owner, tags=tags, follows=build, where=where),
            tags=tags,
            encryption=encryption,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            empty_on_delete=empty_on_delete,
        )
        self._repository_resource.add_metadata(REPOSITORY_KIND_METADATA, RepositoryKind.BUILD_CACHE.value)
        if owned is not None:
            owned.contribute(contribution)  # type: ignore[attr-defined]
        self._days = days
        self._where = where
        self._host = RegistryEnvironment.of_stack(scope).uri
        self._name = name

    def cache_to(self, tag: str = "buildcache") -> str:
        """The value of BuildKit's ``--cache-to``: every stage's layers, as an image that ECR can hold.

        ECR takes a cache only as an image manifest with OCI media types, which BuildKit writes by default
        since version 0.21 and for the asking since 0.12.

        Args:
            tag: The cache's tag; one for each branch or platform keeps them apart.

        Raises:
            InvalidValueError: It is no tag.
        """
        return f"type=registry,ref={self._reference(tag)},mode=max,image-manifest=true,oci-mediatypes=true"

    def cache_from(self, tag: str = "buildcache") -> str:
        """The value of BuildKit's ``--cache-from``.

        Args:
            tag: The cache's tag.

        Raises:
            InvalidValueError: It is no tag.
        """
        return f"type=registry,ref={self._reference(tag)}"

    @property
    def kaniko_options(self) -> tuple[str, ...]:
        """The options of kaniko's executor; the tags that it makes are hashes."""
        return "--cache=true", f"--cache-repo={self._address}", f"--cache-ttl={self._days * 24}h"

    def asset_cache_to(self, tag: str = "buildcache") -> ecr_assets.DockerCacheOption:
        """The ``cache_to`` of an image asset of the CDK; see `cache_to`.

        Args:
            tag: The cache's tag.

        Raises:
            InvalidValueError: It is no tag; or the stack leaves account or Region open, or the name is a
                token: the CDK CLI builds before anything is deployed.
        """
        params = {"mode": "max", "image-manifest": "true", "oci-mediatypes": "true"}
        return ecr_assets.DockerCacheOption(
            type="registry", params={"ref": self._literal_reference(tag), **params}
        )

    def asset_cache_from(self, tag: str = "buildcache") -> ecr_assets.DockerCacheOption:
        """A member of the ``cache_from`` of an image asset of the CDK; see `asset_cache_to`.

        Args:
            tag: The cache's tag.

        Raises:
            InvalidValueError: As `asset_cache_to`.
        """
        return ecr_assets.DockerCacheOption(type="registry", params={"ref": self._literal_reference(tag)})

    def _literal_reference(self, tag: str) -> str:
        check_arguments({"tag": tag}, {"tag": TEXT}, where=self._where, required=("tag",))
        address = f"{self._host}/{self._name}:{tag}"
        if is_token(address):
            raise InvalidValueError(
                "the cache's address is known only at deployment, and image assets are built before it",
                where=self._where,
                allowed="a stack of a known account and Region, and a literal name and tag",
                fix="write env=cdk.Environment(account=…, region=…)",
            )
        check_image_tag(tag)
        return address

    @property
    def _address(self) -> str:
        """The address by the resource's own name, so that what uses it waits for the repository."""
        return f"{self._host}/{self.repository_name}"

    def _reference(self, tag: str) -> str:
        check_arguments({"tag": tag}, {"tag": TEXT}, where=self._where, required=("tag",))
        return f"{self._address}:{tag if is_token(tag) else check_image_tag(tag)}"


def _name(prefix: str, build: str, where: str) -> str:
    if is_token(prefix) or is_token(build):
        return f"{prefix.removesuffix('/')}/{build}"
    namespace = CreationTemplatePrefix(prefix)
    if namespace.is_root:
        raise InvalidValueError(
            "the prefix of a build cache is ROOT, which holds every repository",
            where=where,
            allowed="a prefix under which nothing but caches lie, such as 'cache'",
        )
    return RepositoryName(f"{namespace.namespace}/{build}")


def _retention(days: int, where: str) -> Retention:
    try:
        return Retention(builds=[WILDCARD], builds_days=days)
    except InvalidValueError as error:
        raise InvalidValueError(
            f"days is {days}", where=where, allowed=error.allowed, fix=error.fix
        ) from None
