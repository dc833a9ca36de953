"""Where the registry is, and which of its registry-level settings this blueprint owns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import AccountId, RegionName

__all__ = ["ManageModel", "RegistryModel", "ScanningModel"]


class RegistryModel(BlueprintModel):
    """The registry's account and Regions."""

    account: AccountId = Field(description="The account that owns the registry, in quotes.")
    regions: tuple[RegionName, ...] = Field(
        strict=False, min_length=1, description="The Regions; the first is the main one."
    )
    iam_region: RegionName | None = Field(
        default=None,
        description="The Region of the stacks that hold what has none: roles, policies and identity "
        "providers of IAM; and of stack sets. It stays when the main Region changes. Default: the main one.",
    )


class ManageModel(BlueprintModel):
    """Who owns each registry-level setting: true this blueprint, false somebody else, import what exists."""

    scanning: bool | Literal["import"] = Field(
        default=True, description="The registry scanning configuration."
    )
    registry_policy: bool | Literal["import"] = Field(default=True, description="The registry policy.")
    root_template: bool | Literal["import"] = Field(default=True, description="The ROOT creation template.")
    pipeline_identity: bool = Field(
        default=True,
        description="The identity providers of GitHub and GitLab in IAM, where teams push by them. An "
        "account has one of each: false where they exist.",
    )
    replication: bool | Literal["import"] = Field(
        default=True, description="The replication configuration, where there is replication."
    )
    pull_time_exclusions: Literal[True, "import"] = Field(
        default=True, description="The pull-time exclusions that this blueprint names."
    )
    signing: bool | Literal["import"] = Field(
        default=True, description="The signing configuration, where images are signed."
    )
    settings: bool = Field(
        default=True,
        description="The settings under `settings`. false: somebody else sets them, the registry policy's "
        "scope V2 among them.",
    )


class ScanningModel(BlueprintModel):
    """How images are scanned; production, bases and caches are always scanned continuously."""

    development: Literal["continuous", "on-push", "none"] = Field(
        default="on-push", description="Stages that are not production. `none` leaves them unscanned."
    )
