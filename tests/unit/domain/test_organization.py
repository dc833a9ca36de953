"""Ids of organizational units."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.organization import check_organizational_unit, root_of
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("unit", ["ou-ab12-11111111", "r-ab12", f"ou-{'a' * 32}-{'b' * 32}"])
def test_ids_of_units_and_of_the_root(unit: str) -> None:
    assert check_organizational_unit(unit) == unit


@pytest.mark.parametrize(
    "unit",
    ["", "Workloads", "ou-ab12", "ou-ab12-1111111", "r-ab1", "R-AB12", "o-exampleorg/r-ab12", "r-ab12\n"],
)
def test_what_is_none(unit: str) -> None:
    with pytest.raises(InvalidValueError, match="is not the id of an organizational unit"):
        check_organizational_unit(unit)


def test_the_root_of_a_unit_is_in_its_id() -> None:
    assert root_of("ou-ab12-11111111") == root_of("r-ab12") == "r-ab12"
