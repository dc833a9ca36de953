"""Which accounts and Regions a stack set's declaration reaches.

A unit stands for the accounts in it and in the units below it, never for the management account:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html.
The account filter narrows or widens that:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html. Who may create
a set with service-managed permissions:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecr_emulator import organization
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.stack_sets.records import Parameters, Place, StackInstance


def wanted(declared: dict[str, Any]) -> dict[Place, StackInstance]:
    """The instances that the declaration asks for now; the first group that names a place has it."""
    found: dict[Place, StackInstance] = {}
    for group in declared.get("stackInstancesGroup", ()):
        for account, unit in _accounts(declared, group["deploymentTargets"]):
            for region in group["regions"]:
                found.setdefault(
                    (account, region),
                    StackInstance(account=account, region=region, unit=unit, overrides=_overrides(group)),
                )
    return found


def wanted_in(declared: dict[str, Any], account: str) -> dict[Place, StackInstance]:
    """What automatic deployment gives an account: it asks neither for filters nor for overrides."""
    found: dict[Place, StackInstance] = {}
    own = organization.of(account_id())
    for group in declared.get("stackInstancesGroup", ()) if own is not None else ():
        for unit in group["deploymentTargets"].get("organizationalUnitIds", ()):
            if own is not None and account in own.accounts_of(unit):
                for region in group["regions"]:
                    found.setdefault(
                        (account, region), StackInstance(account=account, region=region, unit=unit)
                    )
    return found


def problems(declared: dict[str, Any]) -> Iterator[str]:
    """Why the set of this account cannot reach its targets."""
    groups = declared.get("stackInstancesGroup", ())
    if any("accountsUrl" in group["deploymentTargets"] for group in groups):
        yield "ecr-emulator: accounts are read from Accounts only"
    if declared["permissionModel"] != "SERVICE_MANAGED":
        return
    account, is_delegated = account_id(), declared.get("callAs") == "DELEGATED_ADMIN"
    own = organization.of(account)
    if own is None:
        yield "You must enable organizations access to operate a service managed stack set"
        return
    if is_delegated and own.management == account:
        yield "Account used is not a delegated administrator"
    if not is_delegated and own.management != account:
        yield (
            "You must be the management account or delegated admin account of an organization before "
            "operating a SERVICE_MANAGED stack set"
        )
    units = [unit for one in groups for unit in one["deploymentTargets"].get("organizationalUnitIds", ())]
    unknown = sorted({unit for unit in units if not own.has(unit)})
    if unknown:
        yield f"The organization of {own.management} has no unit {', '.join(unknown)}"


def _accounts(declared: dict[str, Any], targets: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    named = list(targets.get("accounts", ()))
    own = organization.of(account_id())
    if declared["permissionModel"] != "SERVICE_MANAGED" or own is None:
        yield from ((account, None) for account in named)
        return
    kind = targets.get("accountFilterType", "NONE")
    for unit in targets["organizationalUnitIds"]:
        for account in own.accounts_of(unit):
            is_named = account in named
            if (kind != "INTERSECTION" or is_named) and (kind != "DIFFERENCE" or not is_named):
                yield account, unit
    if kind == "UNION":
        yield from ((account, None) for account in named if account != own.management)


def _overrides(group: dict[str, Any]) -> Parameters:
    return tuple((one["parameterKey"], one["parameterValue"]) for one in group.get("parameterOverrides", ()))
