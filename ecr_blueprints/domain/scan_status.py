"""What ECR says of the scan of one image (facts §5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["SCAN_STATUS_IN_WORDS", "ScanStatus"]


class ScanStatus(StrEnum):
    """The status in an answer of DescribeImageScanFindings.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html
    """

    IN_PROGRESS = "IN_PROGRESS"

    COMPLETE = "COMPLETE"
    """The scan has ended and its findings are there."""

    FAILED = "FAILED"
    UNSUPPORTED_IMAGE = "UNSUPPORTED_IMAGE"

    ACTIVE = "ACTIVE"
    """Amazon Inspector scans the image continuously. It says nothing of whether the first scan has ended:
    https://github.com/aws/aws-cli/issues/6759 shows it with neither counts nor a time of completion."""

    PENDING = "PENDING"

    SCAN_ELIGIBILITY_EXPIRED = "SCAN_ELIGIBILITY_EXPIRED"
    """The image has left Inspector's re-scan window, or never was in it. Source:
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-troubleshooting.html"""

    FINDINGS_UNAVAILABLE = "FINDINGS_UNAVAILABLE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    IMAGE_ARCHIVED = "IMAGE_ARCHIVED"
    IMAGE_SIZE_EXCEEDED = "IMAGE_SIZE_EXCEEDED"

    @property
    def has_findings(self) -> bool:
        """Whether the findings of an answer with this status are those of today's scanner."""
        return self in (ScanStatus.COMPLETE, ScanStatus.ACTIVE)


SCAN_STATUS_IN_WORDS: Mapping[ScanStatus, str] = MappingProxyType(
    {
        ScanStatus.IN_PROGRESS: "the scan is still running",
        ScanStatus.COMPLETE: "the scan has ended",
        ScanStatus.FAILED: "the scan failed",
        ScanStatus.UNSUPPORTED_IMAGE: "the scanner does not support the image",
        ScanStatus.ACTIVE: "the image is scanned continuously",
        ScanStatus.PENDING: "the scan has not begun",
        ScanStatus.SCAN_ELIGIBILITY_EXPIRED: "the image is no longer scanned: what was found is out of date",
        ScanStatus.FINDINGS_UNAVAILABLE: "the findings are not available",
        ScanStatus.LIMIT_EXCEEDED: "a limit of the scanner was exceeded",
        ScanStatus.IMAGE_ARCHIVED: "the image is archived, and archived images are not scanned",
        ScanStatus.IMAGE_SIZE_EXCEEDED: "the image is too large for the scanner",
    }
)
"""Each status as the middle of a sentence."""
