"""By what CloudFormation finds a resource to import, against the schemas that cfn-lint ships."""

from __future__ import annotations

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from ecr_blueprints.domain.resource_identifier import IMPORT_IDENTIFIERS
from ecr_blueprints.live.session import READ_ACTIONS
from ecr_blueprints.live.stack_reader import NOT_HELD


@pytest.mark.parametrize("resource_type", sorted(IMPORT_IDENTIFIERS))
def test_the_identifier_is_the_primary_one_of_the_schema(resource_type: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", resource_type).schema

    assert schema["primaryIdentifier"] == [f"/properties/{IMPORT_IDENTIFIERS[resource_type]}"]


def test_every_private_type_of_ecr_has_one() -> None:
    types = {
        name
        for name in PROVIDER_SCHEMA_MANAGER.get_resource_types("eu-west-1")
        if name.startswith("AWS::ECR::")
    }

    assert types - {"AWS::ECR::PublicRepository"} == set(IMPORT_IDENTIFIERS)


def test_every_action_that_reading_needs_is_an_operation_that_reads() -> None:
    import botocore.session

    session = botocore.session.get_session()

    for action in READ_ACTIONS:
        service, _, operation = action.partition(":")
        assert operation in session.get_service_model(service).operation_names
        assert operation.startswith(("Describe", "Get", "List"))


def test_no_operation_that_reading_needs_is_two_services_own() -> None:
    assert len({action.partition(":")[2] for action in READ_ACTIONS}) == len(READ_ACTIONS)


def test_what_a_stack_does_not_hold_is_said_by_statuses_that_there_are() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("cloudformation")

    assert set(model.shape_for("ResourceStatus").enum) >= NOT_HELD
