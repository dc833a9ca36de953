"""The organization of AWS Organizations, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import AccountId, OrganizationId

__all__ = ["OrganizationModel"]


class OrganizationModel(BlueprintModel):
    """The organization, and the account from which stack sets go to its accounts."""

    id: OrganizationId = Field(description="The organization's id, such as o-exampleorg.")
    administrator: AccountId = Field(
        description="The account that deploys stack sets: the management account, or a delegate."
    )
    delegated: bool = Field(
        default=False, description="Whether that account is a delegated administrator of CloudFormation."
    )
    management: AccountId | None = Field(
        default=None,
        description="The management account, where policies of the organization are made. Default: "
        "`administrator`, where that is no delegate. Used by the tenant-managed model alone.",
    )
