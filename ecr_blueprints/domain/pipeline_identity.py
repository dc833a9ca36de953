"""Pipelines outside AWS that log in with an OpenID Connect token: who they are, in one exact subject.

What an IAM role may compare of such a token is its audience (``aud``) and its subject (``sub``); IAM demands
a condition on the subject for the issuers that everybody shares, GitHub's and GitLab's among them.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html,
https://docs.github.com/en/actions/reference/security/oidc and
https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "CHINA_STS_AUDIENCE",
    "GITHUB_ISSUER",
    "GITLAB_ISSUER",
    "STS_AUDIENCE",
    "FederatedIdentity",
    "GitHubActions",
    "GitLabPipelines",
    "check_issuer",
]

GITHUB_ISSUER: Final = "token.actions.githubusercontent.com"
"""Source: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws"""

GITLAB_ISSUER: Final = "gitlab.com"
"""Source: https://docs.gitlab.com/ci/cloud_services/aws/"""

STS_AUDIENCE: Final = "sts.amazonaws.com"
"""What GitHub's action for AWS asks a token for. A GitLab job names the audience itself (``id_tokens``)."""

CHINA_STS_AUDIENCE: Final = "sts.amazonaws.com.cn"
"""The same in the partition ``aws-cn``.

Source: https://github.com/aws-actions/configure-aws-credentials#oidc-audience
"""

_WILDCARDS: Final = re.compile(r"[*?]")
_GITHUB_OWNER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})")
_GITHUB_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._*?-]{1,100}")
_GITLAB_SEGMENT: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_GITLAB_WILD_SEGMENT: Final = re.compile(r"[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*")
_ISSUER: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*")
_ID: Final = re.compile(r"[0-9]{1,20}")
_VISIBLE: Final = r"[\x21-\x7e\xa1-\uffff](?:[\x20-\x7e\xa1-\uffff]*[\x21-\x7e\xa1-\uffff])?"
"""Compiled when it is first used, which takes a hundredth of a second."""
_LABEL_PART: Final = re.compile(r"[^A-Za-z0-9]+")


class FederatedIdentity(ABC):
    """Somebody outside AWS who takes a role with a token of an issuer that the account trusts.

    Subclass it for another issuer: three texts say who it is.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def title(self) -> str:
        """Who it is, for people: ``GitHub Actions of acme/payments, environment prod``."""

    @property
    @abstractmethod
    def token_issuer(self) -> str:
        """The issuer's address without ``https://``, as IAM's condition keys begin with it."""

    @property
    @abstractmethod
    def token_subject(self) -> str:
        """The subject that the token must have; with `has_wildcard`, a pattern with ``*`` and ``?``."""

    @property
    @abstractmethod
    def token_audience(self) -> str | None:
        """The audience that the token must have; None for that of STS in the role's partition."""

    @property
    def has_wildcard(self) -> bool:
        """Whether the subject is a pattern."""
        return _WILDCARDS.search(self.token_subject) is not None

    @property
    def identifier(self) -> str:
        """A stable name for constructs: it changes only with who is meant."""
        told = "\n".join((self.token_issuer, self.token_audience or "", self.token_subject))
        words = _LABEL_PART.sub("-", self.title).strip("-")
        import hashlib  # for those who have an identity

        return f"{words[:100]}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class GitHubActions(FederatedIdentity):
    """The jobs of one GitHub repository, narrowed to an environment, a branch, a tag or pull requests.

    A job that names an environment has that in its subject and nothing of its branch. So prefer
    ``environment``, and protect the environment with deployment rules in GitHub.

    Since 15 July 2026, new and renamed repositories on github.com have numbers in their subjects
    (``repo:acme@123/payments@456:…``), which no later owner of the name has: give ``owner_id`` and
    ``repository_id`` for those. ``gh api repos/acme/payments --jq '.owner.id, .id'`` shows both.

    Attributes:
        repository: ``owner/name`` as GitHub writes it, upper and lower case.
        environment: The job's deployment environment.
        branch: The branch that the workflow runs on, of jobs without an environment.
        tag: The tag that the workflow runs on, of jobs without an environment.
        pull_request: Whether it is for jobs of pull requests without an environment. Whoever can open one
            from a branch of the repository gets in.
        subject: The whole subject, for an organization that customizes it.
        owner_id: The number of the owner, where subjects hold numbers. Default: they hold none.
        repository_id: The number of the repository, together with ``owner_id``.
        wildcard_reason: Why ``*`` or ``?`` stands in the name, the environment, the branch, the tag or the
            subject: then all that match get in. Default: wildcards are refused.
        audience: The token's audience. Default: that of STS, which GitHub's action for AWS asks for.
        issuer: The issuer without ``https://``. Default: github.com's; for GitHub Enterprise Server
            ``<host>/_services/token``.

    Raises:
        InvalidValueError: Not exactly one narrowing, a malformed value, or a wildcard without a reason.

    Sources: https://docs.github.com/en/actions/reference/security/oidc and
    https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/

    Practices: ACC-3, ACC-4
    """

    repository: str
    _: KW_ONLY
    environment: str | None = None
    branch: str | None = None
    tag: str | None = None
    pull_request: bool = False
    subject: str | None = None
    owner_id: str | int | None = None
    repository_id: str | int | None = None
    wildcard_reason: str | None = None
    audience: str | None = None
    issuer: str = GITHUB_ISSUER

    def __post_init__(self) -> None:
        """Check every part."""
        where = f"GitHubActions({self.repository!r})"
        owner, slash, name = _text(self.repository, "repository", where).partition("/")
        if not slash or not _GITHUB_OWNER.fullmatch(owner) or not _GITHUB_REPOSITORY.fullmatch(name):
            raise InvalidValueError(
                f"{self.repository!r} is no repository of GitHub",
                where=where,
                allowed="owner/name; the owner is one, without wildcards",
                fix="write for example 'acme/payments', without https://github.com/",
            )
        if not isinstance(self.pull_request, bool):
            raise InvalidValueError(
                f"pull_request is {self.pull_request!r}", where=where, allowed="True or False"
            )
        narrowing = {
            "environment": self.environment,
            "branch": self.branch,
            "tag": self.tag,
            "pull_request": self.pull_request or None,
            "subject": self.subject,
        }
        _exactly_one(narrowing, where)
        for argument, value in narrowing.items():
            if value is not None and value is not True:
                _subject_part(value, argument, where)
        for argument, value in (("branch", self.branch), ("tag", self.tag)):
            _check_ref(value, argument, where)
        _check_ids(
            self.owner_id, self.repository_id, has_wild_name=bool(_WILDCARDS.search(name)), where=where
        )
        _check_token(self, self.wildcard_reason, where)

    @property
    def title(self) -> str:
        """Who it is, for people."""
        for word in ("environment", "branch", "tag"):
            value = getattr(self, word)
            if value is not None:
                return f"GitHub Actions of {self.repository}, {word} {value}"
        return f"GitHub Actions of {self.repository}, " + (
            "pull requests" if self.pull_request else f"subject {self.subject}"
        )

    @property
    def token_issuer(self) -> str:
        """The issuer's address without ``https://``."""
        return self.issuer

    @property
    def token_audience(self) -> str | None:
        """The audience; None for that of STS."""
        return self.audience

    @property
    def token_subject(self) -> str:
        """The subject, such as ``repo:acme/payments:environment:prod``."""
        if self.subject is not None:
            return self.subject
        owner, _, name = self.repository.partition("/")
        if self.owner_id is not None:
            owner = f"{owner}@{self.owner_id}"
            name = f"{name}@{'*' if self.repository_id is None else self.repository_id}"
        repository = f"repo:{owner}/{name}"
        if self.environment is not None:
            # GitHub writes a colon within a value as %3A.
            return f"{repository}:environment:{self.environment.replace(':', '%3A')}"
        if self.branch is not None:
            return f"{repository}:ref:refs/heads/{self.branch}"
        if self.tag is not None:
            return f"{repository}:ref:refs/tags/{self.tag}"
        return f"{repository}:pull_request"


@dataclass(frozen=True, slots=True)
class GitLabPipelines(FederatedIdentity):
    """The jobs of one GitLab project, narrowed to a branch or a tag.

    A pipeline of a merge request has the branch that is to be merged in its subject.

    Attributes:
        project: ``group/project``, with subgroups, as GitLab writes it.
        branch: The branch.
        tag: The tag.
        subject: The whole subject, for a project that chooses its components.
        wildcard_reason: Why ``*`` or ``?`` stands after the group: then all that match get in. Default:
            wildcards are refused.
        audience: The audience that the job names under ``id_tokens``. Default: that of STS.
        issuer: The instance without ``https://``. Default: ``gitlab.com``.

    Raises:
        InvalidValueError: Not exactly one narrowing, a malformed value, or a wildcard without a reason.

    Sources: https://docs.gitlab.com/ci/cloud_services/aws/ and
    https://docs.gitlab.com/ci/secrets/id_token_authentication/

    Practices: ACC-3, ACC-4
    """

    project: str
    _: KW_ONLY
    branch: str | None = None
    tag: str | None = None
    subject: str | None = None
    wildcard_reason: str | None = None
    audience: str | None = None
    issuer: str = GITLAB_ISSUER

    def __post_init__(self) -> None:
        """Check every part."""
        where = f"GitLabPipelines({self.project!r})"
        group, *rest = _text(self.project, "project", where).split("/")
        if (
            not rest
            or not _GITLAB_SEGMENT.fullmatch(group)
            or not all(_GITLAB_WILD_SEGMENT.fullmatch(segment) for segment in rest)
        ):
            raise InvalidValueError(
                f"{self.project!r} is no project of GitLab",
                where=where,
                allowed="group/project, with subgroups between them; the group is one, without wildcards",
                fix="write for example 'acme/platform/payments', without https://gitlab.com/",
            )
        narrowing = {"branch": self.branch, "tag": self.tag, "subject": self.subject}
        _exactly_one(narrowing, where)
        for argument, value in narrowing.items():
            if value is not None:
                _subject_part(value, argument, where)
        for argument, value in (("branch", self.branch), ("tag", self.tag)):
            _check_ref(value, argument, where)
        _check_token(self, self.wildcard_reason, where)

    @property
    def title(self) -> str:
        """Who it is, for people."""
        for word in ("branch", "tag", "subject"):
            value = getattr(self, word)
            if value is not None:
                return f"GitLab pipelines of {self.project}, {word} {value}"
        raise AssertionError("one of them is given")

    @property
    def token_issuer(self) -> str:
        """The issuer's address without ``https://``."""
        return self.issuer

    @property
    def token_audience(self) -> str | None:
        """The audience; None for that of STS."""
        return self.audience

    @property
    def token_subject(self) -> str:
        """The subject, such as ``project_path:acme/payments:ref_type:branch:ref:main``."""
        if self.subject is not None:
            return self.subject
        kind, ref = ("branch", self.branch) if self.branch is not None else ("tag", self.tag)
        return f"project_path:{self.project}:ref_type:{kind}:ref:{ref}"


def _text(value: object, argument: str, where: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(_VISIBLE, value):
        raise InvalidValueError(
            f"{argument} is {value!r}", where=where, allowed="a text without spaces at its ends"
        )
    # IAM would put something else in the place of ${…}; a token of CDK begins like that too.
    if "${" in value:
        raise InvalidValueError(
            f"{argument} holds '${{', where IAM puts in a variable",
            where=where,
            allowed="a literal text",
            fix="write the value itself",
        )
    return value


def _subject_part(value: object, argument: str, where: str) -> None:
    text = _text(value, argument, where)
    if argument == "subject" and _WILDCARDS.match(text):
        raise InvalidValueError(
            f"the subject {text!r} begins with a wildcard: other owners' pipelines would get in",
            where=where,
            allowed="a subject that begins with what is yours alone",
        )


def _exactly_one(narrowing: Mapping[str, object], where: str) -> None:
    given = [argument for argument, value in narrowing.items() if value is not None]
    if len(given) != 1:
        raise InvalidValueError(
            "nothing says which of its jobs are meant" if not given else f"{' and '.join(given)} are given",
            where=where,
            allowed=f"exactly one of {', '.join(narrowing)}",
            fix="write one of them" if not given else "make one identity for each: a job has one subject",
        )


def _check_ref(value: str | None, argument: str, where: str) -> None:
    if value is None:
        return
    for prefix in ("refs/heads/", "refs/tags/"):
        if value.startswith(prefix):
            raise InvalidValueError(
                f"{argument} is {value!r}",
                where=where,
                allowed="the name alone",
                fix=f"write {'branch' if 'heads' in prefix else 'tag'}={value.removeprefix(prefix)!r}",
            )
    if ":" in value or " " in value:
        raise InvalidValueError(
            f"{argument} is {value!r}", where=where, allowed="a name of git, without ':' and spaces"
        )


def _check_ids(
    owner_id: str | int | None, repository_id: str | int | None, *, has_wild_name: bool, where: str
) -> None:
    for argument, value in (("owner_id", owner_id), ("repository_id", repository_id)):
        is_number = isinstance(value, str | int) and not isinstance(value, bool)
        if value is not None and not (is_number and _ID.fullmatch(str(value))):
            raise InvalidValueError(f"{argument} is {value!r}", where=where, allowed="a number")
    expected = owner_id is not None and not has_wild_name
    if (repository_id is not None) != expected:
        raise InvalidValueError(
            "a repository that is a pattern has no repository_id"
            if has_wild_name
            else "owner_id and repository_id are given one without the other",
            where=where,
            allowed="both or neither; with a pattern, owner_id alone",
        )


def _check_token(identity: GitHubActions | GitLabPipelines, reason: object, where: str) -> None:
    if reason is not None and (not isinstance(reason, str) or not reason.strip()):
        raise InvalidValueError(
            f"wildcard_reason is {reason!r}", where=where, allowed="why the wildcard has to be"
        )
    if identity.audience is not None:
        _text(identity.audience, "audience", where)
    check_issuer(_text(identity.issuer, "issuer", where), where=where)
    if identity.has_wildcard and reason is None:
        raise InvalidValueError(
            f"the subject {identity.token_subject!r} has a wildcard: every job that matches gets in",
            where=where,
            allowed="exact values, or a wildcard with a reason",
            fix="name one repository and one environment, branch or tag; where it has to be, "
            "add wildcard_reason='…'",
        )


def check_issuer(issuer: str, *, where: str) -> None:
    """Refuse what is no issuer as IAM's condition keys begin with it: a host, with a path where it has one.

    Args:
        issuer: Without ``https://``.
        where: The identity, for the error.

    Raises:
        InvalidValueError: It is none.
    """
    if not _ISSUER.fullmatch(issuer):
        raise InvalidValueError(
            f"the issuer is {issuer!r}",
            where=where,
            allowed="a host, with a path where it has one",
            fix=f"write {issuer.removeprefix('https://').rstrip('/')!r}",
        )
