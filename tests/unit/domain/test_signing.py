"""Signing profiles: names, ARNs, validity, Regions."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.signing import (
    DEFAULT_VALIDITY,
    SignatureValidity,
    SignatureValidityUnit,
    SigningProfileArn,
    check_signing_profile_name,
    check_signing_region,
)
from ecr_blueprints.errors import InvalidValueError

ARN = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/release"


def test_an_arn_is_taken_apart_and_put_together() -> None:
    arn = SigningProfileArn(ARN)
    assert (arn.region, arn.account, arn.name) == ("eu-west-1", "111122223333", "release")
    made = SigningProfileArn.of(partition="aws", region=arn.region, account=arn.account, name=arn.name)
    assert made == arn


@pytest.mark.parametrize(
    "wrong", [f"{ARN}/abcdef1234", "release", ARN.replace("signer", "ecr"), f"{ARN}{'a' * 200}"]
)
def test_what_is_no_profile_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValueError, match="not the ARN of a signing profile"):
        SigningProfileArn(wrong)


def test_a_version_is_recognized() -> None:
    with pytest.raises(InvalidValueError, match=f"leave out the version: {ARN}"):
        SigningProfileArn(f"{ARN}/abcdef1234")


def test_a_name_is_suggested() -> None:
    with pytest.raises(InvalidValueError, match="write 'team_a'"):
        check_signing_profile_name("team-a")
    assert check_signing_profile_name("team_a") == "team_a"


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "12"])
def test_a_validity_is_a_whole_number(value: object) -> None:
    with pytest.raises(InvalidValueError, match="at least 1"):
        SignatureValidity(value)  # type: ignore[arg-type]


def test_the_default_is_the_services() -> None:
    assert SignatureValidity(135, SignatureValidityUnit.MONTHS) == DEFAULT_VALIDITY


def test_a_region_without_signing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="does not exist in eu-south-2"):
        check_signing_region("eu-south-2", where="x")
    check_signing_region("eu-west-1", where="x")
