"""The organization that an assembly's stack sets need, on the local cloud, before they are deployed.

Units and accounts have the ids that the templates name: the emulator takes an id as the name of a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from local_cloud import LocalCloud

__all__ = ["LocalOrganization"]

_STACK_SET = "AWS::CloudFormation::StackSet"
_POLICY = "AWS::Organizations::Policy"
_NOBODY = "999999999999"
"""The management account where no stack is deployed into it."""


class LocalOrganization:
    """One organization with the units that the stack sets of an assembly target; its accounts are members.

    Args:
        cloud: The local cloud.
        assembly: The cloud assembly.
        management: The management account, where the assembly does not tell it.

    Attributes:
        units: The units that are targeted.
        management: The management account: where a stack has policies of the organization, or the account of
            a stack set that is no delegated administrator's, or the one that was given.
    """

    def __init__(self, cloud: LocalCloud, assembly: Path, *, management: str = _NOBODY) -> None:
        self._cloud = cloud
        resources = list(_resources(assembly))
        sets = [(account, one["Properties"]) for account, one in resources if one["Type"] == _STACK_SET]
        self.units = tuple(
            dict.fromkeys(
                unit
                for _, properties in sets
                for group in properties.get("StackInstancesGroup", ())
                for unit in group["DeploymentTargets"].get("OrganizationalUnitIds", ())
            )
        )
        managements = [account for account, one in resources if one["Type"] == _POLICY]
        managements += [account for account, one in sets if one.get("CallAs") != "DELEGATED_ADMIN"]
        self.management = next(iter(managements), management)
        self._members = tuple(
            dict.fromkeys(account for account, _ in resources if account != self.management)
        )
        self._parents: dict[str, str] = {}

    @property
    def root(self) -> str:
        """The root's id."""
        return str(self._client.list_roots()["Roots"][0]["Id"])

    @property
    def _client(self) -> Any:
        return self._cloud.client("organizations", account=self.management, region=self._cloud.region)

    def create(self, accounts: Mapping[str, Sequence[str]]) -> None:
        """Creates the units and the accounts, unless no stack set targets a unit.

        Args:
            accounts: Unit → the accounts in it. The assembly's other accounts are below the root.
        """
        if not self.units:
            return
        for unit in self.units:
            self._client.create_organizational_unit(ParentId=self.root, Name=unit)
        placed = {account: unit for unit, those in accounts.items() for account in those}
        for account in dict.fromkeys((*self._members, *placed)):
            self.join(account)
        for account, unit in placed.items():
            self.move(account, unit)

    def spread(self, accounts: Sequence[str]) -> dict[str, list[str]]:
        """Unit → some of the accounts, one after another."""
        count = len(self.units)
        return {unit: list(accounts[number::count]) for number, unit in enumerate(self.units)}

    def join(self, account: str) -> None:
        """Makes an account of the organization, below the root."""
        self._client.create_account(Email=f"{account}@example.com", AccountName=account)
        self._parents[account] = self.root

    def move(self, account: str, parent: str) -> None:
        """Moves an account into a unit, or below the root."""
        self._client.move_account(
            AccountId=account, SourceParentId=self._parents[account], DestinationParentId=parent
        )
        self._parents[account] = parent


def _resources(assembly: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The account and the resource, of every stack."""
    for artifact in json.loads((assembly / "manifest.json").read_text())["artifacts"].values():
        if artifact["type"] == "aws:cloudformation:stack":
            account = artifact["environment"].removeprefix("aws://").split("/")[0]
            template = json.loads((assembly / artifact["properties"]["templateFile"]).read_text())
            yield from ((account, one) for one in template["Resources"].values())
