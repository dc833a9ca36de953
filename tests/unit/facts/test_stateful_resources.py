"""What replaces a resource, as CloudFormation's schemas say it."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.domain.stateful_resource import STATEFUL_TYPES


@pytest.mark.parametrize("resource_type", STATEFUL_TYPES)
def test_create_only_properties_are_those_of_the_schema(resource_type: str, resource_schemas: Any) -> None:
    pointers = resource_schemas.schema(resource_type).get("createOnlyProperties", [])

    assert set(STATEFUL_TYPES[resource_type]) == {one.split("/")[2] for one in pointers}
