"""Who of a team pushes to a repository, as the blueprint says it."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.declared_repository import DeclaredRepository
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity, GitHubActions, GitLabPipelines

__all__ = ["pipeline_issuers", "pipelines_of"]


def pipelines_of(declared: DeclaredRepository) -> Iterator[FederatedIdentity]:
    """The pipelines of the team that push to a repository: of GitHub, those in its stage's environment.

    Args:
        declared: The repository.
    """
    push = declared.team.push
    if push.github is not None:
        environment = push.github_environment or declared.stage
        yield GitHubActions(push.github, environment=environment)
    if push.gitlab is not None:
        yield GitLabPipelines(push.gitlab, branch=push.gitlab_branch)


def pipeline_issuers(blueprint: Blueprint) -> dict[str, FederatedIdentity]:
    """The construct id of each identity provider that the blueprint's teams need → one identity of it.

    Args:
        blueprint: The blueprint.
    """
    found: dict[str, FederatedIdentity] = {}
    for team in blueprint.teams:
        if team.push.github is not None:
            found.setdefault("GitHub", GitHubActions(team.push.github, environment="any"))
        if team.push.gitlab is not None:
            found.setdefault("GitLab", GitLabPipelines(team.push.gitlab, branch="any"))
    return found
