"""The upstream of a pull-through cache, as it is given to a construct."""

from __future__ import annotations

from typing import Final

from ecr_blueprints.constructs.argument_type import check_literal_text
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.repository_filter import ROOT, CachePrefix
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry, UpstreamRegistryKey
from ecr_blueprints.errors import InvalidValueError

__all__ = ["IS_FIXED", "check_upstream", "check_upstream_prefix", "read_upstream"]

IS_FIXED: Final = "ECR fixes it when a cache is created"
"""Why the upstream and the prefixes must be known at synthesis."""

_CALLS: Final = {
    UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY: 'UpstreamRegistry.azure("<registry>")',
    UpstreamRegistryKey.ECR: 'UpstreamRegistry.ecr("<account>", "<region>")',
}


def read_upstream(upstream: object, *, where: str) -> UpstreamRegistry:
    """The upstream, given itself or by its key, host or common name.

    Args:
        upstream: As given.
        where: The cache, for the error.

    Raises:
        InvalidValueError: ECR cannot cache it, or it is known only at deployment.
    """
    if isinstance(upstream, UpstreamRegistry):
        return upstream
    text = check_literal_text(upstream, argument="upstream", where=where, because=IS_FIXED)
    return UpstreamRegistry.parse(text)


def check_upstream(upstream: UpstreamRegistry, environment: RegistryEnvironment, *, where: str) -> None:
    """Refuse an upstream of which no cache can be made here.

    Args:
        upstream: The upstream.
        environment: Where the cache's registry is.
        where: The cache, for the error.

    Raises:
        InvalidValueError: Its address is not known, it is the cache's own registry, or it lies in another
            partition.
    """
    if upstream.upstream_registry_url is None:
        call = _CALLS.get(upstream.key)
        raise InvalidValueError(
            f"the address of {upstream.key} is not known",
            where=where,
            allowed=upstream.url_form,
            fix=f"give its host, {upstream.url_form}, as the upstream"
            + (f", or write {call}" if call else ""),
        )
    account, region = upstream.account, upstream.region
    if account is None or region is None or environment.region is None:
        return
    if (account, region) == (environment.account, environment.region):
        raise InvalidValueError(
            f"the upstream {upstream} is the cache's own registry",
            where=where,
            allowed="the registry of another account or Region",
            fix="pull from the registry itself: what it holds needs no cache",
        )
    own = partition_of(environment.region).name
    if partition_of(region).name != own:
        raise InvalidValueError(
            f"the upstream {upstream} lies in the partition {partition_of(region).name}, and no role of "
            f"{own} reaches it",
            where=where,
            allowed=f"a registry of the partition {own}",
            fix="copy its images into a repository by a pipeline that logs in to both",
        )


def check_upstream_prefix(
    upstream_prefix: object, upstream: UpstreamRegistry, *, prefix: str, where: str
) -> str | None:
    """The prefix at the upstream, without a slash at its end; None for all of the upstream.

    Args:
        upstream_prefix: As given.
        upstream: The upstream.
        prefix: The cache's prefix.
        where: The cache, for the error.

    Raises:
        InvalidValueError: It is no prefix, the upstream takes none, or the cache's prefix is ``ROOT``.
    """
    if upstream_prefix is None:
        return None
    text = check_literal_text(upstream_prefix, argument="upstream_prefix", where=where, because=IS_FIXED)
    if not upstream.takes_upstream_prefix:
        raise InvalidValueError(
            f"an upstream prefix is for another ECR registry, and the upstream is {upstream.key}",
            where=where,
            fix="leave out upstream_prefix: a cache of this upstream holds all of it",
        )
    checked = CachePrefix(text)
    if checked.is_root:
        return None
    if prefix == ROOT:
        raise InvalidValueError(
            f"the upstream prefix {text!r} under the prefix {ROOT}, which stands for every name",
            where=where,
            allowed=f"an upstream prefix with a prefix other than {ROOT}",
            fix=f"write prefix={checked.namespace!r}, or leave out upstream_prefix",
        )
    return checked.namespace
