"""The upstream of a pull-through cache, as it is given to a construct."""

from __future__ import annotations

from typing import Final

from ecr_blueprints.constructs.argument_type import check_literal_text
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry, UpstreamRegistryKey
from ecr_blueprints.errors import InvalidValueError

__all__ = ["IS_FIXED", "check_upstream", "read_upstream"]

IS_FIXED: Final = "ECR fixes it when a cache is created"
"""Why the upstream and the prefix must be known at synthesis."""


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


def check_upstream(upstream: UpstreamRegistry, *, where: str) -> None:
    """Refuse an upstream of which no cache can be made here.

    Args:
        upstream: The upstream.
        where: The cache, for the error.

    Raises:
        InvalidValueError: It is another ECR registry, or its address is not known.
    """
    if upstream.key is UpstreamRegistryKey.ECR:
        raise InvalidValueError(
            "a cache of another ECR registry is not supported yet",
            where=where,
            allowed=", ".join(key for key in UpstreamRegistryKey if key is not UpstreamRegistryKey.ECR),
            fix="use CfnPullThroughCacheRule for it",
        )
    if upstream.upstream_registry_url is None:
        raise InvalidValueError(
            f"the address of {upstream.key} is not known",
            where=where,
            allowed=upstream.url_form,
            fix=f"give its host, {upstream.url_form}, as the upstream",
        )
