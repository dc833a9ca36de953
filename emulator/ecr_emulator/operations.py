"""The table of emulated ECR operations, and the one way to call them.

The HTTP endpoint and the CloudFormation handlers both go through `call`, so a
template's values meet the same checks as an API client's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.model_validation import EcrModel

Params = dict[str, Any]
Operation = Callable[[Params], dict[str, Any]]

_operations: dict[str, Operation] = {}
_model: list[EcrModel] = []


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the implementation of an ECR operation."""

    def register(function: Operation) -> Operation:
        _operations[name] = function
        return function

    return register


def use_model(model: EcrModel) -> None:
    """Set the service model that requests are checked against."""
    _model[:] = [model]


def model() -> EcrModel:
    """The service model in use."""
    return _model[0]


def is_emulated(name: str) -> bool:
    """Whether an operation has an implementation here."""
    return name in _operations


def call(name: str, params: Params) -> dict[str, Any]:
    """Check the parameters against the model and run the operation; raises `EcrError`."""
    model().check_request(name, params)
    given = {key: value for key, value in params.items() if value is not None}
    registry_id = given.get("registryId")
    if registry_id is not None and registry_id != account_id():
        raise EcrError(
            "AccessDeniedException", f"the emulator has no cross-account calls: registry {registry_id}"
        )
    return _operations[name](given)


def page(params: Params, items: list[Any], key: str, default: int = 1000) -> dict[str, Any]:
    """One page of a listing: `nextToken` is the offset of the next one."""
    token = params.get("nextToken", "0")
    if not token.isdigit():
        raise EcrError("InvalidParameterException", "Invalid parameter at 'nextToken'")
    start, size = int(token), params.get("maxResults", default)
    answer: dict[str, Any] = {key: items[start : start + size]}
    if start + size < len(items):
        answer["nextToken"] = str(start + size)
    return answer
