"""How long images are kept, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel

__all__ = ["RetentionModel"]


class RetentionModel(BlueprintModel):
    """Which images may go, and which never do. What is not declared is kept."""

    keep: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Tag patterns of images that no rule may touch, such as v* or deployed-*.",
    )
    builds: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Tag patterns of builds that may go after `builds_days` days, such as sha-*.",
    )
    builds_days: int | None = Field(
        default=None, ge=1, description="Days after which a build goes. Needed where `builds` is given."
    )
    untagged_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which an untagged image goes. Default: 1 where tags are immutable, else 14.",
    )
