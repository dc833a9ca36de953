"""Account settings."""

from __future__ import annotations

from ecr_blueprints.domain.account_setting import ACCOUNT_SETTING_VALUES, AccountSetting


def test_every_setting_has_values() -> None:
    assert set(ACCOUNT_SETTING_VALUES) == set(AccountSetting)
    assert all(ACCOUNT_SETTING_VALUES.values())
