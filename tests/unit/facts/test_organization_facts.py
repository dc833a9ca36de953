"""Our facts of organizations' policies and of an organization's Inspector against AWS's models."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain.organization import MAX_ORGANIZATION_POLICY_NAME_LENGTH, PolicyType
from ecr_blueprints.domain.registry_event import EVENT_BUS_NAME_PATTERN

TYPE = "AWS::Organizations::Policy"


def shapes(service: str) -> Any:
    return botocore.loaders.Loader().load_service_model(service, "service-2")["shapes"]


def test_the_types_and_names_of_policies(resource_schemas: Any) -> None:
    assert set(PolicyType) < set(shapes("organizations")["PolicyType"]["enum"])
    assert set(PolicyType) < set(resource_schemas.definition(TYPE, "Type")["enum"])
    assert resource_schemas.definition(TYPE, "Name")["maxLength"] == MAX_ORGANIZATION_POLICY_NAME_LENGTH


def test_names_of_buses() -> None:
    name = shapes("events")["EventBusName"]
    assert f"{name['pattern'].removesuffix('+')}{{{name['min']},{name['max']}}}" == EVENT_BUS_NAME_PATTERN


@pytest.mark.parametrize(
    "action",
    [
        "AssociateMember",
        "DescribeOrganizationConfiguration",
        "DisableDelegatedAdminAccount",
        "EnableDelegatedAdminAccount",
        "ListDelegatedAdminAccounts",
        "ListMembers",
        "UpdateOrganizationConfiguration",
    ],
)
def test_inspector_has_the_operations(action: str) -> None:
    assert action in botocore.loaders.Loader().load_service_model("inspector2", "service-2")["operations"]
