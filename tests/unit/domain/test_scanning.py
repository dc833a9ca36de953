"""Scan types and frequencies."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.scanning import ScanFrequency, ScanType, check_scan_frequency
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("scan_type", "frequency"),
    [
        (ScanType.BASIC, ScanFrequency.SCAN_ON_PUSH),
        (ScanType.ENHANCED, ScanFrequency.SCAN_ON_PUSH),
        (ScanType.ENHANCED, ScanFrequency.CONTINUOUS_SCAN),
    ],
)
def test_what_goes_together(scan_type: ScanType, frequency: ScanFrequency) -> None:
    assert check_scan_frequency(scan_type, frequency) is frequency


@pytest.mark.parametrize(
    ("scan_type", "frequency", "allowed", "fix"),
    [
        (
            ScanType.BASIC,
            ScanFrequency.CONTINUOUS_SCAN,
            "SCAN_ON_PUSH",
            "use ENHANCED scanning, or SCAN_ON_PUSH",
        ),
        (ScanType.BASIC, ScanFrequency.MANUAL, "SCAN_ON_PUSH", "leave the repositories out of every rule"),
        (
            ScanType.ENHANCED,
            ScanFrequency.MANUAL,
            "CONTINUOUS_SCAN, SCAN_ON_PUSH",
            "leave the repositories out of every rule",
        ),
    ],
)
def test_what_does_not(scan_type: ScanType, frequency: ScanFrequency, allowed: str, fix: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_scan_frequency(scan_type, frequency)
    assert raised.value.allowed == allowed
    assert raised.value.fix == fix
