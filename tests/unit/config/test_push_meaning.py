"""Pipelines that push: what is no repository, project, environment or branch is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
teams:
  - team: payments
    repositories: {api: {}}
    push:
"""


def write(tmp_path: Path, push: dict[str, str]) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT + "".join(f"      {key}: '{value}'\n" for key, value in push.items()))
    return path


@pytest.mark.parametrize(
    "push",
    [
        {"github": "acme/payments"},
        {"github": "acme/payments", "github_environment": "live"},
        {"gitlab": "acme/platform/payments", "gitlab_branch": "main"},
    ],
)
def test_what_is_one(tmp_path: Path, push: dict[str, str]) -> None:
    load_blueprint(write(tmp_path, push))


@pytest.mark.parametrize(
    ("push", "what", "fix"),
    [
        ({"github": "https://github.com/acme/payments"}, "no repository of GitHub", "write for example"),
        ({"github": "payments"}, "no repository of GitHub", "write for example"),
        ({"github": ""}, "repository is ''", "write it in full"),
        ({"github": "acme/*"}, "has a wildcard", "name one"),
        ({"github": "acme/payments", "github_environment": ""}, "environment is ''", "write it in full"),
        ({"github": "acme/payments", "github_environment": "prod-*"}, "has a wildcard", "name one"),
        ({"gitlab_branch": "main", "gitlab": "payments"}, "no project of GitLab", "write for example"),
        ({"gitlab": "acme/payments", "gitlab_branch": "refs/heads/main"}, "branch is", "write main"),
        ({"gitlab": "acme/payments", "gitlab_branch": "refs/tags/v1"}, "branch is", "name a branch"),
        ({"gitlab": "acme/payments", "gitlab_branch": "*"}, "has a wildcard", "name one"),
    ],
)
def test_what_is_none_is_refused_at_its_key(
    tmp_path: Path, push: dict[str, str], what: str, fix: str
) -> None:
    path = write(tmp_path, push)
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    line, key = 8 + len(push), list(push)[-1]
    assert caught.value.where == f"{path}:{line}: teams[0].push.{key}"
    assert what in caught.value.what
    assert caught.value.allowed
    assert caught.value.fix is not None
    assert caught.value.fix.startswith(fix)
    assert "=" not in caught.value.fix, "an argument of a construct, and no key of the file"


def test_a_team_s_own_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    team = tmp_path / "teams" / "web.yaml"
    team.write_text("team: web\nrepositories: {site: {}}\npush:\n  github: web\n")
    path = write(tmp_path, {"github": "acme/payments"})
    path.write_text(f"include: teams/*.yaml\n{path.read_text()}")
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    assert caught.value.where == f"{team}:4: push.github"
