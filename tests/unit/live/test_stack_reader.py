"""Who owns what is asked of the stacks, and a tag is no answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ecr_blueprints.live.stack_reader import NOT_HELD, read_owners
from ecr_blueprints.registry.stack_owner import StackOwner

REPOSITORY = "AWS::ECR::Repository"


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def held(logical_id: str, name: str | None, status: str = "CREATE_COMPLETE", kind: str = REPOSITORY) -> Any:
    physical_id = {} if name is None else {"PhysicalResourceId": name}
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "ResourceStatus": status,
        "LastUpdatedTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
        **physical_id,
    }


def answer(
    stubber: Stubber, stack: str, *resources: Any, token: str | None = None, more: bool = False
) -> None:
    asked = {"StackName": stack} if token is None else {"StackName": stack, "NextToken": token}
    following = {"NextToken": "more"} if more else {}
    stubber.add_response(
        "list_stack_resources", {"StackResourceSummaries": list(resources), **following}, asked
    )


def test_every_page_of_every_stack_is_read_and_each_stack_asked_once(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    answer(stubber, "payments", held("Api", "prod/api"), more=True)
    answer(stubber, "payments", held("Web", "prod/web", "IMPORT_COMPLETE"), token="more")
    answer(stubber, "registry", held("Policy", "111122223333", kind="AWS::ECR::RegistryPolicy"))

    assert read_owners(client, ["registry", "payments", "registry"]) == {
        (REPOSITORY, "prod/api"): StackOwner(stack="payments", logical_id="Api"),
        (REPOSITORY, "prod/web"): StackOwner(stack="payments", logical_id="Web"),
        ("AWS::ECR::RegistryPolicy", "111122223333"): StackOwner(stack="registry", logical_id="Policy"),
    }


@pytest.mark.parametrize("status", sorted(NOT_HELD))
def test_what_a_stack_lists_and_does_not_hold_is_nobody_s(stubbed: tuple[Any, Stubber], status: str) -> None:
    client, stubber = stubbed
    answer(stubber, "payments", held("Api", "prod/api", status), held("Unmade", None, "CREATE_IN_PROGRESS"))

    assert read_owners(client, ["payments"]) == {}


def test_a_resource_that_could_not_be_deleted_is_still_its_stack_s(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    answer(stubber, "payments", held("Api", "prod/api", "DELETE_FAILED"))

    assert list(read_owners(client, ["payments"])) == [(REPOSITORY, "prod/api")]


def test_a_stack_that_is_gone_holds_nothing(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_client_error(
        "list_stack_resources", "ValidationError", "Stack with id payments does not exist"
    )

    assert read_owners(client, ["payments"]) == {}


@pytest.mark.parametrize(
    ("code", "message"), [("AccessDenied", "not authorized"), ("ValidationError", "a value is malformed")]
)
def test_a_refusal_is_not_taken_for_an_absence(stubbed: tuple[Any, Stubber], code: str, message: str) -> None:
    client, stubber = stubbed
    stubber.add_client_error("list_stack_resources", code, message)

    with pytest.raises(ClientError, match=message):
        read_owners(client, ["payments"])
