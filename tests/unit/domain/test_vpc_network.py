"""Ids of a VPC's parts, its address blocks, and its Availability Zones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecr_blueprints.domain.vpc_network import (
    check_availability_zone,
    check_route_table_id,
    check_subnet_id,
    check_vpc_cidr,
    check_vpc_id,
    lies_in,
)
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_vpc_id, "vpc-0a1b2c3d"),
        (check_vpc_id, "vpc-0a1b2c3d4e5f67890"),
        (check_subnet_id, "subnet-0a1b2c3d4e5f67890"),
        (check_route_table_id, "rtb-0a1b2c3d4e5f67890"),
        (check_vpc_cidr, "10.20.0.0/16"),
        (check_vpc_cidr, "100.64.0.0/28"),
        (check_availability_zone, "eu-west-1a"),
        (check_availability_zone, "us-west-2-lax-1a"),
    ],
)
def test_values_that_are_returned_as_given(check: Callable[[str], str], value: str) -> None:
    assert check(value) == value


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_vpc_id, "vpc-0a1b2c3d4"),
        (check_vpc_id, "VPC-0A1B2C3D"),
        (check_vpc_id, "subnet-0a1b2c3d"),
        (check_subnet_id, "subnet-"),
        (check_route_table_id, "rtb-0a1b2c3d\n"),
        (check_vpc_cidr, "10.20.0.1/16"),
        (check_vpc_cidr, "10.0.0.0/15"),
        (check_vpc_cidr, "10.0.0.0/29"),
        (check_vpc_cidr, "2001:db8::/56"),
        (check_vpc_cidr, "10.20.0.0"),
        (check_availability_zone, "eu-west-1"),
        (check_availability_zone, "a"),
    ],
)
def test_values_that_are_none(check: Callable[[str], str], value: str) -> None:
    with pytest.raises(InvalidValueError):
        check(value)


def test_a_zone_lies_in_the_region_of_its_name() -> None:
    assert lies_in("eu-west-1a", "eu-west-1")
    assert lies_in("us-west-2-lax-1a", "us-west-2")
    assert not lies_in("eu-west-1a", "eu-west-2")
    assert not lies_in("us-gov-west-1a", "us-gov-west-11")
