"""The result of a review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["OpenQuestion", "Report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """One thing that is not known, and everything that could not be decided for want of it.

    Attributes:
        missing: What would have to be known.
        findings: The open findings, in order.
    """

    missing: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the rules said of everything that was read.

    Attributes:
        findings: Every verdict, failures first by severity, then as declared.
        sources: The templates that were read, as they were given or found.
        registries: The labels of the registries that were found.
        repositories: How many repositories were looked at.
    """

    findings: tuple[Finding, ...]
    sources: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    repositories: int = 0

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that count: verdict ``fail``, worst first."""
        failed = [finding for finding in self.findings if finding.verdict is Verdict.FAIL]
        return tuple(sorted(failed, key=lambda finding: -finding.severity.rank))

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """What could not be decided, one entry for each missing piece of context."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            if finding.verdict is Verdict.OPEN:
                groups.setdefault(finding.missing or "", []).append(finding)
        return tuple(
            OpenQuestion(missing=missing, findings=tuple(found)) for missing, found in groups.items()
        )

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """How many findings there are of each verdict."""
        counted = Counter(finding.verdict for finding in self.findings)
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def severities(self) -> Mapping[Severity, int]:
        """How many failures there are of each severity."""
        counted = Counter(finding.severity for finding in self.failures)
        return {severity: counted[severity] for severity in Severity}

    def fails_at(self, severity: Severity | None) -> bool:
        """True if a failure is at or above the severity; never, if it is None."""
        return severity is not None and any(
            finding.severity.rank >= severity.rank for finding in self.failures
        )
