"""One emulator for the whole run; tests are kept apart by account ids of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from emulator_process import Account, Emulator

_numbers = itertools.count(100_000_000_001)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def new_account(emulator: Emulator) -> Callable[..., Account]:
    """Makes accounts that no other test uses."""

    def make(region: str = "eu-west-1") -> Account:
        return Account(emulator.endpoint, str(next(_numbers)), region)

    return make


@pytest.fixture
def account(new_account: Callable[..., Account]) -> Account:
    return new_account()
