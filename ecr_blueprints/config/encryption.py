"""How images are encrypted, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import KmsKeyArnText, RegionName

__all__ = ["NO_RECORD", "EncryptionModel"]

NO_RECORD = "none"
"""Instead of a record: the registry is new, and no repository exists."""


class EncryptionModel(BlueprintModel):
    """Encryption of what is created from now on; a repository that exists keeps what it has (ADR 13)."""

    kms: bool = Field(
        default=False, description="Whether each registry makes a KMS key of its own. Default: AES-256."
    )
    existing: str | None = Field(
        default=None,
        description="The record of what exists, written by `aws ecr describe-repositories`, relative to this "
        "file; or none for a registry that is new. Needed with `kms`.",
    )
    kms_keys: dict[RegionName, KmsKeyArnText] = Field(
        default_factory=dict,
        description="Region → the ARN of a KMS key that exists and that its registry takes, such as the one "
        "that a destroyed registry left. Default: each registry makes its own. Tenants name theirs.",
    )

    @model_validator(mode="after")
    def _whole(self) -> EncryptionModel:
        if self.kms and self.existing is None:
            raise ValueError(
                "a key would replace repositories that exist, and nothing says which do; fix: add "
                "`existing:` with the file that `aws ecr describe-repositories` wrote, or `existing: none` "
                "for a new registry"
            )
        if not self.kms and self.kms_keys:
            raise ValueError("`kms_keys` is for `kms: true`; fix: leave it out, or ask for the key")
        if not self.kms and self.existing is not None:
            raise ValueError("`existing` is for `kms: true`; fix: leave it out, or ask for the key")
        return self
