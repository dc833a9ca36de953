"""What pull-through caches can get wrong: upstreams, credentials, and prefixes that hold something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.cache import CacheModel
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.domain.quotas import PULL_THROUGH_CACHE_RULES
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.domain.upstream_registry import Authentication, CredentialSecretName, UpstreamRegistry
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_cached_names", "check_caches"]


def check_caches(
    caches: Mapping[str, CacheModel],
    document: MarkedDocument,
    root: KeyPath,
    prefixes: dict[str, CachePrefix],
) -> Iterator[BlueprintError]:
    """The mistakes of the caches of one registry.

    Args:
        caches: The caches.
        document: The file that holds them.
        root: Where in it the key ``caches`` stands.
        prefixes: Filled: cache → prefix, of those that are right.
    """
    if len(caches) > PULL_THROUGH_CACHE_RULES.value:
        yield BlueprintError(
            f"the registry would have {len(caches)} caches",
            where=document.where((*root, "caches", list(caches)[PULL_THROUGH_CACHE_RULES.value])),
            allowed=f"at most {PULL_THROUGH_CACHE_RULES.value} in a registry",
            fix="leave some out: who may pull what of a cache is said under `consumers`",
        )
    for name, cache in caches.items():
        where = document.where((*root, "caches", name))
        try:
            upstream = UpstreamRegistry.parse(name)
            prefix = CachePrefix(upstream.default_prefix if cache.prefix is None else cache.prefix)
            if cache.secret is not None:
                CredentialSecretName(cache.secret)
        except InvalidValueError as error:
            yield BlueprintError(error.what, where=where, allowed=error.allowed, fix=error.fix)
            continue
        if upstream.authentication is Authentication.SECRET and cache.secret is None:
            yield BlueprintError(
                f"{upstream.key} needs a credential, and the cache names no secret",
                where=where,
                allowed="the name of a Secrets Manager secret under ecr-pullthroughcache/",
                fix=f"add `secret: ecr-pullthroughcache/{name}`; it is created with a placeholder to replace",
            )
        if upstream.authentication is Authentication.NONE and cache.secret is not None:
            yield BlueprintError(
                f"{upstream.key} takes no credential",
                where=document.where((*root, "caches", name, "secret")),
                fix="remove `secret`",
            )
        shared = next((one for one in prefixes if _make_one_secret(caches[one], cache)), None)
        if shared is not None:
            yield BlueprintError(
                f"the secret {cache.secret!r} is that of the cache {shared!r} too, and each makes its own",
                where=document.where((*root, "caches", name, "secret")),
                allowed="a secret for each cache",
                fix=f"write `secret: ecr-pullthroughcache/{upstream.default_prefix.replace('/', '-')}`",
            )
        for other_name, other in prefixes.items():
            if prefix.overlaps(other) and not (prefix.is_root ^ other.is_root):
                yield BlueprintError(
                    f"the prefix {prefix.value!r} collides with {other.value!r} of the cache {other_name!r}",
                    where=where,
                    fix="give each cache a prefix of its own, none inside another",
                )
        prefixes[name] = prefix


def _make_one_secret(one: CacheModel, other: CacheModel) -> bool:
    """Whether two caches have one secret, and it is made for one of them at least."""
    return one.secret is not None and one.secret == other.secret and not (one.existing and other.existing)


def check_cached_names(
    blueprint: Blueprint,
    document: MarkedDocument,
    root: KeyPath,
    prefixes: Mapping[str, CachePrefix],
    names: Mapping[str, str],
) -> Iterator[BlueprintError]:
    """Caches whose prefix holds what is declared: ECR would ask the upstream for those repositories.

    Args:
        blueprint: The whole blueprint.
        document: The file that holds the caches.
        root: Where in it the key ``caches`` stands.
        prefixes: Cache → prefix.
        names: Declared repository of the registry → its place.
    """
    stage_first = blueprint.convention.startswith(f"{{{STAGE_SEGMENT}}}/")
    for cache, prefix in prefixes.items():
        if prefix.is_root:
            continue
        namespace = prefix.value.removesuffix("/")
        held = next((name for name in names if name == namespace or name.startswith(f"{namespace}/")), None)
        if held is not None:
            what = f"the prefix {namespace!r} holds the repository {held!r}, declared at {names[held]}"
        elif stage_first and namespace in blueprint.stages:
            what = f"the prefix {namespace!r} is the stage {namespace!r}, whose repositories begin with it"
        else:
            continue
        yield BlueprintError(
            what,
            where=document.where((*root, "caches", cache, "prefix")),
            allowed="a prefix under which no repository is declared",
            fix="give the cache a prefix of its own",
        )
