"""Account settings."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.account_setting import (
    ACCOUNT_SETTING_VALUES,
    AccountSetting,
    check_account_setting,
)
from ecr_blueprints.errors import InvalidValueError


def test_every_setting_has_values() -> None:
    assert set(ACCOUNT_SETTING_VALUES) == set(AccountSetting)
    for name, values in ACCOUNT_SETTING_VALUES.items():
        for value in values:
            assert check_account_setting(name, value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (AccountSetting.BLOB_MOUNTING, "on"),
        (AccountSetting.BASIC_SCAN_TYPE_VERSION, "CLAIR"),
        (AccountSetting.REGISTRY_POLICY_SCOPE, "V1"),
    ],
)
def test_other_values_are_refused(name: AccountSetting, value: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_account_setting(name, value)
    assert raised.value.allowed == ", ".join(ACCOUNT_SETTING_VALUES[name])
