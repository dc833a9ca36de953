"""Which condition keys tell the author's own principals from a stranger's, and with which values."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.condition_keys import (
    KEY_PREFIXES_THAT_NAME_NOBODY,
    KEYS_IN_EVERY_SIGNED_REQUEST,
    KEYS_OF_THE_OWN_RESOURCE,
    KEYS_THAT_NAME_NOBODY,
    KEYS_THAT_NAME_SOMEBODY,
)

ARN = "arn:aws:iam::111122223333:role/ci"


def test_a_key_names_somebody_or_nobody() -> None:
    assert not KEYS_THAT_NAME_NOBODY & KEYS_THAT_NAME_SOMEBODY.keys()
    assert not [key for key in KEYS_THAT_NAME_SOMEBODY if key.startswith(KEY_PREFIXES_THAT_NAME_NOBODY)]
    assert KEYS_THAT_NAME_SOMEBODY.keys() >= KEYS_IN_EVERY_SIGNED_REQUEST
    assert KEYS_OF_THE_OWN_RESOURCE <= KEYS_THAT_NAME_NOBODY


def test_keys_are_compared_in_lower_case() -> None:
    keys = [*KEYS_THAT_NAME_SOMEBODY, *KEYS_THAT_NAME_NOBODY, *KEY_PREFIXES_THAT_NAME_NOBODY]
    assert [key for key in keys if key != key.lower()] == []


@pytest.mark.parametrize(
    ("key", "somebody", "everybody"),
    [
        ("aws:principalorgid", "o-a1b2c3d4e5", "o-*"),
        ("aws:principalorgpaths", "o-a1b2c3d4e5/*", "o-*/r-ab12/*"),
        ("aws:principalaccount", "111122223333", "*"),
        ("aws:principalarn", ARN, "arn:aws:iam::*:role/ci"),
        ("aws:sourcearn", "arn:aws:s3:::my-bucket", "arn:aws:s3:::*"),
        (
            "aws:sourcearn",
            "arn:aws:sns:eu-west-1:111122223333:topic",
            "arn:aws:*:eu-west-1:111122223333:topic",
        ),
        ("aws:userid", "AROAEXAMPLEID:*", "A*"),
        ("aws:sourcevpce", "vpce-0123456789abcdef0", "vpce-*"),
        ("aws:sourceip", "203.0.113.0/24", "0.0.0.0/0"),
        ("aws:sourceip", "2001:db8::/32", "2001::/16"),
        ("aws:principalisawsservice", "true", "false"),
        ("aws:principalservicename", "lambda.amazonaws.com", "*"),
    ],
)
def test_a_value_names_somebody(key: str, somebody: str, everybody: str) -> None:
    assert KEYS_THAT_NAME_SOMEBODY[key](somebody)
    assert not KEYS_THAT_NAME_SOMEBODY[key](everybody)


def test_a_text_that_is_no_address_names_nobody() -> None:
    assert not KEYS_THAT_NAME_SOMEBODY["aws:sourceip"]("office")
