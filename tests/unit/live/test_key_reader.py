"""Whose a key is, as KMS tells it."""

from __future__ import annotations

import boto3
import pytest
from botocore.stub import Stubber

from ecr_blueprints.live.key_reader import is_customer_key

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d"


@pytest.mark.parametrize(("manager", "expected"), [("CUSTOMER", True), ("AWS", False)])
def test_a_key_of_the_account_is_told_from_one_of_aws(manager: str, expected: bool) -> None:
    client = boto3.client("kms", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        answer = {"KeyMetadata": {"KeyId": "0a1b2c3d", "KeyManager": manager}}
        stubber.add_response("describe_key", answer, {"KeyId": KEY})
        assert is_customer_key(client, KEY) is expected
