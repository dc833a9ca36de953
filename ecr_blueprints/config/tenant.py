"""A team with an account of its own."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.values import AccountId

__all__ = ["TenantModel"]


class TenantModel(TeamModel):
    """One team, and the account that holds its registry."""

    account: AccountId = Field(description="The team's account, in quotes.")
