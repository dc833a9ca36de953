"""The key that new repositories get where a stack is full."""

from __future__ import annotations

import pytest

from ecr_blueprints.config.stack_key import following_stack_key


@pytest.mark.parametrize(
    ("key", "taken", "following"),
    [
        ("payments", (), "payments-2"),
        ("payments-2", (), "payments-3"),
        ("payments", ("payments-2", "payments-3"), "payments-4"),
        ("team-7-eu", (), "team-7-eu-2"),
        ("payments-99", (), "payments-100"),
    ],
)
def test_the_next_number_that_is_free(key: str, taken: tuple[str, ...], following: str) -> None:
    assert following_stack_key(key, taken) == following
