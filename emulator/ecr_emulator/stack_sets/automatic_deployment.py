"""What a stack set does when an account joins, leaves or changes the units that it targets.

An account that comes gets instances with the set's own parameters; whichever filters, overrides and
preferences the set has do not count. From one that goes they are deleted, or, with
`RetainStacksOnAccountRemoval`, only the instances: the stacks stay, and are no longer the set's:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html. Nobody is told of a
failure; the operation and the instance have it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ecr_emulator import event_loop, ministack_internals, organization, state
from ecr_emulator.stack_sets import operations, targets
from ecr_emulator.stack_sets.records import StackSetRecord

Answer = tuple[int, dict[str, str], bytes]


def follow_organization() -> None:
    """Look at every account that Organizations creates or moves."""
    dispatch = ministack_internals.organizations()._DISPATCH
    dispatch["MoveAccount"] = _followed(dispatch["MoveAccount"], lambda asked, _: asked["AccountId"])
    dispatch["CreateAccount"] = _followed(
        dispatch["CreateAccount"], lambda _, answered: answered["CreateAccountStatus"]["AccountId"]
    )


def _followed(
    answer: Callable[[dict[str, Any]], Answer],
    account_of: Callable[[dict[str, Any], dict[str, Any]], str],
) -> Callable[[dict[str, Any]], Answer]:
    def answer_and_follow(payload: dict[str, Any]) -> Answer:
        status, headers, body = answer(payload)
        if status == 200:
            event_loop.begin(_follow(account_of(payload, json.loads(body))))
        return status, headers, body

    return answer_and_follow


async def _follow(account: str) -> None:
    """Deploy to the account, and delete from it, what its place in the organization asks for."""
    own = organization.of(account)
    for record in list(state.stack_sets.to_dict().values()):
        if record.is_service_managed and record.automatic and organization.of(record.account) == own:
            await _follow_with(record, account)


async def _follow_with(record: StackSetRecord, account: str) -> None:
    ministack_internals.enter(record.account, record.region)
    wanted = targets.wanted_in(record.declared, account)
    gone = [one for one in record.instances.values() if one.account == account and one.place not in wanted]
    come = [one for place, one in wanted.items() if place not in record.instances]
    for place, one in wanted.items():
        if place in record.instances:
            record.instances[place].unit = one.unit
    without_limits = {"regionConcurrencyType": "SEQUENTIAL", "failureToleranceCount": len(gone) + len(come)}
    if gone:
        await operations.perform(
            record,
            operations.DELETE,
            gone,
            retains_stacks=bool(record.automatic.get("retainStacksOnAccountRemoval")),
            preferences=without_limits,
        )
    if come:
        await operations.perform(record, operations.CREATE, come, preferences=without_limits)
