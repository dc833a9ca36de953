"""Which images are signed, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import RegionName, SigningProfileArnText

__all__ = ["SigningModel", "SigningProfilesModel"]


class SigningProfilesModel(BlueprintModel):
    """Signing profiles that exist, of any account; theirs says who may sign with them (facts §8)."""

    production: dict[RegionName, SigningProfileArnText] = Field(
        default_factory=dict, description="Region → the ARN of the profile of production, and of base images."
    )
    development: dict[RegionName, SigningProfileArnText] = Field(
        default_factory=dict, description="Region → the ARN of the profile of the other stages."
    )


class SigningModel(BlueprintModel):
    """Managed signing on push. Who pushes signs, and needs signer:SignPayload (facts §8)."""

    production: bool = Field(
        default=False, description="Sign the production stages, and base images, with a profile of their own."
    )
    development: bool = Field(default=False, description="Sign the other stages, with another profile.")
    profiles: SigningProfilesModel = Field(
        default_factory=SigningProfilesModel,
        description="Profiles that exist and are taken, such as those that a destroyed registry left. "
        "Default: each registry makes its own.",
    )
