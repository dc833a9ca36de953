"""The report for programs: the finding contract as JSON.

The contract is described in ``docs/reference/finding-contract.md`` and held by the JSON Schema
beside it.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from ecr_blueprints._version import __version__
from ecr_blueprints.review.finding import SCHEMA_VERSION, Finding
from ecr_blueprints.review.report import OpenQuestion, Report
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["JsonReporter"]

_VERDICT_MEMBERS = {
    Verdict.FAIL: "fail",
    Verdict.OPEN: "open",
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
}


class JsonReporter:
    """Writes the report as one JSON object, in ASCII, one finding per line.

    Args:
        show_open: List the findings of every open question, not only how many there are.
    """

    def __init__(self, *, show_open: bool = False) -> None:
        self._show_open = show_open

    def write(self, report: Report, stream: TextIO) -> None:
        """Writes the whole report; see :class:`~ecr_blueprints.reporters.reporter.Reporter`."""
        members = (
            f'"schemaVersion": {SCHEMA_VERSION}',
            f'"tool": {json.dumps({"name": "ecr-blueprints", "version": __version__})}',
            f'"findings": {_lines([_finding(finding) for finding in report.failures])}',
            f'"open": {_lines([self._open(question) for question in report.open_questions])}',
            f'"summary": {json.dumps(_summary(report))}',
        )
        stream.write("{\n" + ",\n".join(members) + "\n}\n")

    def _open(self, question: OpenQuestion) -> dict[str, Any]:
        entry: dict[str, Any] = {"missing": question.missing, "checks": len(question.findings)}
        if self._show_open:
            entry["findings"] = [_finding(finding) for finding in question.findings]
        return entry


def _lines(entries: list[dict[str, Any]]) -> str:
    # An indented document would take the slow path of the encoder; a line for each entry is as
    # easy to read, to compare and to search.
    if not entries:
        return "[]"
    return "[\n  " + ",\n  ".join(json.dumps(entry) for entry in entries) + "\n]"


def _finding(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    return {
        "ruleId": finding.rule_id,
        "granularId": finding.granular_id,
        "name": finding.name,
        "severity": finding.severity.value,
        "verdict": finding.verdict.value,
        "message": finding.message,
        "resource": {
            "logicalId": resource.logical_id,
            "constructPath": resource.construct_path,
            "template": resource.template,
            "property": resource.property_path,
            "type": resource.resource_type,
        },
        "witness": finding.witness,
        "fix": finding.fix,
        "practices": list(finding.practices),
        "crosswalk": list(finding.crosswalk),
        "fingerprint": finding.fingerprint,
    }


def _summary(report: Report) -> dict[str, Any]:
    verdicts, severities = report.verdicts, report.severities
    return {
        "sources": list(report.sources),
        "registries": list(report.registries),
        "repositories": report.repositories,
        "verdicts": {member: verdicts[verdict] for verdict, member in _VERDICT_MEMBERS.items()},
        "severities": {severity.value: severities[severity] for severity in Severity},
    }
