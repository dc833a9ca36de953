"""Who a pipeline is: exact subjects, and wildcards only with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.domain.pipeline_identity import GitHubActions, GitLabPipelines
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        ({"environment": "prod"}, "repo:acme/payments:environment:prod"),
        ({"environment": "prod:eu"}, "repo:acme/payments:environment:prod%3Aeu"),
        ({"environment": "prod eu"}, "repo:acme/payments:environment:prod eu"),
        ({"branch": "main"}, "repo:acme/payments:ref:refs/heads/main"),
        ({"branch": "release/1.x"}, "repo:acme/payments:ref:refs/heads/release/1.x"),
        ({"tag": "v1.0.0"}, "repo:acme/payments:ref:refs/tags/v1.0.0"),
        ({"pull_request": True}, "repo:acme/payments:pull_request"),
        (
            {"subject": "repository_owner_id:123:repository_id:456"},
            "repository_owner_id:123:repository_id:456",
        ),
        (
            {"branch": "main", "owner_id": 123, "repository_id": "456"},
            "repo:acme@123/payments@456:ref:refs/heads/main",
        ),
    ],
)
def test_github_writes_the_subject_so(arguments: dict[str, Any], subject: str) -> None:
    identity = GitHubActions("acme/payments", **arguments)
    assert identity.token_subject == subject
    assert identity.token_issuer == "token.actions.githubusercontent.com"
    assert not identity.has_wildcard


@pytest.mark.parametrize(
    ("repository", "arguments", "subject"),
    [
        ("acme/*", {"environment": "prod"}, "repo:acme/*:environment:prod"),
        ("acme/pay-*", {"branch": "main", "owner_id": 123}, "repo:acme@123/pay-*@*:ref:refs/heads/main"),
        ("acme/payments", {"branch": "release/*"}, "repo:acme/payments:ref:refs/heads/release/*"),
        ("acme/payments", {"tag": "v?.0"}, "repo:acme/payments:ref:refs/tags/v?.0"),
    ],
)
def test_a_wildcard_takes_a_reason(repository: str, arguments: dict[str, Any], subject: str) -> None:
    with pytest.raises(InvalidValueError, match="has a wildcard: every job that matches gets in") as caught:
        GitHubActions(repository, **arguments)
    assert "wildcard_reason" in str(caught.value)
    identity = GitHubActions(repository, **arguments, wildcard_reason="one pipeline for all of them")
    assert identity.token_subject == subject
    assert identity.has_wildcard


@pytest.mark.parametrize(
    ("repository", "arguments", "message"),
    [
        ("payments", {"branch": "main"}, "is no repository of GitHub"),
        ("*/payments", {"branch": "main", "wildcard_reason": "x"}, "is no repository of GitHub"),
        ("acme*/payments", {"branch": "main", "wildcard_reason": "x"}, "is no repository of GitHub"),
        ("https://github.com/acme/payments", {"branch": "main"}, "without https://github.com/"),
        ("acme/payments:ref", {"branch": "main"}, "is no repository of GitHub"),
        (None, {"branch": "main"}, "repository is None"),
        ("acme/payments", {}, "nothing says which of its jobs are meant"),
        ("acme/payments", {"branch": "main", "tag": "v1"}, "branch and tag are given"),
        ("acme/payments", {"branch": "refs/heads/main"}, "fix: write branch='main'"),
        ("acme/payments", {"branch": "refs/tags/v1"}, "fix: write tag='v1'"),
        ("acme/payments", {"branch": "main:x"}, "a name of git"),
        ("acme/payments", {"branch": ""}, "branch is ''"),
        ("acme/payments", {"branch": 1}, "branch is 1"),
        ("acme/payments", {"branch": "${aws:username}"}, "where IAM puts in a variable"),
        ("acme/payments", {"pull_request": "yes"}, "pull_request is 'yes'"),
        ("acme/payments", {"subject": "*", "wildcard_reason": "x"}, "begins with a wildcard"),
        ("acme/payments", {"branch": "main", "owner_id": 1}, "one without the other"),
        ("acme/payments", {"branch": "main", "repository_id": 1}, "one without the other"),
        ("acme/payments", {"branch": "main", "owner_id": "x", "repository_id": 1}, "owner_id is 'x'"),
        ("acme/payments", {"branch": "main", "owner_id": True, "repository_id": 1}, "owner_id is True"),
        (
            "acme/*",
            {"branch": "main", "owner_id": 1, "repository_id": 2, "wildcard_reason": "x"},
            "has no repository_id",
        ),
        ("acme/payments", {"branch": "main", "wildcard_reason": " "}, "why the wildcard has to be"),
        ("acme/payments", {"branch": "main", "issuer": "https://ghe.acme.com"}, "fix: write 'ghe.acme.com'"),
        ("acme/payments", {"branch": "main", "audience": ""}, "audience is ''"),
    ],
)
def test_what_says_nobody_or_too_many_is_refused(
    repository: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        GitHubActions(repository, **arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("project", "arguments", "subject"),
    [
        ("acme/payments", {"branch": "main"}, "project_path:acme/payments:ref_type:branch:ref:main"),
        ("acme/platform/api", {"tag": "v1"}, "project_path:acme/platform/api:ref_type:tag:ref:v1"),
        ("acme/api", {"subject": "project_path:acme/api"}, "project_path:acme/api"),
        (
            "acme/*",
            {"branch": "main", "wildcard_reason": "x"},
            "project_path:acme/*:ref_type:branch:ref:main",
        ),
    ],
)
def test_gitlab_writes_the_subject_so(project: str, arguments: dict[str, Any], subject: str) -> None:
    identity = GitLabPipelines(project, **arguments)
    assert identity.token_subject == subject
    assert identity.token_issuer == "gitlab.com"


@pytest.mark.parametrize(
    ("project", "arguments", "message"),
    [
        ("acme", {"branch": "main"}, "is no project of GitLab"),
        ("*/api", {"branch": "main", "wildcard_reason": "x"}, "is no project of GitLab"),
        ("acme/api", {}, "exactly one of branch, tag, subject"),
        ("acme/*", {"branch": "main"}, "has a wildcard"),
        ("acme/api", {"branch": "*"}, "has a wildcard"),
        ("acme/api", {"tag": "refs/tags/v1"}, "fix: write tag='v1'"),
    ],
)
def test_gitlab_refuses_too(project: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        GitLabPipelines(project, **arguments)
    assert message in str(caught.value)


def test_the_identifier_changes_with_who_is_meant_alone() -> None:
    main = GitHubActions("acme/payments", branch="main")
    assert main.identifier == "GitHub-Actions-of-acme-payments-branch-main-1e85dbc2"
    others = [
        GitHubActions("acme/payments", branch="main", owner_id=1, repository_id=2),
        GitHubActions("acme/payments", branch="main", audience="other"),
        GitHubActions("acme/payments", branch="main", issuer="ghe.acme.com/_services/token"),
        GitHubActions("acme/pay-ments", branch="main"),
        GitLabPipelines("acme/payments", branch="main"),
    ]
    assert len({one.identifier for one in (main, *others)}) == 6
    again = GitHubActions("acme/payments", branch="main", wildcard_reason="not needed")
    assert again.identifier == main.identifier


@pytest.mark.parametrize(
    ("identity", "title"),
    [
        (GitHubActions("a/b", environment="prod"), "GitHub Actions of a/b, environment prod"),
        (GitHubActions("a/b", pull_request=True), "GitHub Actions of a/b, pull requests"),
        (GitHubActions("a/b", subject="x"), "GitHub Actions of a/b, subject x"),
        (GitLabPipelines("a/b", tag="v1"), "GitLab pipelines of a/b, tag v1"),
    ],
)
def test_people_read_who_it_is(identity: GitHubActions | GitLabPipelines, title: str) -> None:
    assert identity.title == title
