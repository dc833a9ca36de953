"""The code that looks at signing statuses, against stubs that hold to AWS's service models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import event_samples
import pytest
from botocore.stub import ANY, Stubber

from ecr_blueprints.constructs.function_code import signing_status

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/pushes"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:high"
PROFILE = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/prod"
NOW = 1_700_000_000
IMAGE = {"repositoryName": "prod/api", "imageId": {"imageDigest": event_samples.DIGEST}}

Status = dict[str, str]
FAILED: Status = {
    "signingProfileArn": PROFILE,
    "status": "FAILED",
    "failureCode": "AccessDenied",
    "failureReason": 'the pusher may not "SignPayload"',
}
PENDING: Status = {"signingProfileArn": PROFILE, "status": "IN_PROGRESS"}
COMPLETE: Status = {"signingProfileArn": PROFILE, "status": "COMPLETE"}


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    return {
        name: boto3.client(name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        for name in ("ecr", "sqs", "sns")
    }


@pytest.fixture
def stubs(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stubber]]:
    monkeypatch.setattr(signing_status, "client", lambda name: clients[name])
    monkeypatch.setattr(signing_status, "time", SimpleNamespace(time=lambda: NOW))
    monkeypatch.setenv("QUEUE_URL", QUEUE)
    monkeypatch.setenv("TOPIC_ARN", TOPIC)
    monkeypatch.setenv("SEVERITY", "HIGH")
    monkeypatch.setenv("LINK", "https://{region}.console/{account}/{repository}")
    stubbed = {name: Stubber(client) for name, client in clients.items()}
    for stub in stubbed.values():
        stub.activate()
    yield stubbed
    for stub in stubbed.values():
        stub.assert_no_pending_responses()
        stub.deactivate()


def waiting(stubs: dict[str, Stubber], *messages: dict[str, Any]) -> None:
    stubs["sqs"].add_response(
        "receive_message",
        {"Messages": list(messages)} if messages else {},
        {
            "QueueUrl": QUEUE,
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": 1,
            "MessageSystemAttributeNames": ["SentTimestamp"],
        },
    )


def push(age_seconds: int = 900, body: str | None = None) -> dict[str, Any]:
    return {
        "MessageId": "message",
        "ReceiptHandle": "receipt",
        "Body": json.dumps(event_samples.IMAGE_PUSHED) if body is None else body,
        "Attributes": {"SentTimestamp": str((NOW - age_seconds) * 1000)},
    }


def deleted(stubs: dict[str, Stubber]) -> None:
    stubs["sqs"].add_response("delete_message", {}, {"QueueUrl": QUEUE, "ReceiptHandle": "receipt"})


def look(remaining: int = 100_000) -> None:
    signing_status.handler({}, SimpleNamespace(get_remaining_time_in_millis=lambda: remaining))


def answers(stubs: dict[str, Stubber], *statuses: Status) -> None:
    stubs["ecr"].add_response("describe_image_signing_status", {"signingStatuses": list(statuses)}, IMAGE)


def test_nothing_waits(stubs: dict[str, Stubber]) -> None:
    waiting(stubs)
    look()


def test_no_time_is_left(stubs: dict[str, Stubber]) -> None:
    look(remaining=10_000)


@pytest.mark.parametrize("statuses", [[COMPLETE], []], ids=["signed", "unsigned"])
def test_what_is_signed_or_need_not_be_is_done_with(
    stubs: dict[str, Stubber], statuses: list[Status]
) -> None:
    waiting(stubs, push())
    answers(stubs, *statuses)
    deleted(stubs)
    waiting(stubs)
    look()


def test_what_is_being_signed_waits_for_the_next_look(stubs: dict[str, Stubber]) -> None:
    waiting(stubs, push())
    answers(stubs, COMPLETE, PENDING)
    waiting(stubs)
    look()


@pytest.mark.parametrize(
    ("age", "statuses", "told"),
    [(900, [COMPLETE, FAILED], FAILED), (4000, [PENDING], PENDING)],
    ids=["failed", "takes too long"],
)
def test_a_failure_is_told(
    stubs: dict[str, Stubber],
    clients: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    age: int,
    statuses: list[Status],
    told: Status,
) -> None:
    published: list[dict[str, Any]] = []
    publish = clients["sns"].publish

    def record(**given: Any) -> Any:
        published.append(json.loads(given["Message"]))
        return publish(**given)

    monkeypatch.setattr(clients["sns"], "publish", record)
    waiting(stubs, push(age))
    answers(stubs, *statuses)
    stubs["sns"].add_response("publish", {"MessageId": "x"}, {"TopicArn": TOPIC, "Message": ANY})
    deleted(stubs)
    waiting(stubs)
    look()
    (message,) = published
    assert message["summary"] == "An image in prod/api was not signed"
    assert (message["repository"], message["severity"]) == ("prod/api", "HIGH")
    assert message["link"] == "https://eu-west-1.console/111122223333/prod/api"
    assert message["signing"] == [
        {
            "profile": PROFILE,
            "status": told["status"],
            "failureCode": told.get("failureCode", ""),
            "failureReason": told.get("failureReason", ""),
        }
    ]


@pytest.mark.parametrize("code", signing_status.GONE)
def test_what_is_gone_is_done_with(stubs: dict[str, Stubber], code: str) -> None:
    waiting(stubs, push())
    stubs["ecr"].add_client_error("describe_image_signing_status", code)
    deleted(stubs)
    waiting(stubs)
    look()


def test_what_cannot_be_looked_at_stays_for_the_dead_letter_queue(
    stubs: dict[str, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    waiting(stubs, push(), push(body="no JSON"))
    stubs["ecr"].add_client_error("describe_image_signing_status", "AccessDeniedException", "not you")
    waiting(stubs)
    look()
    output = capsys.readouterr().out
    assert "not you" in output
    assert "2 images could not be looked at" in output


def test_a_look_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []

    class Endless:
        def receive_message(self, **_: Any) -> dict[str, Any]:
            calls.append(None)
            return {"Messages": [push()]}

        def describe_image_signing_status(self, **_: Any) -> dict[str, Any]:
            return {"signingStatuses": [PENDING]}

    make: Callable[[str], Any] = lambda _: Endless()  # noqa: E731
    monkeypatch.setattr(signing_status, "client", make)
    monkeypatch.setattr(signing_status, "time", SimpleNamespace(time=lambda: NOW))
    monkeypatch.setenv("QUEUE_URL", QUEUE)
    look()
    assert len(calls) == signing_status.MAX_BATCHES
