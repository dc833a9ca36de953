"""Our facts of scans, images and the archive against AWS's models."""

from __future__ import annotations

from typing import Any

from ecr_blueprints.domain.pricing import ARCHIVE_MINIMUM_DAYS
from ecr_blueprints.domain.scan_status import SCAN_STATUS_IN_WORDS, ScanStatus
from ecr_blueprints.domain.severity_gate import SeverityGate
from ecr_blueprints.lifecycle.inventory import ImageStatus
from ecr_blueprints.lifecycle.rule import MINIMUM_ARCHIVED_DAYS


def test_the_statuses_of_a_scan_are_ecrs(service_model: Any) -> None:
    assert set(ScanStatus) == set(service_model["shapes"]["ScanStatus"]["enum"])
    assert set(SCAN_STATUS_IN_WORDS) == set(ScanStatus)


def test_the_gate_knows_every_severity_of_ecr_and_of_inspector(service_model: Any) -> None:
    for word in (*service_model["shapes"]["FindingSeverity"]["enum"], "UNTRIAGED"):
        judgement = SeverityGate().judge({word: 1}, "COMPLETE")

        assert list(judgement.counts.values()) == [1], word
        assert "not known" not in str(judgement)


def test_the_gate_reads_members_that_the_answer_has(service_model: Any) -> None:
    shapes = service_model["shapes"]
    assert {"imageScanStatus", "imageScanFindings"} <= set(
        shapes["DescribeImageScanFindingsResponse"]["members"]
    )
    assert {"findingSeverityCounts", "imageScanCompletedAt"} <= set(shapes["ImageScanFindings"]["members"])
    assert "status" in shapes["ImageScanStatus"]["members"]


def test_the_statuses_of_an_image_are_ecrs(service_model: Any) -> None:
    assert set(ImageStatus) == set(service_model["shapes"]["ImageStatus"]["enum"])
    assert "ANY" in service_model["shapes"]["ImageStatusFilter"]["enum"]


def test_the_inventory_reads_members_that_an_image_has(service_model: Any) -> None:
    assert {
        *("imageDigest", "imagePushedAt", "imageTags", "imageSizeInBytes", "imageManifestMediaType"),
        *("imageStatus", "lastRecordedPullTime", "lastArchivedAt", "lastActivatedAt"),
        *("repositoryName", "subjectManifestDigest"),
    } <= set(service_model["shapes"]["ImageDetail"]["members"])


def test_what_is_paid_is_what_the_lifecycle_policy_must_wait() -> None:
    assert ARCHIVE_MINIMUM_DAYS == MINIMUM_ARCHIVED_DAYS
