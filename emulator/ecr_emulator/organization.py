"""The organization that an account belongs to, over ministack's Organizations.

ministack keeps one organization per management account, and a member knows nothing of it; CloudFormation
asks from a member's account too, where that is the delegated administrator.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecr_emulator import ministack_internals


@dataclass(frozen=True, kw_only=True)
class Organization:
    """An organization, by its management account."""

    management: str

    @property
    def identifier(self) -> str:
        """Its id, `o-…`."""
        with ministack_internals.scope(self.management, ministack_internals.region()):
            return str(ministack_internals.organizations()._orgs["self"]["Id"])

    def has(self, unit: str) -> bool:
        """Whether a root or an organizational unit is in it."""
        with ministack_internals.scope(self.management, ministack_internals.region()):
            organizations = ministack_internals.organizations()
            return unit in organizations._roots or unit in organizations._ous

    def accounts_of(self, unit: str) -> list[str]:
        """The accounts below a root or unit, of nested units too; the management account is never one."""
        with ministack_internals.scope(self.management, ministack_internals.region()):
            organizations = ministack_internals.organizations()
            units, found = [unit], []
            for parent in units:
                units += [
                    one for one, record in organizations._ous.items() if record.get("_ParentId") == parent
                ]
                found += [
                    account
                    for account, record in organizations._accounts.items()
                    if record.get("_ParentId") == parent and account != self.management
                ]
            return found

    def is_suspended(self, account: str) -> bool:
        """Whether an account was closed."""
        with ministack_internals.scope(self.management, ministack_internals.region()):
            record = ministack_internals.organizations()._accounts.get(account) or {}
            return record.get("Status") == "SUSPENDED"


def of(account: str) -> Organization | None:
    """The organization that has the account as a member, else the one that it manages."""
    everywhere = ministack_internals.organizations()._accounts.to_dict()
    managements = [owner for owner, member in everywhere if member == account]
    of_others = [owner for owner in managements if owner != account]
    found = of_others or managements
    return Organization(management=found[0]) if found else None
