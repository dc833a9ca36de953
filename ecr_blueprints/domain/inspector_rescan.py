"""For how long Amazon Inspector scans an image again when a vulnerability becomes known (facts §5)."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["PULL_RESCAN_WINDOWS", "RescanMode", "RescanWindow"]


class RescanWindow(StrEnum):
    """A number of days, or for as long as the image is there.

    Source: https://docs.aws.amazon.com/inspector/v2/APIReference/API_EcrConfiguration.html; three and seven
    days are in the service model of AWS's SDKs.
    """

    DAYS_3 = "DAYS_3"
    DAYS_7 = "DAYS_7"
    DAYS_14 = "DAYS_14"
    DAYS_30 = "DAYS_30"
    DAYS_60 = "DAYS_60"
    DAYS_90 = "DAYS_90"
    DAYS_180 = "DAYS_180"

    LIFETIME = "LIFETIME"
    """Counted from the push only."""


class RescanMode(StrEnum):
    """What besides the push keeps an image within the window.

    Source: https://docs.aws.amazon.com/inspector/latest/user/scanning_resources_configure_duration_setting_ecr.html
    """

    LAST_IN_USE_AT = "LAST_IN_USE_AT"
    """That a container of ECS or EKS ran it. Inspector's own default; not for multi-architecture images."""

    LAST_PULL_DATE = "LAST_PULL_DATE"
    """That it was pulled."""


PULL_RESCAN_WINDOWS = frozenset(RescanWindow) - {RescanWindow.LIFETIME}
"""The windows that can be counted from the last pull or use."""
