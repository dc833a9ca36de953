"""A team with an account of its own."""

from __future__ import annotations

from pydantic import Field, model_validator

from ecr_blueprints.config.cache import CacheModel
from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.signing import SigningProfilesModel
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.values import AccountId, KmsKeyArnText, OrganizationPath, RegionName

__all__ = ["TenantConsumerModel", "TenantModel"]


class TenantConsumerModel(BlueprintModel):
    """Accounts outside the team's that pull from its registry."""

    accounts: tuple[AccountId, ...] = Field(
        default=(), strict=False, description="Accounts whose IAM policies may let roles pull."
    )
    org_paths: tuple[OrganizationPath, ...] = Field(
        default=(), strict=False, description="Paths of the organization whose accounts may pull."
    )
    pull: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Names of the team's repositories, with * for any run of characters. Default: none.",
    )
    caches: tuple[str, ...] = Field(
        default=(), strict=False, description="The team's caches that they pull through, by upstream."
    )

    @model_validator(mode="after")
    def _whole(self) -> TenantConsumerModel:
        if not self.accounts and not self.org_paths:
            raise ValueError("nobody is named; fix: give `accounts` or `org_paths`")
        if not self.pull and not self.caches:
            raise ValueError("nothing is pulled; fix: give `pull` or `caches`")
        return self


class TenantModel(TeamModel):
    """One team, and the account that holds its registry."""

    account: AccountId = Field(description="The team's account, in quotes.")
    regions: tuple[RegionName, ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="The Regions of its registry, among the blueprint's. Default: all of them.",
    )
    kms_keys: dict[RegionName, KmsKeyArnText] = Field(
        default_factory=dict,
        description="Region → the ARN of a KMS key of the account that exists, where the blueprint has "
        "`encryption: {kms: true}`. Default: its registry makes one.",
    )
    signing_profiles: SigningProfilesModel = Field(
        default_factory=SigningProfilesModel,
        description="Signing profiles that exist, before those of the blueprint. Default: its registry makes "
        "its own of what the blueprint has signed.",
    )
    caches: dict[str, CacheModel] = Field(
        default_factory=dict, description="The team's pull-through caches by upstream registry."
    )
    consumers: dict[str, TenantConsumerModel] = Field(
        default_factory=dict, description="Who else pulls, by a name of the team's. Default: nobody."
    )
