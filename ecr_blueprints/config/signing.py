"""Which images are signed, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel

__all__ = ["SigningModel"]


class SigningModel(BlueprintModel):
    """Managed signing on push. Who pushes signs, and needs signer:SignPayload (facts §8)."""

    production: bool = Field(
        default=False, description="Sign the production stages, and base images, with a profile of their own."
    )
    development: bool = Field(default=False, description="Sign the other stages, with another profile.")
