"""Everybody who may push to a registry's repositories, and what each lacks to sign what is pushed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from ecr_blueprints.constructs.cdk_token import is_token

if TYPE_CHECKING:
    from ecr_blueprints.constructs.push_permission import PushGrant
    from ecr_blueprints.constructs.signing_profile import SigningProfile

__all__ = ["PushGrants", "PusherToAllowSigning", "PushersAtSynthesis"]

_WARNING: Final = "ecr-blueprints:pushers-need-to-sign"
"""The id of the warning that a push is allowed and its signature is not."""

_TOKEN: Final = re.compile(r"\$\{Token\[([^\]]*?)(?:\.[0-9]+)?\]\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PusherToAllowSigning:
    """Somebody who may push what is signed, and whom this app cannot let sign.

    Attributes:
        pusher: Who: ARNs, an account, an organization, or a construct's path.
        repositories: The names that can be pushed to, or patterns with ``*``.
        profile_arn: The profile with which ECR signs; tokens stand for what only deployment knows.
        lacks_permission: Whether the pusher's own policies have to allow ``signer:SignPayload`` on it.
        accounts: The pusher's accounts that the profile's owner has to allow to sign; None if it has to and
            the accounts are not known.
    """

    pusher: str
    repositories: tuple[str, ...]
    profile_arn: str
    lacks_permission: bool
    accounts: tuple[str, ...] | None

    def __str__(self) -> str:
        needs = []
        if self.lacks_permission:
            needs.append("its own policies have to allow signer:SignPayload")
        if self.accounts is None:
            needs.append("the profile's owner has to allow each of its accounts")
        elif self.accounts:
            needs.append(f"the profile's owner has to allow the account {', '.join(self.accounts)}")
        return (
            f"{_readable(self.pusher)} pushes to {', '.join(self.repositories)}: "
            f"{', and '.join(needs)} on {_readable(self.profile_arn)}"
        )


class PushGrants:
    """The push grants of one registry, each of which carries what its signing rules take.

    Args:
        profiles_for: Gives the profiles that sign images of repositories; see `RegistryReference`.
        account: The registry's account, if it is known.

    Practices: SIGN-3
    """

    def __init__(self, *, profiles_for: Callable[[str], Sequence[str]], account: str | None) -> None:
        self._profiles_for = profiles_for
        self._account = account
        self._grants: list[PushGrant] = []
        self._profiles: dict[str, SigningProfile] = {}
        self._unmet: list[tuple[tuple[str, bool, tuple[str, ...] | None], PushGrant]] = []

    def add(self, grant: PushGrant) -> None:
        """Have a grant carry what signing needs by the rules so far."""
        self._grants.append(grant)
        self._let_sign(grant)

    def add_profile(self, profile: SigningProfile) -> None:
        """Enter a profile that this app makes, so that pushers of other accounts are let sign with it."""
        self._profiles[profile.profile_arn] = profile

    def follow_rules(self) -> None:
        """Have each grant carry what signing needs now that there is another rule."""
        self._unmet.clear()
        for grant in self._grants:
            self._let_sign(grant)

    @property
    def to_allow_signing(self) -> tuple[PusherToAllowSigning, ...]:
        """Whoever may push and not sign, because this app can write neither the one policy nor the other."""
        found: dict[tuple[object, ...], PusherToAllowSigning] = {}
        for (arn, lacks_permission, accounts), grant in self._unmet:
            key = (grant.pusher, arn, lacks_permission, accounts)
            known = found[key].repositories if key in found else ()
            found[key] = PusherToAllowSigning(
                pusher=grant.pusher,
                repositories=tuple(dict.fromkeys((*known, grant.repositories))),
                profile_arn=arn,
                lacks_permission=lacks_permission,
                accounts=accounts,
            )
        return tuple(found.values())

    def _let_sign(self, grant: PushGrant) -> None:
        arns = self._profiles_for(grant.repositories)
        if not arns:
            return
        known = [arn for arn in arns if _is_arn(arn)]
        is_written = grant.sign(known) if known else True
        for arn in arns:
            if not _is_arn(arn):
                self._unmet.append(((arn, True, ()), grant))
                continue
            accounts = self._not_admitted(arn, grant.accounts)
            if not is_written or accounts != ():
                self._unmet.append(((arn, not is_written, accounts), grant))

    def _not_admitted(self, arn: str, accounts: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Have a profile of this app admit the pusher's accounts; give those that another's has to."""
        if accounts is None:
            return None
        owner = self._account if is_token(arn) else arn.split(":")[4]
        others = [account for account in accounts if account != owner]
        profile = self._profiles.get(arn)
        if profile is None:
            return tuple(others)
        for account in others:
            profile.allow_signing_by_account(account)
        return ()


@jsii.implements(IValidation)
class PushersAtSynthesis:
    """CDK's hook at synthesis, which warns once of whoever may push and not sign.

    Args:
        registry: The registry's construct, at which the warning stands.
        grants: Its push grants.
    """

    def __init__(self, registry: Construct, grants: PushGrants) -> None:
        self._registry = registry
        self._grants = grants
        self._is_done = False

    def validate(self) -> list[str]:
        """Warn, the first time; nothing of it is an error."""
        found = () if self._is_done else self._grants.to_allow_signing
        if found:
            self._is_done = True
            cdk.Validations.of(self._registry).add_warning(
                _WARNING,
                "ECR signs with the identity of whoever pushes, and this app cannot write what these need: "
                f"{'; '.join(map(str, found))}. A profile's owner does so with "
                "SigningProfile.allow_signing_by_account; acknowledge this when it is done",
            )
        return []


def _is_arn(arn: str) -> bool:
    """Whether a policy can name the profile; a contract of an open environment does not say which it is."""
    return is_token(arn) or arn.startswith("arn:")


def _readable(text: str) -> str:
    return _TOKEN.sub(r"${\1}", text)
