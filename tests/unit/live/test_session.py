"""A registry that cannot be read is told in words, with the action that is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from ecr_blueprints.errors import LiveRegistryError
from ecr_blueprints.live.session import (
    READ_ACTIONS,
    cloudformation_client,
    ecr_client,
    kms_client,
    live_errors,
)

PAGE = Path(__file__).parents[3] / "docs/how-to/adopt-an-existing-registry.md"


def refusal(code: str, message: str = "no", operation: str = "GetRegistryPolicy") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(LiveRegistryError) as caught, live_errors("eu-west-1"):
        raise refusal("AccessDeniedException")

    assert "the credential may not ecr:GetRegistryPolicy" in str(caught.value)
    assert "allow it ecr:GetRegistryPolicy" in str(caught.value.fix)


def test_a_missing_permission_of_cloudformation_is_named_as_such() -> None:
    with pytest.raises(LiveRegistryError) as caught, live_errors("eu-west-1"):
        raise refusal("AccessDenied", operation="ListStackResources")

    assert "CloudFormation in eu-west-1" in str(caught.value)
    assert "the credential may not cloudformation:ListStackResources" in str(caught.value)
    assert "allow it cloudformation:ListStackResources" in str(caught.value.fix)


def test_a_missing_permission_of_kms_is_named_as_such() -> None:
    with pytest.raises(LiveRegistryError) as caught, live_errors("eu-west-1"):
        raise refusal("AccessDeniedException", operation="DescribeKey")

    assert "the credential may not kms:DescribeKey" in str(caught.value)
    assert "KMS in eu-west-1" in str(caught.value)


def test_another_refusal_is_passed_on_in_its_own_words() -> None:
    with (
        pytest.raises(LiveRegistryError, match="answered with ServerException: later"),
        live_errors("eu-west-1"),
    ):
        raise refusal("ServerException", "later")


def test_no_credential() -> None:
    with pytest.raises(LiveRegistryError, match="Unable to locate credentials"), live_errors("eu-west-1"):
        raise NoCredentialsError


def test_a_profile_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")

    with pytest.raises(LiveRegistryError, match="nobody"):
        ecr_client("eu-west-1", profile="nobody")


@pytest.mark.parametrize("make", [cloudformation_client, ecr_client, kms_client])
def test_throttling_is_waited_for(make: Callable[[str], Any]) -> None:
    configured = make("eu-west-1").meta.config

    assert configured.retries == {"mode": "standard", "total_max_attempts": 10}


def test_the_page_lists_what_reading_needs_and_no_more() -> None:
    policy = json.loads(PAGE.read_text().partition("```json\n")[2].partition("```")[0])

    assert sorted(action for one in policy["Statement"] for action in one["Action"]) == list(READ_ACTIONS)
    assert [(one["Action"][0].partition(":")[0], one["Resource"]) for one in policy["Statement"]] == [
        ("ecr", "*"),
        ("cloudformation", "arn:aws:cloudformation:eu-west-1:111122223333:stack/*"),
        ("kms", "arn:aws:kms:eu-west-1:111122223333:key/*"),
    ]
