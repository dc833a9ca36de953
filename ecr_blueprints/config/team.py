"""A team and its repositories: usually a file of the team's own."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.repository import RepositoryModel
from ecr_blueprints.config.values import TEAM_NAME_PATTERN, RoleArn, TagKey, TagValue

__all__ = ["PushModel", "TeamModel"]


class PushModel(BlueprintModel):
    """Who pushes to the team's repositories."""

    roles: tuple[RoleArn, ...] = Field(
        default=(),
        strict=False,
        description="ARNs of IAM roles, of any account. They need not exist yet.",
    )


class TeamModel(BlueprintModel):
    """One team."""

    team: str = Field(
        pattern=TEAM_NAME_PATTERN,
        max_length=60,
        description="The team's name, a part of its repositories' names.",
    )
    push: PushModel = Field(default_factory=PushModel, description="Who pushes.")
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict, description="Tags on all of the team's repositories."
    )
    repositories: dict[str, RepositoryModel] = Field(
        min_length=1, description="The repositories by the application's name."
    )
