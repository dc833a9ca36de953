"""What a push takes besides ECR's own actions: to sign with the profiles of the registry's signing rules.

ECR signs a pushed image with the identity of whoever pushes it, so that every push grant under a signing
rule needs ``signer:SignPayload`` on the rule's profile (facts §8). A rule may be made after the grant: the
registry keeps the grants, and tells each of them the profiles that it needs.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Protocol

from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.grantee import accounts_of, words_for
from ecr_blueprints.domain.signing import SIGN_PAYLOAD
from ecr_blueprints.domain.wildcard import WILDCARD

__all__ = [
    "PushGrant",
    "PushPermission",
    "RolePushPermission",
    "names_pushed_to",
]

_ATTRIBUTE: Final = "_ecr_blueprints_signing_profiles"


class PushGrant(Protocol):
    """Somebody who may push, as the registry knows it."""

    @property
    def repositories(self) -> str:
        """The name that can be pushed to, or a pattern with ``*``: ``team-a/*``."""

    @property
    def accounts(self) -> tuple[str, ...] | None:
        """The pusher's accounts, as far as they are known; None if it may be of any account."""

    @property
    def pusher(self) -> str:
        """Who it is, for people."""

    def sign(self, profile_arns: Sequence[str]) -> bool:
        """Let the pusher sign with these profiles too; what it can already, it keeps.

        Args:
            profile_arns: The ARNs of signing profiles, literal or tokens.

        Returns:
            Whether this app could write that into the pusher's own policy.
        """


class PushPermission:
    """A push grant to a principal, whose own policy takes what signing needs, if this app holds it.

    Args:
        grantee: Who may push.
        repositories: The name that can be pushed to, or a pattern with ``*``.
        scope: A construct in whose stack the grantee's tokens are resolved. Default: they are not.

    Practices: SIGN-3
    """

    def __init__(self, grantee: iam.IGrantable, *, repositories: str, scope: Construct | None = None) -> None:
        self._grantee = grantee
        self._repositories = repositories
        self._scope = scope
        # A principal that pushes to many repositories is let sign with a profile once.
        attributes = getattr(grantee, "__dict__", {})
        self._signs_with: dict[str, bool] = attributes.setdefault(_ATTRIBUTE, {})

    @property
    def repositories(self) -> str:
        """The name that can be pushed to, or a pattern with ``*``."""
        return self._repositories

    @cached_property
    def accounts(self) -> tuple[str, ...] | None:
        """The pusher's accounts, as far as they are known; None if it may be of any account."""
        return accounts_of(self._grantee, self._scope)

    @cached_property
    def pusher(self) -> str:
        """Who it is, for people."""
        return words_for(self._grantee, self._scope)

    def sign(self, profile_arns: Sequence[str]) -> bool:
        """Let the pusher sign with these profiles too, one statement for each; see `PushGrant.sign`."""
        for arn in profile_arns:
            if arn not in self._signs_with:
                self._signs_with[arn] = _is_written(
                    self._grantee.grant_principal,
                    iam.PolicyStatement(actions=[SIGN_PAYLOAD], resources=[arn]),
                )
        return all(self._signs_with[arn] for arn in profile_arns)


class RolePushPermission:
    """A push grant to a role of which this app knows the ARN alone.

    Nothing can be added to its identity-based policy from here.

    Args:
        account: The role's account.
        role_arn: The role's ARN.
        repositories: The name that can be pushed to, or a pattern with ``*``.
    """

    def __init__(self, *, account: str, role_arn: str, repositories: str) -> None:
        self._account = account
        self._role_arn = role_arn
        self._repositories = repositories

    @property
    def repositories(self) -> str:
        """The name that can be pushed to, or a pattern with ``*``."""
        return self._repositories

    @property
    def accounts(self) -> tuple[str, ...] | None:
        """The role's account."""
        return (self._account,)

    @property
    def pusher(self) -> str:
        """The role's ARN."""
        return self._role_arn

    def sign(self, profile_arns: Sequence[str]) -> bool:
        """Nothing: whoever owns the role has to allow it."""
        return False


def _is_written(principal: iam.IPrincipal, statement: iam.PolicyStatement) -> bool:
    """Add a statement to a principal's own policy; tell whether there is one that it went into."""
    added = principal.add_to_principal_policy(statement)
    if not added.statement_added:
        return False
    # CDK says of an imported role that it must not change, too, that the statement was added. Where one
    # really was, the answer depends on a policy, except for a role that CDK makes.
    return isinstance(principal, iam.Role) or not isinstance(added.policy_dependable, DependencyGroup)


def names_pushed_to(repository_name: str | None) -> str:
    """The names that a grant on a repository reaches, as a pattern: every name where it is not known now."""
    return WILDCARD if repository_name is None or is_token(repository_name) else repository_name
