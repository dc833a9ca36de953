"""What a push takes besides ECR's own actions: to sign with the profiles of the registry's signing rules.

ECR signs a pushed image with the identity of whoever pushes it, so that every push grant under a signing
rule needs ``signer:SignPayload`` on the rule's profile (facts §8). A rule may be made after the grant: the
registry keeps the grants, and tells each of them the profiles that it needs.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.grantee import account_of, role_arn_of
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
    def account(self) -> str | None:
        """The pusher's account, if it is known and another one than the registry's."""

    @property
    def role_arn(self) -> str | None:
        """The pusher's role in that account; None if it is the account itself."""

    def sign(self, profile_arns: Sequence[str]) -> None:
        """Let the pusher sign with these profiles too; what it can already, it keeps.

        Args:
            profile_arns: The ARNs of signing profiles, literal or tokens.
        """


class PushPermission:
    """A push grant to a principal, whose own policy takes what signing needs.

    A principal whose policy this app does not hold is granted nothing: its account has to allow
    ``signer:SignPayload``, and the profile has to admit it.

    Args:
        grantee: Who may push.
        repositories: The name that can be pushed to, or a pattern with ``*``.
        registry_account: The registry's account, if it is known.

    Practices: SIGN-3
    """

    def __init__(self, grantee: iam.IGrantable, *, repositories: str, registry_account: str | None) -> None:
        self._grantee = grantee
        self._repositories = repositories
        account = account_of(grantee)
        self._account = None if account in (None, registry_account) else account
        self._role_arn = None if self._account is None else role_arn_of(grantee)
        # A principal that pushes to many repositories is let sign with a profile once.
        attributes = getattr(grantee, "__dict__", {})
        self._signs_with: set[str] = attributes.setdefault(_ATTRIBUTE, set())

    @property
    def repositories(self) -> str:
        """The name that can be pushed to, or a pattern with ``*``."""
        return self._repositories

    @property
    def account(self) -> str | None:
        """The pusher's account, if it is known and another one than the registry's."""
        return self._account

    @property
    def role_arn(self) -> str | None:
        """The pusher's role in that account."""
        return self._role_arn

    def sign(self, profile_arns: Sequence[str]) -> None:
        """Let the pusher sign with these profiles too, one statement for each."""
        for arn in profile_arns:
            if arn not in self._signs_with:
                self._signs_with.add(arn)
                self._grantee.grant_principal.add_to_principal_policy(
                    iam.PolicyStatement(actions=[SIGN_PAYLOAD], resources=[arn])
                )


class RolePushPermission:
    """A push grant to a role of another account, of which this app knows the ARN alone.

    Its identity-based policy is its account's: nothing can be added to it from here.

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
    def account(self) -> str | None:
        """The role's account."""
        return self._account

    @property
    def role_arn(self) -> str | None:
        """The role's ARN."""
        return self._role_arn

    def sign(self, profile_arns: Sequence[str]) -> None:
        """Nothing: the role's account has to allow it, and the profile's permission to admit it."""


def names_pushed_to(repository_name: str | None) -> str:
    """The names that a grant on a repository reaches, as a pattern: every name where it is not known now."""
    return WILDCARD if repository_name is None or is_token(repository_name) else repository_name
