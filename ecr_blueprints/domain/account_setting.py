"""The settings of an account's registry that have no CloudFormation resource (facts §11)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["ACCOUNT_SETTING_VALUES", "AccountSetting"]


class AccountSetting(StrEnum):
    """The name of a setting, per account and Region.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
    """

    BASIC_SCAN_TYPE_VERSION = "BASIC_SCAN_TYPE_VERSION"
    """The engine of basic scanning; nothing but AWS's own is left to choose (facts §5)."""

    REGISTRY_POLICY_SCOPE = "REGISTRY_POLICY_SCOPE"
    """What the registry policy is enforced for: with ``V2`` every action on every request (facts §6)."""

    BLOB_MOUNTING = "BLOB_MOUNTING"
    """Whether a push may reuse a layer of another repository. To be enabled; AWS states no default."""


ACCOUNT_SETTING_VALUES: Mapping[AccountSetting, tuple[str, ...]] = MappingProxyType(
    {
        AccountSetting.BASIC_SCAN_TYPE_VERSION: ("AWS_NATIVE",),
        AccountSetting.REGISTRY_POLICY_SCOPE: ("V2",),
        AccountSetting.BLOB_MOUNTING: ("ENABLED", "DISABLED"),
    }
)
"""The values that ``PutAccountSetting`` documents as valid."""
