"""Regions that there are."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.region import REGIONS, check_known_region
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("region", REGIONS)
def test_what_there_is(region: str) -> None:
    assert check_known_region(region) == region


@pytest.mark.parametrize(
    ("region", "fix"), [("eu-west-9", "write eu-west-3 or"), ("xx-yyyyyyyy-1", "correct its name")]
)
def test_what_there_is_not_unless_somebody_says_so(region: str, fix: str) -> None:
    with pytest.raises(InvalidValueError, match=f"there is no Region '{region}'") as caught:
        check_known_region(region)
    assert caught.value.fix is not None
    assert caught.value.fix.startswith(fix)
    assert check_known_region(region, newer=[region]) == region


def test_what_is_none_is_none_whoever_says_so() -> None:
    with pytest.raises(InvalidValueError, match="not the name of an AWS Region"):
        check_known_region("Frankfurt", newer=["Frankfurt"])
