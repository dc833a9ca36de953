"""What the pipelines that push to a team's repositories can get wrong: who they are, in one exact subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ecr_blueprints.config.marked_yaml import Place
from ecr_blueprints.config.team import PushModel
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity, GitHubActions, GitLabPipelines
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_push"]

_ANY = "any"
"""Narrows an identity whose repository or project alone is judged."""


def check_push(push: PushModel, place: Place) -> Iterator[BlueprintError]:
    """The mistakes of `push`, judged as the roles that are made for the pipelines judge them.

    Args:
        push: Who pushes.
        place: The team's place.
    """
    github, environment = push.github, push.github_environment
    if github is not None:
        wrong = list(_wrong(github, lambda: GitHubActions(github, environment=_ANY), place, "github"))
        yield from wrong
        if environment is not None and not wrong:
            yield from _wrong(
                environment,
                lambda: GitHubActions(github, environment=environment),
                place,
                "github_environment",
            )
    gitlab, branch = push.gitlab, push.gitlab_branch
    if gitlab is not None and branch is not None:
        wrong = list(_wrong(gitlab, lambda: GitLabPipelines(gitlab, branch=_ANY), place, "gitlab"))
        yield from wrong
        if not wrong:
            yield from _wrong(branch, lambda: GitLabPipelines(gitlab, branch=branch), place, "gitlab_branch")


def _wrong(
    text: str, identity: Callable[[], FederatedIdentity], place: Place, key: str
) -> Iterator[BlueprintError]:
    document, root = place
    where = document.where((*root, "push", key))
    if "*" in text or "?" in text:
        yield BlueprintError(
            f"{text!r} has a wildcard: every pipeline that matches would push",
            where=where,
            allowed="an exact value",
            fix="name one; give another team's repositories, or a second one's, a team entry of their own",
        )
        return
    try:
        identity()
    except InvalidValueError as error:
        fix = error.fix or "write it in full"
        if key == "gitlab_branch" and text.startswith("refs/"):
            is_branch = text.startswith("refs/heads/")
            fix = f"write {text.removeprefix('refs/heads/')}" if is_branch else "name a branch, and no tag"
        yield BlueprintError(error.what, where=where, allowed=error.allowed, fix=fix)
