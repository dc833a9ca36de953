"""Ids of a VPC's parts against cfn-lint's formats, names of roles and parameters against AWS's models."""

from __future__ import annotations

import re
from typing import Any

import botocore.loaders
import pytest
from cfnlint.rules.formats.SubnetId import SubnetId
from cfnlint.rules.formats.VpcId import VpcId

from ecr_blueprints.domain import parameter_name, principals, vpc_network


@pytest.mark.parametrize(
    ("format_", "pattern", "word"),
    [
        (VpcId(), vpc_network.VPC_ID_PATTERN, "vpc"),
        (SubnetId(), vpc_network.SUBNET_ID_PATTERN, "subnet"),
    ],
)
@pytest.mark.parametrize("digits", ["", "0a1b2c3", "0a1b2c3d", "0a1b2c3d4", "0a1b2c3d4e5f67890", "g" * 8])
def test_ids_are_as_cfn_lint_has_them(format_: Any, pattern: str, word: str, digits: str) -> None:
    text = f"{word}-{digits}"
    assert bool(re.fullmatch(pattern, text)) == bool(format_.format(None, text))


def test_the_name_of_a_role_is_as_iam_has_it() -> None:
    shapes: Any = botocore.loaders.Loader().load_service_model("iam", "service-2")["shapes"]
    name = shapes["roleNameType"]
    assert (name["pattern"], name["min"], name["max"]) == (r"[\w+=,.@-]+", 1, 64)
    assert re.fullmatch(principals.IAM_ROLE_NAME_PATTERN, "Aa0_+=,.@-" + "x" * 54)
    assert not re.fullmatch(principals.IAM_ROLE_NAME_PATTERN, "x" * 65)


def test_a_parameter_s_name_is_no_longer_than_systems_manager_s_model_says() -> None:
    shapes: Any = botocore.loaders.Loader().load_service_model("ssm", "service-2")["shapes"]
    assert shapes["PSParameterName"]["max"] > parameter_name.MAX_PARAMETER_NAME_LENGTH
