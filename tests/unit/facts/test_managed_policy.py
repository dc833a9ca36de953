"""What we know of managed policies against IAM's service model."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain import managed_policy
from ecr_blueprints.errors import InvalidValueError


def test_the_service_model_says_the_same() -> None:
    shapes: Any = botocore.loaders.Loader().load_service_model("iam", "service-2")["shapes"]
    name, description = shapes["policyNameType"], shapes["policyDescriptionType"]
    assert (name["pattern"], name["min"]) == (managed_policy.MANAGED_POLICY_NAME_PATTERN, 1)
    assert name["max"] == managed_policy.MAX_MANAGED_POLICY_NAME_LENGTH
    assert description["max"] == managed_policy.MAX_MANAGED_POLICY_DESCRIPTION_LENGTH


def test_what_iam_takes() -> None:
    assert managed_policy.check_managed_policy_name("Pull+from=a,b.c@d-e_" + "1" * 108, where="Pull")
    assert managed_policy.check_managed_policy_description("ü" * 1_000, where="Pull")


@pytest.mark.parametrize("name", ["", "a b", "path/Pull", "é", "a\n", "a" * 129])
def test_what_it_does_not(name: str) -> None:
    with pytest.raises(InvalidValueError, match="Pull: managed_policy_name is"):
        managed_policy.check_managed_policy_name(name, where="Pull")
