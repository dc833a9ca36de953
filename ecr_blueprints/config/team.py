"""A team and its repositories: usually a file of the team's own."""

from __future__ import annotations

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.repository import RepositoryModel
from ecr_blueprints.config.values import TEAM_NAME_PATTERN, RoleArn, TagKey, TagValue

__all__ = ["PushModel", "TeamModel"]


class PushModel(BlueprintModel):
    """Who pushes to the team's repositories."""

    roles: tuple[RoleArn, ...] = Field(
        default=(),
        strict=False,
        description="ARNs of IAM roles, of any account. They need not exist yet. Their own policies have to "
        "let them log in and push, too.",
    )
    github: str | None = Field(
        default=None,
        description="A repository of GitHub, such as acme/payments: its workflows push by roles made for it, "
        "in the environment that is named like the stage.",
    )
    github_environment: str | None = Field(
        default=None, description="The environment of GitHub for every stage, instead of one for each stage."
    )
    gitlab: str | None = Field(
        default=None,
        description="A project of gitlab.com, such as acme/payments: its pipelines push by one role.",
    )
    gitlab_branch: str | None = Field(
        default=None, description="The branch that its pipelines run on. Needed with `gitlab`."
    )

    @model_validator(mode="after")
    def _whole(self) -> PushModel:
        for place, narrowed in (("github", "github_environment"), ("gitlab", "gitlab_branch")):
            if getattr(self, narrowed) is not None and getattr(self, place) is None:
                raise ValueError(f"`{narrowed}` narrows `{place}`, and there is none; fix: give `{place}`")
        if self.gitlab is not None and self.gitlab_branch is None:
            raise ValueError(
                "every branch of the project could push; fix: give `gitlab_branch`, which narrows it"
            )
        return self


class TeamModel(BlueprintModel):
    """One team."""

    team: str = Field(
        pattern=TEAM_NAME_PATTERN,
        max_length=60,
        description="The team's name, a part of its repositories' names.",
    )
    push: PushModel = Field(
        default_factory=PushModel, description="Who pushes to the repositories of the team."
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict, description="Tags on all of the team's repositories."
    )
    repositories: dict[str, RepositoryModel] = Field(
        min_length=1, description="The repositories by the application's name."
    )
