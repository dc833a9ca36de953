"""Accounts, organizations, principals, Regions."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ecr_blueprints.domain.principals import (
    check_account_id,
    check_organization_id,
    check_organization_path,
    check_organizational_unit_path,
    check_pull_time_exclusion_arn,
    check_region,
    check_role_arn,
    parse_registry_uri,
    partition_of,
    registry_uri,
)
from ecr_blueprints.errors import InvalidValueError

ROLE = "arn:aws:iam::111122223333:role/"


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_account_id, "000000000001"),
        (check_organization_id, "o-a1b2c3d4e5"),
        (check_organization_id, "o-" + "a" * 32),
        (check_organization_path, "o-a1b2c3d4e5/*"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/*"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/ou-*"),
        (check_role_arn, f"{ROLE}deployer"),
        (check_role_arn, f"{ROLE}platform/ci/deployer"),
        (check_role_arn, "arn:aws-us-gov:iam::111122223333:role/deployer"),
        (check_pull_time_exclusion_arn, f"{ROLE}platform/scanner"),
        (check_pull_time_exclusion_arn, "arn:aws:iam::111122223333:user/scanner"),
        (check_region, "eu-west-1"),
        (check_region, "us-gov-west-1"),
        (check_region, "eusc-de-east-1"),
    ],
)
def test_values_that_are_returned_as_given(check: Callable[[str], str], value: str) -> None:
    assert check(value) == value


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_account_id, "1"),
        (check_account_id, "11112222333a"),
        (check_account_id, "1111222233334"),
        (check_account_id, "111122223333\n"),
        (check_organization_id, "o-short"),
        (check_organization_id, "O-A1B2C3D4E5"),
        (check_organization_path, "o-a1b2c3d4e5"),
        (check_organization_path, "o-a1b2c3d4e5/r-ab12/ou-ab12-prod/*"),
        (check_organization_path, "*"),
        (check_organization_path, "o-a1b2c3d4e5/ou-ab12-11111111/*"),
        (check_role_arn, "arn:aws:iam::111122223333:user/deployer"),
        (check_role_arn, f"{ROLE}"),
        (check_role_arn, f"{ROLE}{'x' * 65}"),
        (check_role_arn, "arn:aws:iam::111122223333:root"),
        (check_role_arn, "deployer"),
        (check_pull_time_exclusion_arn, "arn:aws:iam::111122223333:root"),
        (check_pull_time_exclusion_arn, f"{ROLE}{'x' * 200}"),
        (check_pull_time_exclusion_arn, f"{ROLE}scänner"),
        (check_region, "Ireland"),
        (check_region, "eu-west"),
        (check_region, "12"),
    ],
)
def test_values_that_are_refused(check: Callable[[str], str], value: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check(value)
    assert repr(value) in raised.value.what
    assert raised.value.where is not None
    assert raised.value.allowed is not None


@pytest.mark.parametrize("path", ["o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"])
def test_an_organization_path_without_its_slash_would_match_nobody(path: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_organization_path(path)
    assert raised.value.fix == f"write '{path}/*'"


@pytest.mark.parametrize(
    ("region", "partition", "uri"),
    [
        ("eu-west-1", "aws", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "111122223333.dkr.ecr.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov"),
        ("eusc-de-east-1", "aws-eusc", "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_registry_uri(region: str, partition: str, uri: str) -> None:
    assert partition_of(region).name == partition
    assert registry_uri("111122223333", region) == uri
    assert parse_registry_uri(uri) == ("111122223333", region)


def test_the_dual_stack_host_is_understood() -> None:
    assert parse_registry_uri("111122223333.dkr-ecr.eu-west-1.on.aws") == ("111122223333", "eu-west-1")


@pytest.mark.parametrize(
    "host",
    [
        "public.ecr.aws",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com.cn",
        "111122223333.dkr.ecr.cn-north-1.amazonaws.com",
        "1111.dkr.ecr.eu-west-1.amazonaws.com",
        "x111122223333.dkr.ecr.eu-west-1.amazonaws.com",
        "",
    ],
)
def test_other_hosts_are_no_private_registry(host: str) -> None:
    assert parse_registry_uri(host) is None


def test_registry_uri_checks_its_arguments() -> None:
    with pytest.raises(InvalidValueError, match="account id"):
        registry_uri("1", "eu-west-1")
    with pytest.raises(InvalidValueError, match="Region"):
        registry_uri("111122223333", "Ireland")


@pytest.mark.parametrize("check", [check_role_arn, check_pull_time_exclusion_arn])
def test_no_text_makes_a_check_slow(check: Callable[[str], str]) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidValueError):
        check(ROLE + "a/" * 5_000 + "!/")
    assert time.perf_counter() - started < 0.2


@pytest.mark.parametrize(
    "path", ["o-a1b2c3d4e5/r-ab12/ou-cd34-11111111", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-cd34-22222222"]
)
def test_a_unit_is_below_the_root_that_its_id_says(path: str) -> None:
    with pytest.raises(InvalidValueError, match="is not below the root r-ab12, but below r-cd34"):
        check_organizational_unit_path(path)
    with pytest.raises(InvalidValueError, match="is not below the root r-ab12, but below r-cd34"):
        check_organization_path(f"{path}/*")
