"""`AWS::IAM::OIDCProvider`, whose API ministack has without the CloudFormation type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ecr_emulator import ministack_internals
from ecr_emulator.errors import already_exists
from ecr_emulator.ministack_internals import account_id

_TYPE = "AWS::IAM::OIDCProvider"
_LISTS = {"ClientIdList": "ClientIDList", "ThumbprintList": "ThumbprintList", "Tags": "Tags"}


def register() -> None:
    """Make the emulated CloudFormation know the type; its `Ref` is its ARN."""
    parts = ministack_internals.provisioners()
    parts._RESOURCE_HANDLERS[_TYPE] = {"create": _create, "update": _update, "delete": _delete}
    parts._REPLACING_PROPERTIES[_TYPE] = ("Url",)
    parts._STACK_TAG_PROPERTY[_TYPE] = ("Tags", "list")


def _create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
    url = str(properties.get("Url", ""))
    if not url.startswith("https://"):
        raise ValueError(f"{_TYPE} {logical_id}: Url must begin with https://")
    arn = f"arn:aws:iam::{account_id()}:oidc-provider/{url.removeprefix('https://').rstrip('/')}"
    if arn in ministack_internals.iam()._oidc_providers:
        raise already_exists(_TYPE, arn)
    ministack_internals.iam()._oidc_providers[arn] = {
        "Url": url,
        "Arn": arn,
        "CreateDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **_lists(properties),
    }
    return arn, {"Arn": arn}


def _update(
    arn: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> tuple[str, dict[str, str]]:
    ministack_internals.iam()._oidc_providers[arn].update(_lists(new))
    return arn, {"Arn": arn}


def _delete(arn: str, properties: dict[str, Any]) -> None:
    ministack_internals.iam()._oidc_providers.pop(arn, None)


def _lists(properties: dict[str, Any]) -> dict[str, list[Any]]:
    return {member: list(properties.get(name) or ()) for name, member in _LISTS.items()}
