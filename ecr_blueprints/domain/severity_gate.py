"""May this image go on? One judgement of a scan's result for pipelines, reviews, deployments (facts §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import pairwise
from typing import Final

from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.scan_status import SCAN_STATUS_IN_WORDS, ScanStatus
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.errors import InvalidValueError

__all__ = ["GateEffect", "GateJudgement", "GateVerdict", "SeverityGate"]

_SEVERITY_OF_WORD: Final = {
    severity.word_of(scan_type): severity for severity in FindingSeverity for scan_type in ScanType
}
_STATUS_OF_WORD: Final = {status.value: status for status in ScanStatus}
_LARGEST_COUNT: Final = 2**31 - 1
_SHOWN_LENGTH: Final = 40


class GateEffect(StrEnum):
    """What findings of one severity do, the gravest effect first."""

    BLOCK = "block"
    WARN = "warn"
    LOG = "log"


class GateVerdict(StrEnum):
    """What the gate says of an image."""

    BLOCKED = "blocked"
    """Something blocks, or it is not known what was found."""

    WARNED = "warned"
    """It may go on, and somebody should look."""

    PASSED = "passed"
    """It may go on; what is logged is among the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateJudgement:
    """What the gate says of one image, and why.

    Attributes:
        verdict: Whether it may go on.
        reasons: One sentence each, what blocks first; at least one.
        counts: The findings of each severity, as far as they could be read.
    """

    verdict: GateVerdict
    reasons: tuple[str, ...]
    counts: Mapping[FindingSeverity, int] = field(default_factory=dict)

    @property
    def may_go_on(self) -> bool:
        """Whether the image may be released or deployed."""
        return self.verdict is not GateVerdict.BLOCKED

    def __str__(self) -> str:
        return f"{self.verdict}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityGate:
    """What the findings of each severity do; and no answer blocks.

    The gate fails closed: no scan, a scan that has not ended or failed, a status, a severity or a count that
    it does not know, all block, and the reason says which.

    `unrated` blocks too unless you say otherwise. It is what nobody has judged yet: the source of the
    vulnerability gave no severity, or one that ECR does not know
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-troubleshooting.html), and a new
    critical one starts there. To let it pass would be to pass what is not known.

    There is no list of accepted findings here: a count does not say what it counts. What is accepted is
    suppressed where it is found, with Inspector's filters.

    ::

        SeverityGate().judge({"MEDIUM": 2}, "COMPLETE").verdict  # GateVerdict.WARNED
        SeverityGate(medium=GateEffect.BLOCK)

    Args:
        critical: Default: blocks.
        high: Default: blocks.
        medium: Default: warns.
        low: Default: is logged.
        informational: Default: is logged.
        unrated: ``UNDEFINED`` of basic scanning, ``UNTRIAGED`` of Amazon Inspector. Default: blocks.

    Raises:
        InvalidValueError: An effect that there is not, or a severity with a milder effect than a lesser one.

    Practices: SCAN-2
    """

    critical: GateEffect = GateEffect.BLOCK
    high: GateEffect = GateEffect.BLOCK
    medium: GateEffect = GateEffect.WARN
    low: GateEffect = GateEffect.LOG
    informational: GateEffect = GateEffect.LOG
    unrated: GateEffect = GateEffect.BLOCK

    def __post_init__(self) -> None:
        """Bring the effects to their stored form, and check that they do not contradict each other."""
        for one in fields(self):
            object.__setattr__(self, one.name, _effect(getattr(self, one.name), one.name))
        ranks = list(GateEffect)
        rated = [severity for severity in FindingSeverity if severity is not FindingSeverity.UNRATED]
        for graver, lesser in pairwise(rated):
            if ranks.index(self.effect_of(graver)) > ranks.index(self.effect_of(lesser)):
                raise InvalidValueError(
                    f"{graver} has a milder effect ({self.effect_of(graver)}) than {lesser} "
                    f"({self.effect_of(lesser)})",
                    where="SeverityGate",
                    fix=f"let {graver} {self.effect_of(lesser)} as well",
                )

    def effect_of(self, severity: FindingSeverity) -> GateEffect:
        """What findings of a severity do."""
        effect: GateEffect = getattr(self, severity.name.lower())
        return effect

    def judge(
        self, counts: Mapping[str, int] | None, scan_status: str | None, *, completed_at: object = None
    ) -> GateJudgement:
        """Judge the counts of one image's scan. Whatever is given, nothing is raised.

        Args:
            counts: ``findingSeverityCounts``: severity, in the words of either scanner, to number. None if
                the answer holds none, which is not the same as an empty one.
            scan_status: ``imageScanStatus.status``. None if there is none.
            completed_at: ``imageScanCompletedAt``. Only with it does ``ACTIVE`` without a single finding
                pass: that status is given before the first scan has ended, too. Default: not given.
        """
        blocked = _no_answer(counts, scan_status, completed_at)
        read: dict[FindingSeverity, int] = {}
        for word, number in counts.items() if isinstance(counts, Mapping) else ():
            severity = _SEVERITY_OF_WORD.get(word) if isinstance(word, str) else None
            if severity is None:
                blocked.append(f"a severity {_shown(word)} is not known")
            elif not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _LARGEST_COUNT:
                blocked.append(f"the number of {severity} findings is {_shown(number)}")
            else:
                read[severity] = read.get(severity, 0) + number
        reasons: dict[GateEffect, list[str]] = {effect: [] for effect in GateEffect}
        for severity in FindingSeverity:
            if read.get(severity):
                reasons[self.effect_of(severity)].append(_found(severity, read[severity]))
        # What is found blocks whether or not the answer is whole; only a whole one lets pass.
        blocked.extend(f"{found}, which block" for found in reasons[GateEffect.BLOCK])
        others = [
            *(f"{found}, which warn" for found in reasons[GateEffect.WARN]),
            *(f"{found}, logged" for found in reasons[GateEffect.LOG]),
        ]
        if blocked:
            verdict = GateVerdict.BLOCKED
        else:
            verdict = GateVerdict.WARNED if reasons[GateEffect.WARN] else GateVerdict.PASSED
        return GateJudgement(
            verdict=verdict, reasons=(*blocked, *others) or ("the scan found nothing",), counts=read
        )

    def judge_response(self, response: object) -> GateJudgement:
        """Judge an answer of DescribeImageScanFindings as the SDK or the command line gives it.

        Its first page is enough: the counts are of the image, not of the page (unverified). Whatever is
        given, nothing is raised. Give None where the call failed with ``ScanNotFoundException``.

        Args:
            response: The answer, of basic or enhanced scanning.
        """
        status = _member(_member(response, "imageScanStatus"), "status")
        found = _member(response, "imageScanFindings")
        counts = _member(found, "findingSeverityCounts")
        return self.judge(
            counts if isinstance(counts, Mapping) else None,
            status if isinstance(status, str) else None,
            completed_at=_member(found, "imageScanCompletedAt"),
        )


def _effect(given: object, argument: str) -> GateEffect:
    try:
        return GateEffect(given)  # type: ignore[arg-type]  # anything may be given; what it is not, it refuses
    except ValueError:
        raise InvalidValueError(
            f"{given!r} is no effect",
            where=f"SeverityGate({argument}=…)",
            allowed=", ".join(GateEffect),
            fix="use a member of GateEffect",
        ) from None


def _no_answer(counts: object, scan_status: object, completed_at: object) -> list[str]:
    """Why it is not known what there is to be found; empty if it is."""
    if scan_status is None:
        return ["the image was not scanned: there is no scan status"]
    status = _STATUS_OF_WORD.get(scan_status) if isinstance(scan_status, str) else None
    if status is None:
        return [f"a scan status {_shown(scan_status)} is not known"]
    if not status.has_findings:
        return [f"{SCAN_STATUS_IN_WORDS[status]} ({status})"]
    if not isinstance(counts, Mapping):
        return [f"the scan status is {status}, but there are no counts of findings"]
    if status is ScanStatus.ACTIVE and not completed_at and not counts:
        return ["the scan status is ACTIVE, but nothing shows that the first scan has ended"]
    return []


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _found(severity: FindingSeverity, number: int) -> str:
    return f"{number} {severity} finding{'' if number == 1 else 's'}"


def _shown(value: object) -> str:
    """A value that was not expected: a short text or number, of anything else what it is."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and abs(value) <= _LARGEST_COUNT:
        return str(value)
    if isinstance(value, str):
        return ascii(value if len(value) <= _SHOWN_LENGTH else f"{value[: _SHOWN_LENGTH - 3]}...")
    return f"of type {type(value).__name__}"
