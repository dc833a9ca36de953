"""A pull-through cache, as the blueprint says it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

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
    existing: bool | Literal["secret"] = Field(
        default=False,
        description="What exists. true: all of it, and it comes in with `cdk import` first; its secret stays "
        "as it is. secret: the secret alone, as a destroyed registry leaves it.",
    )
    seeds: dict[TaggedName, Digest] = Field(
        default_factory=dict,
        description="The images that it is filled with, name:tag at the upstream → digest. Needed with "
        "`air_gapped`, and only with it.",
    )

    @model_validator(mode="after")
    def _whole(self) -> CacheModel:
        if self.existing == "secret" and self.secret is None:
            raise ValueError(
                "the secret exists, and nothing says which; fix: add `secret` with its name, or leave "
                "`existing` out"
            )
        return self
