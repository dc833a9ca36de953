"""The KMS key of a creation template."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.encryption import check_template_kms_key
from ecr_blueprints.errors import InvalidValueError

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    "key", [KEY, KEY.replace("arn:aws:", "arn:aws-us-gov:"), KEY.replace("key/", "key/mrk-")]
)
def test_a_keys_arn(key: str) -> None:
    assert check_template_kms_key(key) == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "alias/ecr",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-west-1:111122223333:alias/ecr",
        KEY + "\n",
        KEY + "a" * 2048,
    ],
)
def test_ids_and_aliases_are_refused(key: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_template_kms_key(key)
    assert raised.value.fix == "give the key's ARN instead of its id or alias"
