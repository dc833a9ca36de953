"""Settings of a registry that are on or off, as the blueprint says them."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel

__all__ = ["SettingsModel"]


class SettingsModel(BlueprintModel):
    """Settings that have no CloudFormation resource; each is made by a small function."""

    blob_mounting: bool = Field(
        default=True,
        description="Whether a layer that one repository holds need not be pushed to another. false: off, "
        "where repositories must not share layers.",
    )
    policy_scope_v2: bool = Field(
        default=True,
        description="Whether the registry policy counts for all of ECR's actions. false: left as it is.",
    )
    native_basic_scanning: bool = Field(
        default=True,
        description="Whether basic scanning, where it is used, is ECR's own. false: left as it is.",
    )
    inspector_rescan: bool = Field(
        default=False,
        description="Whether Inspector's re-scan window becomes 90 days since push or last pull, for the "
        "whole account. false: left as it is; not for a member of an organization's Inspector.",
    )
