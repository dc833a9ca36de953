"""Names of stack sets."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.stack_set import check_stack_set_name
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("name", ["a", "ecr-baseline", f"a{'1' * 127}"])
def test_names(name: str) -> None:
    assert check_stack_set_name(name) == name


@pytest.mark.parametrize("name", ["", "1st", "ecr_baseline", "ecr baseline", f"a{'1' * 128}", "ecr\n"])
def test_what_is_none(name: str) -> None:
    with pytest.raises(InvalidValueError, match="is not the name of a stack set"):
        check_stack_set_name(name)
