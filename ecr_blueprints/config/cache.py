"""A pull-through cache, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import Digest, TaggedName

__all__ = ["CacheModel"]


class CacheModel(BlueprintModel):
    """One upstream registry that is cached."""

    prefix: str | None = Field(
        default=None, description="The prefix of the cache's repositories. Default: the upstream's own key."
    )
    secret: str | None = Field(
        default=None,
        description="The name of the Secrets Manager secret with the credential, under "
        "ecr-pullthroughcache/. It is created with a placeholder. Only for upstreams that need a credential.",
    )
    existing: bool = Field(
        default=False,
        description="Whether it exists, and comes in with `cdk import` first. Its secret stays as it is.",
    )
    seeds: dict[TaggedName, Digest] = Field(
        default_factory=dict,
        description="The images that it is filled with, name:tag at the upstream → digest. Needed with "
        "`air_gapped`, and only with it.",
    )
