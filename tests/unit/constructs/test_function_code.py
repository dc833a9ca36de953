"""The code of the custom resources' functions, against stubs that hold to AWS's service models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ecr_blueprints.constructs.function_code import (
    cache_validation,
    custom_resource_answer,
    patient_client,
    registry_setting,
    secret_ready,
)

Run = Callable[..., dict[str, Any]]
URL = "https://cloudformation.example/answer?signature=secret"
RESCAN = "INSPECTOR_RESCAN"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf"
HUB = {"Prefix": "docker-hub", "OnInvalid": "FAIL", "PatienceSeconds": "24"}


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    return {
        name: boto3.client(name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        for name in ("ecr", "inspector2", "secretsmanager")
    }


@pytest.fixture
def stubs(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stubber]]:
    clock = _Clock()
    for module in (registry_setting, cache_validation, secret_ready):
        monkeypatch.setattr(module, "client", lambda name: clients[name])
        monkeypatch.setattr(module, "time", clock)
    stubbed = {name: Stubber(client) for name, client in clients.items()}
    for stub in stubbed.values():
        stub.activate()
    yield stubbed
    for stub in stubbed.values():
        stub.assert_no_pending_responses()
        stub.deactivate()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a handler as CloudFormation does; gives the answer that it sent."""
    sent: list[Any] = []

    def urlopen(request: Any, timeout: float) -> Any:
        assert (request.full_url, request.get_method()) == (URL, "PUT")
        assert request.get_header("Content-type") == ""
        assert timeout == 10
        sent.append(json.loads(request.data))
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(custom_resource_answer.urllib.request, "urlopen", urlopen)

    def call(module: ModuleType, kind: str, properties: dict[str, str], physical_id: str = "") -> Any:
        event = {
            "RequestType": kind,
            "ResponseURL": URL,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Logical",
            "ResourceProperties": {"ServiceToken": "arn", **properties},
        }
        if physical_id:
            event["PhysicalResourceId"] = physical_id
        module.handler(event, None)
        (answer,) = sent
        sent.clear()
        assert {answer.pop(key) for key in ("StackId", "RequestId", "LogicalResourceId")} == {
            "stack",
            "request",
            "Logical",
        }
        return answer

    return call


def _setting(name: str, value: str, restore: str = "true") -> dict[str, str]:
    return {"Name": name, "Value": value, "Restore": restore}


BLOBS = _setting("BLOB_MOUNTING", "ENABLED")
BLOBS_ID = "BLOB_MOUNTING before:DISABLED"


def _finds(stubs: dict[str, Stubber], name: str, value: str) -> None:
    stubs["ecr"].add_response("get_account_setting", {"name": name, "value": value}, {"name": name})


def _puts(stubs: dict[str, Stubber], name: str, value: str) -> None:
    expected = {"name": name, "value": value}
    stubs["ecr"].add_response("put_account_setting", expected, expected)


def _finds_window(stubs: dict[str, Stubber], status: str = "SUCCESS", **window: str) -> None:
    state = {"rescanDurationState": {"status": status, **window}}
    stubs["inspector2"].add_response("get_configuration", {"ecrConfiguration": state}, {})


class TestAccountSetting:
    def test_creation_remembers_what_was_there(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds(stubs, "BLOB_MOUNTING", "DISABLED")
        _puts(stubs, "BLOB_MOUNTING", "ENABLED")
        assert run(registry_setting, "Create", BLOBS) == {
            "Status": "SUCCESS",
            "Reason": "",
            "PhysicalResourceId": BLOBS_ID,
            "Data": {"Value": "ENABLED"},
        }

    def test_what_is_set_already_is_not_set_again(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds(stubs, "BLOB_MOUNTING", "ENABLED")
        answer = run(registry_setting, "Create", BLOBS)
        assert answer["PhysicalResourceId"] == "BLOB_MOUNTING before:ENABLED"

    def test_an_update_keeps_the_physical_id(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds(stubs, "BLOB_MOUNTING", "ENABLED")
        _puts(stubs, "BLOB_MOUNTING", "DISABLED")
        answer = run(registry_setting, "Update", _setting("BLOB_MOUNTING", "DISABLED"), BLOBS_ID)
        assert answer["PhysicalResourceId"] == BLOBS_ID

    def test_deletion_puts_back_what_was_there(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds(stubs, "BLOB_MOUNTING", "ENABLED")
        _puts(stubs, "BLOB_MOUNTING", "DISABLED")
        assert run(registry_setting, "Delete", BLOBS, BLOBS_ID)["Status"] == "SUCCESS"

    def test_deletion_leaves_what_another_has_set(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds(stubs, "BLOB_MOUNTING", "DISABLED")
        assert run(registry_setting, "Delete", BLOBS, "BLOB_MOUNTING before:OTHER")["Status"] == "SUCCESS"

    @pytest.mark.parametrize(
        ("properties", "physical_id"),
        [
            (_setting("REGISTRY_POLICY_SCOPE", "V2", "false"), "REGISTRY_POLICY_SCOPE before:V1"),
            (BLOBS, "BLOB_MOUNTING before:ENABLED"),
            (BLOBS, "Logical"),
        ],
        ids=["nothing to go back to", "it was so before", "its creation had failed"],
    )
    def test_deletion_that_has_nothing_to_do(
        self, run: Run, stubs: dict[str, Stubber], properties: dict[str, str], physical_id: str
    ) -> None:
        answer = run(registry_setting, "Delete", properties, physical_id)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", physical_id)

    def test_a_refusal_is_the_reason(self, run: Run, stubs: dict[str, Stubber]) -> None:
        stubs["ecr"].add_client_error("get_account_setting", "AccessDeniedException", "not you")
        answer = run(registry_setting, "Create", BLOBS)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "Logical")
        assert answer["Reason"] == (
            "An error occurred (AccessDeniedException) when calling the GetAccountSetting operation: not you"
        )


class TestRescanWindow:
    properties = _setting(RESCAN, "LIFETIME DAYS_90 LAST_PULL_DATE")

    def _updates(self, stubs: dict[str, Stubber], **window: str) -> None:
        stubs["inspector2"].add_response("update_configuration", {}, {"ecrConfiguration": window})

    def test_it_waits_until_inspector_has_it(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds_window(stubs, rescanDuration="DAYS_14")
        self._updates(
            stubs,
            rescanDuration="LIFETIME",
            pullDateRescanDuration="DAYS_90",
            pullDateRescanMode="LAST_PULL_DATE",
        )
        _finds_window(stubs, "PENDING")
        _finds_window(stubs, "SUCCESS")
        answer = run(registry_setting, "Create", self.properties)
        assert (answer["Status"], answer["PhysicalResourceId"]) == (
            "SUCCESS",
            "INSPECTOR_RESCAN before:DAYS_14 - -",
        )

    def test_inspector_could_not(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds_window(stubs, rescanDuration="DAYS_14")
        stubs["inspector2"].add_response("update_configuration", {})
        _finds_window(stubs, "FAILED")
        answer = run(registry_setting, "Create", self.properties)
        assert (answer["Status"], answer["Reason"]) == (
            "FAILED",
            "Amazon Inspector could not set the re-scan window LIFETIME DAYS_90 LAST_PULL_DATE",
        )

    def test_a_member_account_learns_who_sets_it(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds_window(stubs, rescanDuration="DAYS_14")
        stubs["inspector2"].add_client_error("update_configuration", "AccessDeniedException", "no")
        answer = run(registry_setting, "Create", self.properties)
        assert answer["Reason"].endswith(
            "no; in an organization whose Inspector has a delegated administrator, that account sets it"
        )

    def test_deletion_puts_back_what_was_there(self, run: Run, stubs: dict[str, Stubber]) -> None:
        _finds_window(
            stubs,
            rescanDuration="LIFETIME",
            pullDateRescanDuration="DAYS_90",
            pullDateRescanMode="LAST_PULL_DATE",
        )
        self._updates(stubs, rescanDuration="DAYS_14")
        _finds_window(stubs)
        before = "INSPECTOR_RESCAN before:DAYS_14 - -"
        assert run(registry_setting, "Delete", self.properties, before)["Status"] == "SUCCESS"

    def test_deletion_where_inspector_is_off(self, run: Run, stubs: dict[str, Stubber]) -> None:
        stubs["inspector2"].add_client_error("get_configuration", "AccessDeniedException", "off")
        before = "INSPECTOR_RESCAN before:DAYS_14 - -"
        assert run(registry_setting, "Delete", self.properties, before)["Status"] == "SUCCESS"

    def test_deletion_that_is_throttled_fails(self, run: Run, stubs: dict[str, Stubber]) -> None:
        stubs["inspector2"].add_client_error("get_configuration", "ThrottlingException", "slow")
        before = "INSPECTOR_RESCAN before:DAYS_14 - -"
        assert run(registry_setting, "Delete", self.properties, before)["Status"] == "FAILED"


class TestCacheValidation:
    def _says(self, stubs: dict[str, Stubber], **answer: Any) -> None:
        expected = {"ecrRepositoryPrefix": "docker-hub"}
        stubs["ecr"].add_response("validate_pull_through_cache_rule", answer, expected)

    def test_a_valid_rule(self, run: Run, stubs: dict[str, Stubber]) -> None:
        self._says(stubs, isValid=False, failure="secret not found")
        self._says(stubs, isValid=True)
        answer = run(cache_validation, "Create", HUB)
        assert (answer["PhysicalResourceId"], answer["Data"]) == (
            "docker-hub",
            {"IsValid": "true", "Failure": ""},
        )

    def test_an_invalid_rule(self, run: Run, stubs: dict[str, Stubber]) -> None:
        stubs["ecr"].add_client_error(
            "validate_pull_through_cache_rule", "PullThroughCacheRuleNotFoundException", "not yet"
        )
        for _ in range(4):
            self._says(stubs, isValid=False, failure="401 from the upstream")
        answer = run(cache_validation, "Update", HUB, "docker-hub")
        assert (answer["Status"], answer["PhysicalResourceId"], answer["Reason"]) == (
            "FAILED",
            "docker-hub",
            "the pull-through cache 'docker-hub' cannot log in to its upstream: 401 from the upstream",
        )

    def test_an_invalid_rule_of_which_only_a_warning_is_wanted(
        self, run: Run, stubs: dict[str, Stubber]
    ) -> None:
        for _ in range(5):
            self._says(stubs, isValid=False)
        answer = run(cache_validation, "Create", {**HUB, "OnInvalid": "WARN"})
        assert answer["Data"] == {"IsValid": "false", "Failure": "ECR gives no reason"}
        assert answer["Status"] == "SUCCESS"

    def test_another_error_is_not_tried_again(self, run: Run, stubs: dict[str, Stubber]) -> None:
        stubs["ecr"].add_client_error("validate_pull_through_cache_rule", "ServerException", "down")
        assert "ServerException" in run(cache_validation, "Create", HUB)["Reason"]

    def test_deletion_does_nothing(self, run: Run, stubs: dict[str, Stubber]) -> None:
        assert run(cache_validation, "Delete", HUB, "docker-hub")["Status"] == "SUCCESS"


class TestSecretReady:
    def _knows(self, stubs: dict[str, Stubber], *stages: str) -> None:
        versions = {"VersionIdsToStages": {"v" * 32: list(stages)}} if stages else {}
        stubs["secretsmanager"].add_response("describe_secret", versions, {"SecretId": SECRET})

    def test_it_waits_until_it_is_there_twice_in_a_row(self, run: Run, stubs: dict[str, Stubber]) -> None:
        self._knows(stubs, "AWSCURRENT")
        stubs["secretsmanager"].add_client_error("describe_secret", "ResourceNotFoundException", "gone")
        self._knows(stubs)
        self._knows(stubs, "AWSCURRENT")
        self._knows(stubs, "AWSCURRENT")
        answer = run(secret_ready, "Create", {"SecretArn": SECRET})
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", SECRET)

    def test_it_gives_up(self, run: Run, stubs: dict[str, Stubber]) -> None:
        for _ in range(31):
            self._knows(stubs, "AWSPENDING")
        answer = run(secret_ready, "Create", {"SecretArn": SECRET})
        assert answer["Reason"] == f"Secrets Manager does not know a value of {SECRET} yet; deploy again"

    def test_deletion_does_nothing(self, run: Run, stubs: dict[str, Stubber]) -> None:
        assert run(secret_ready, "Delete", {"SecretArn": SECRET}, SECRET)["Status"] == "SUCCESS"


def test_an_answer_is_never_too_long(run: Run, stubs: dict[str, Stubber]) -> None:
    stubs["ecr"].add_client_error("get_account_setting", "ServerException", "x" * 9000)
    assert len(run(registry_setting, "Create", BLOBS)["Reason"]) == 1000


def test_nothing_secret_is_logged(
    run: Run, stubs: dict[str, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    _finds(stubs, "BLOB_MOUNTING", "ENABLED")
    run(registry_setting, "Create", BLOBS)
    assert capsys.readouterr().out == "Create Logical SUCCESS \n"


def test_clients_give_up_before_their_function_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    config = patient_client.client("ecr").meta.config
    assert (config.connect_timeout + config.read_timeout) * config.retries["total_max_attempts"] < 60
