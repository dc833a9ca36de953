"""The registry's scanning configuration: scan types, frequencies and what goes together (facts §5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ecr_blueprints.domain.quotas import FILTERS_PER_SCANNING_RULE, SCANNING_RULES
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "ALLOWED_SCAN_FREQUENCIES",
    "MAX_FILTERS_PER_SCANNING_RULE",
    "MAX_SCANNING_RULES",
    "ScanFrequency",
    "ScanType",
    "check_scan_frequency",
]

MAX_SCANNING_RULES = SCANNING_RULES.value
MAX_FILTERS_PER_SCANNING_RULE = FILTERS_PER_SCANNING_RULE.value


class ScanType(StrEnum):
    """Who scans the images of a registry.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """

    BASIC = "BASIC"
    """ECR's own scanner: operating system packages, on push or by hand."""

    ENHANCED = "ENHANCED"
    """Amazon Inspector: operating system and language packages, on push or continuously."""


class ScanFrequency(StrEnum):
    """When a repository's images are scanned.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html
    """

    SCAN_ON_PUSH = "SCAN_ON_PUSH"

    CONTINUOUS_SCAN = "CONTINUOUS_SCAN"
    """Whenever a vulnerability becomes known, in Inspector's re-scan window. It wins where both match."""

    MANUAL = "MANUAL"
    """What the API reports where no rule of a basic configuration applies; no rule can ask for it."""


ALLOWED_SCAN_FREQUENCIES: Mapping[ScanType, frozenset[ScanFrequency]] = MappingProxyType(
    {
        ScanType.BASIC: frozenset({ScanFrequency.SCAN_ON_PUSH}),
        ScanType.ENHANCED: frozenset({ScanFrequency.SCAN_ON_PUSH, ScanFrequency.CONTINUOUS_SCAN}),
    }
)
"""The frequencies that a rule can have; each at most once in a configuration."""


def check_scan_frequency(scan_type: ScanType, frequency: ScanFrequency) -> ScanFrequency:
    """Return the frequency if a rule of this scan type can have it.

    Raises:
        InvalidValueError: It cannot.
    """
    allowed = ALLOWED_SCAN_FREQUENCIES[scan_type]
    if frequency not in allowed:
        raise InvalidValueError(
            f"{scan_type} scanning has no frequency {frequency}",
            where="scanning rule",
            allowed=", ".join(sorted(allowed)),
            fix=(
                f"use {ScanType.ENHANCED} scanning, or {ScanFrequency.SCAN_ON_PUSH}"
                if frequency is ScanFrequency.CONTINUOUS_SCAN
                else "leave the repositories out of every rule"
            ),
        )
    return frequency
