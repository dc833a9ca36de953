"""Names of Systems Manager's parameters."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.parameter_name import check_parameter_name
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("name", ["/network/vpc-id", "vpc", "/a" * 15, "/n/" + "b" * 1_008])
def test_what_a_parameter_can_be_called(name: str) -> None:
    assert check_parameter_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "/", "/a/", "/a b", "/aws/x", "AWSvpc", "/ssm-x", "/a" * 16, "/n/" + "b" * 1_009, "/é", "a//b"],
)
def test_what_it_cannot(name: str) -> None:
    with pytest.raises(InvalidValueError, match="not the name of a parameter"):
        check_parameter_name(name)
