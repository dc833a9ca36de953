from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.scan_status import ScanStatus
from ecr_blueprints.domain.severity_gate import GateEffect, GateVerdict, SeverityGate
from ecr_blueprints.errors import InvalidValueError

GATE = SeverityGate()
BLOCKED, WARNED, PASSED = GateVerdict.BLOCKED, GateVerdict.WARNED, GateVerdict.PASSED


@pytest.mark.parametrize(
    ("counts", "verdict", "reason"),
    [
        ({}, PASSED, "the scan found nothing"),
        ({"CRITICAL": 0, "HIGH": 0}, PASSED, "the scan found nothing"),
        ({"CRITICAL": 1}, BLOCKED, "1 CRITICAL finding, which block"),
        ({"HIGH": 2, "MEDIUM": 3}, BLOCKED, "2 HIGH findings, which block"),
        ({"MEDIUM": 3, "LOW": 9}, WARNED, "3 MEDIUM findings, which warn"),
        ({"LOW": 9}, PASSED, "9 LOW findings, logged"),
        ({"INFORMATIONAL": 1}, PASSED, "1 INFORMATIONAL finding, logged"),
        ({"UNDEFINED": 1}, BLOCKED, "1 UNRATED finding, which block"),
        ({"UNTRIAGED": 1}, BLOCKED, "1 UNRATED finding, which block"),
    ],
)
def test_the_practice(counts: dict[str, int], verdict: GateVerdict, reason: str) -> None:
    judgement = GATE.judge(counts, "COMPLETE")

    assert judgement.verdict is verdict
    assert judgement.reasons[0] == reason
    assert judgement.may_go_on is (verdict is not BLOCKED)


def test_every_reason_is_told_the_gravest_first() -> None:
    judgement = GATE.judge({"LOW": 1, "MEDIUM": 2, "HIGH": 3, "UNDEFINED": 4}, "COMPLETE")

    assert str(judgement) == (
        "blocked: 3 HIGH findings, which block; 4 UNRATED findings, which block; "
        "2 MEDIUM findings, which warn; 1 LOW finding, logged"
    )


@pytest.mark.parametrize("status", [one for one in ScanStatus if not one.has_findings])
def test_a_status_without_findings_blocks(status: ScanStatus) -> None:
    judgement = GATE.judge({}, status, completed_at="2026-01-01")

    assert judgement.verdict is BLOCKED
    assert status.value in judgement.reasons[0]


@pytest.mark.parametrize(
    ("counts", "status", "reason"),
    [
        (None, None, "the image was not scanned: there is no scan status"),
        ({}, "DONE", "a scan status 'DONE' is not known"),
        ({}, "complete", "a scan status 'complete' is not known"),
        ({}, 7, "a scan status 7 is not known"),
        (None, "COMPLETE", "the scan status is COMPLETE, but there are no counts of findings"),
        ([], "COMPLETE", "the scan status is COMPLETE, but there are no counts of findings"),
        ({"SEVERE": 1}, "COMPLETE", "a severity 'SEVERE' is not known"),
        ({"SEVERE": 0}, "COMPLETE", "a severity 'SEVERE' is not known"),
        ({"low": 1}, "COMPLETE", "a severity 'low' is not known"),
        ({3: 1}, "COMPLETE", "a severity 3 is not known"),
        ({"x" * 99: 1}, "COMPLETE", f"a severity '{'x' * 37}...' is not known"),
        ({}, b"COMPLETE", "a scan status of type bytes is not known"),
        ({"LOW": 10**5000}, "COMPLETE", "the number of LOW findings is of type int"),
        ({"LOW": -1}, "COMPLETE", "the number of LOW findings is -1"),
        ({"LOW": True}, "COMPLETE", "the number of LOW findings is True"),
        ({"LOW": "1"}, "COMPLETE", "the number of LOW findings is '1'"),
    ],
)
def test_what_is_not_known_blocks(counts: Any, status: Any, reason: str) -> None:
    judgement = GATE.judge(counts, status)

    assert judgement.verdict is BLOCKED
    assert judgement.reasons[0] == reason


def test_what_was_found_is_told_although_the_scan_is_out_of_date() -> None:
    judgement = GATE.judge({"CRITICAL": 1}, "SCAN_ELIGIBILITY_EXPIRED")

    assert judgement.reasons == (
        "the image is no longer scanned: what was found is out of date (SCAN_ELIGIBILITY_EXPIRED)",
        "1 CRITICAL finding, which block",
    )


class TestContinuousScanning:
    def test_passes_once_it_is_known_to_have_ended(self) -> None:
        assert GATE.judge({}, "ACTIVE", completed_at=1_767_225_600).verdict is PASSED
        assert GATE.judge({"LOW": 1}, "ACTIVE").verdict is PASSED

    def test_blocks_before(self) -> None:
        judgement = GATE.judge({}, "ACTIVE")

        assert judgement.reasons == (
            "the scan status is ACTIVE, but nothing shows that the first scan has ended",
        )
        assert judgement.verdict is BLOCKED


class TestAnswers:
    def test_of_basic_scanning(self) -> None:
        answer = {
            "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed successfully."},
            "imageScanFindings": {"findings": [], "findingSeverityCounts": {"MEDIUM": 1}},
        }
        assert GATE.judge_response(answer).verdict is WARNED

    def test_of_enhanced_scanning(self) -> None:
        answer = {
            "imageScanStatus": {
                "status": "ACTIVE",
                "description": "Continuous scan is selected for image.",
            },
            "imageScanFindings": {
                "enhancedFindings": [{}],
                "findingSeverityCounts": {"HIGH": 1, "UNTRIAGED": 1},
                "imageScanCompletedAt": "2026-01-01T00:00:00+00:00",
            },
        }
        assert GATE.judge_response(answer).counts == {FindingSeverity.HIGH: 1, FindingSeverity.UNRATED: 1}

    def test_before_the_first_scan_has_ended(self) -> None:
        # As in https://github.com/aws/aws-cli/issues/6759.
        answer = {
            "imageScanStatus": {"status": "ACTIVE", "description": "Continuous scan is selected for image."},
            "imageScanFindings": {"findings": []},
        }
        assert GATE.judge_response(answer).verdict is BLOCKED

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            {},
            [],
            "COMPLETE",
            {"imageScanStatus": None},
            {"imageScanStatus": {"status": 5}},
            {"imageScanStatus": {"status": "COMPLETE"}},
            {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": 3}},
        ],
    )
    def test_that_are_none(self, answer: object) -> None:
        assert GATE.judge_response(answer).verdict is BLOCKED


class TestConfiguration:
    def test_one_severity_is_changed_alone(self) -> None:
        strict = SeverityGate(medium=GateEffect.BLOCK)

        assert strict.judge({"MEDIUM": 1}, "COMPLETE").verdict is BLOCKED
        assert strict.judge({"LOW": 1}, "COMPLETE").verdict is PASSED

    def test_unrated_is_apart_from_the_order(self) -> None:
        assert SeverityGate(unrated=GateEffect.LOG).judge({"UNTRIAGED": 1}, "COMPLETE").verdict is PASSED

    def test_a_word_is_its_effect(self) -> None:
        assert SeverityGate(low="warn") == SeverityGate(low=GateEffect.WARN)  # type: ignore[arg-type]

    @pytest.mark.parametrize("given", ["BLOCK", "fail", None, [], 1])
    def test_another_effect_is_refused(self, given: Any) -> None:
        with pytest.raises(InvalidValueError, match=r"\(high=…\): .* is no effect; allowed: block"):
            SeverityGate(high=given)

    def test_a_graver_severity_has_no_milder_effect(self) -> None:
        with pytest.raises(InvalidValueError, match=r"HIGH has a milder effect \(log\) than MEDIUM \(warn\)"):
            SeverityGate(high=GateEffect.LOG)
