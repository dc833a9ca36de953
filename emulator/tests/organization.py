"""An organization of its own for a test, made through the Organizations API."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from emulator_process import Account

_numbers = itertools.count(10_000_000)


class Organization:
    """Units and accounts below a management account."""

    def __init__(self, management: Account, new_account: Callable[..., Account]) -> None:
        self.management = management
        self.client: Any = management.client("organizations")
        self.root = str(self.client.list_roots()["Roots"][0]["Id"])
        self._new_account = new_account
        self._parents = {management.id: self.root}

    def unit(self, name: str = "", parent: str = "") -> str:
        """An organizational unit, whose name is its id."""
        unit = self.client.create_organizational_unit(
            ParentId=parent or self.root, Name=name or f"ou-ab12-{next(_numbers)}"
        )
        return str(unit["OrganizationalUnit"]["Id"])

    def account(self, unit: str) -> Account:
        """An account in a unit."""
        account = self._new_account()
        answer = self.client.create_account(Email=f"{account.id}@example.com", AccountName=account.id)
        assert answer["CreateAccountStatus"]["AccountId"] == account.id
        self._parents[account.id] = self.root
        self.move(account, unit)
        return account

    def move(self, account: Account, unit: str) -> None:
        """Move an account into a unit."""
        self.client.move_account(
            AccountId=account.id, SourceParentId=self._parents[account.id], DestinationParentId=unit
        )
        self._parents[account.id] = unit
