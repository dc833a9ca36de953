"""Managed policies of AWS by their names."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.managed_policy import check_aws_policy_name
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    "name",
    ["AmazonEKS_CNI_Policy", "service-role/AmazonECSTaskExecutionRolePolicy", "AmazonEKSWorkerNodePolicy"],
)
def test_names_with_and_without_a_path(name: str) -> None:
    assert check_aws_policy_name(name) == name


def test_an_arn_is_told_its_name() -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    with pytest.raises(InvalidValueError) as caught:
        check_aws_policy_name(arn)
    assert caught.value.fix == "write service-role/AmazonECSTaskExecutionRolePolicy"
    with pytest.raises(InvalidValueError):
        check_aws_policy_name("a b")
