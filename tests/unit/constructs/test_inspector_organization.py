"""The code that makes an account Inspector's administrator, and has images scanned in accounts that join."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from ecr_blueprints.constructs.function_code import inspector_administrator, inspector_organization

SECURITY, OTHER, TEAM = "122222222222", "133333333333", "222233334444"
OFF = {"ec2": True, "ecr": False, "lambda": False, "lambdaCode": False}
ON = {**OFF, "ecr": True}


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def inspector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client(
        "inspector2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    clock = _Clock()
    for module in (inspector_administrator, inspector_organization):
        monkeypatch.setattr(module, "client", lambda name: client)
        monkeypatch.setattr(module, "time", clock)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def administrator_is(stub: Stubber, account: str | None) -> None:
    listed = [] if account is None else [{"accountId": account, "status": "ENABLED"}]
    stub.add_response("list_delegated_admin_accounts", {"delegatedAdminAccounts": listed}, {})


def appointed(stub: Stubber, account: str) -> None:
    named = {"delegatedAdminAccountId": account}
    stub.add_response("enable_delegated_admin_account", named, named)


def dismissed(stub: Stubber, account: str) -> None:
    named = {"delegatedAdminAccountId": account}
    stub.add_response("disable_delegated_admin_account", named, named)
    administrator_is(stub, account)
    administrator_is(stub, None)


def administer(kind: str, physical_id: str = "") -> str:
    return inspector_administrator.act(kind, {"Account": SECURITY}, physical_id)[0]


class TestAdministrator:
    def test_it_is_appointed_and_dismissed_again(self, inspector: Stubber) -> None:
        administrator_is(inspector, None)
        appointed(inspector, SECURITY)
        physical_id = administer("Create")
        administrator_is(inspector, SECURITY)
        dismissed(inspector, SECURITY)
        assert administer("Delete", physical_id) == physical_id

    def test_who_was_it_before_stays_it(self, inspector: Stubber) -> None:
        administrator_is(inspector, SECURITY)
        physical_id = administer("Create")
        administrator_is(inspector, SECURITY)
        administer("Delete", physical_id)

    def test_another_one_is_not_pushed_aside(self, inspector: Stubber) -> None:
        administrator_is(inspector, OTHER)
        with pytest.raises(RuntimeError, match=f"{OTHER} is Amazon Inspector's delegated administrator alr"):
            administer("Create")

    def test_an_update_hands_the_office_over_in_place(self, inspector: Stubber) -> None:
        administrator_is(inspector, OTHER)
        dismissed(inspector, OTHER)
        appointed(inspector, SECURITY)
        assert administer("Update", inspector_administrator.NAME) == inspector_administrator.NAME

    def test_a_deletion_leaves_somebody_else_alone(self, inspector: Stubber) -> None:
        administrator_is(inspector, OTHER)
        administer("Delete", inspector_administrator.NAME)

    def test_a_request_that_comes_twice(self, inspector: Stubber) -> None:
        administrator_is(inspector, None)
        inspector.add_client_error("enable_delegated_admin_account", "ConflictException")
        administrator_is(inspector, SECURITY)
        assert administer("Create") == inspector_administrator.NAME

    def test_what_inspector_refuses_fails(self, inspector: Stubber) -> None:
        administrator_is(inspector, None)
        inspector.add_client_error("enable_delegated_admin_account", "AccessDeniedException")
        with pytest.raises(Exception, match="AccessDenied"):
            administer("Create")


def organize(kind: str, physical_id: str = "", members: tuple[str, ...] = (TEAM,)) -> str:
    return inspector_organization.act(kind, {"Members": list(members)}, physical_id)[0]


def described(stub: Stubber, on: dict[str, bool]) -> None:
    answer = {"autoEnable": on, "maxAccountLimitReached": False}
    stub.add_response("describe_organization_configuration", answer, {})


def put(stub: Stubber, on: dict[str, bool]) -> None:
    stub.add_response("update_organization_configuration", {"autoEnable": on}, {"autoEnable": on})


def members_are(stub: Stubber, *accounts: str) -> None:
    listed = [{"accountId": one} for one in accounts]
    stub.add_response("list_members", {"members": listed}, {"onlyAssociated": True})


class TestOrganization:
    def test_images_are_switched_on_and_the_rest_is_left(self, inspector: Stubber) -> None:
        described(inspector, OFF)
        put(inspector, ON)
        members_are(inspector, OTHER)
        inspector.add_response("associate_member", {"accountId": TEAM}, {"accountId": TEAM})
        physical_id = organize("Create")
        described(inspector, ON)
        put(inspector, OFF)
        organize("Delete", physical_id)

    def test_what_was_on_before_stays_on(self, inspector: Stubber) -> None:
        described(inspector, ON)
        members_are(inspector, TEAM)
        physical_id = organize("Create")
        organize("Delete", physical_id)

    def test_an_update_associates_who_is_new(self, inspector: Stubber) -> None:
        described(inspector, ON)
        members_are(inspector, TEAM)
        inspector.add_response("associate_member", {"accountId": OTHER}, {"accountId": OTHER})
        name = inspector_organization.NAME
        assert organize("Update", name, (TEAM, OTHER)) == name

    def test_it_waits_until_it_is_in_office(self, inspector: Stubber) -> None:
        inspector.add_client_error("describe_organization_configuration", "AccessDeniedException")
        described(inspector, ON)
        members_are(inspector, TEAM)
        organize("Create")

    def test_it_does_not_wait_for_ever(self, inspector: Stubber) -> None:
        for _ in range(25):
            inspector.add_client_error("describe_organization_configuration", "AccessDeniedException")
        with pytest.raises(Exception, match="AccessDenied"):
            organize("Create")

    def test_a_deletion_out_of_office_has_nothing_to_do(self, inspector: Stubber) -> None:
        inspector.add_client_error("describe_organization_configuration", "AccessDeniedException")
        organize("Delete", inspector_organization.NAME)
