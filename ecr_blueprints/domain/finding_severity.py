"""How severe a finding of a scan is, in the words of both scanners (facts §5)."""

from __future__ import annotations

from enum import StrEnum

from ecr_blueprints.domain.scanning import ScanType

__all__ = ["FindingSeverity"]


class FindingSeverity(StrEnum):
    """A severity. The scanners agree on all but the name of the one that nobody has determined.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanFinding.html and
    https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
    """

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNRATED = "UNRATED"
    """Not determined: ``UNDEFINED`` of basic scanning, ``UNTRIAGED`` of Amazon Inspector."""

    def word_of(self, scan_type: ScanType) -> str:
        """The scanner's own word for it.

        Args:
            scan_type: The scanner.
        """
        if self is FindingSeverity.UNRATED:
            return "UNDEFINED" if scan_type is ScanType.BASIC else "UNTRIAGED"
        return self.value
