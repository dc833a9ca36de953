"""Our facts of stack sets and organizational units against CloudFormation's schema and AWS's API model."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain import stack_set as facts
from ecr_blueprints.domain.organization import ORGANIZATIONAL_UNIT_PATTERN

TYPE = "AWS::CloudFormation::StackSet"


@pytest.fixture(scope="module")
def shapes() -> Any:
    return botocore.loaders.Loader().load_service_model("cloudformation", "service-2")["shapes"]


def test_texts(resource_schemas: Any, shapes: Any) -> None:
    assert resource_schemas.definition(TYPE, "TemplateBody")["maxLength"] == facts.MAX_TEMPLATE_BODY_BYTES
    body = shapes["CreateStackSetInput"]["members"]["TemplateBody"]["documentation"]
    assert f"{facts.MAX_TEMPLATE_BODY_BYTES:,} bytes" in body
    name = resource_schemas.definition(TYPE, "StackSetName")
    assert name["pattern"] == f"^{facts.STACK_SET_NAME_PATTERN}$"
    assert shapes["Description"]["max"] == facts.MAX_STACK_SET_DESCRIPTION_LENGTH


def test_units(resource_schemas: Any, shapes: Any) -> None:
    assert shapes["OrganizationalUnitId"]["pattern"] == f"^({ORGANIZATIONAL_UNIT_PATTERN})$"
    schema = resource_schemas.schema(TYPE)["definitions"]["OrganizationalUnitId"]
    assert schema["pattern"] == f"^({ORGANIZATIONAL_UNIT_PATTERN})$"


def test_words(shapes: Any) -> None:
    assert set(shapes["CallAs"]["enum"]) == set(facts.CallAs)
    assert set(shapes["RegionConcurrencyType"]["enum"]) == set(facts.RegionConcurrency)
    assert set(facts.Capability) < set(shapes["Capability"]["enum"])


def test_the_model_says_that_the_management_account_gets_none(shapes: Any) -> None:
    assert (
        "doesn't deploy stack instances to the organization management account"
        in (shapes["DeploymentTargets"]["documentation"])
    )


def test_another_name_is_another_stack_set(resource_schemas: Any) -> None:
    assert "/properties/StackSetName" in resource_schemas.schema(TYPE)["createOnlyProperties"]


def test_names_for_which_a_capability_is_acknowledged(resource_schemas: Any, shapes: Any) -> None:
    documented = shapes["CreateStackSetInput"]["members"]["Capabilities"]["documentation"]
    for resource_type, member in facts.NAMED_IAM_PROPERTIES.items():
        assert member in resource_schemas.schema(resource_type)["properties"]
    assert facts.Capability.NAMED_IAM in documented
