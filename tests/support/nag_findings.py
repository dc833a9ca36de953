"""cdk-nag's AWS Solutions rules: what they find in an app, and which findings are answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

__all__ = ["Answers", "findings_in", "findings_of", "open_findings", "stale_answers"]

REPORT = "validation-report.json"

Answers = dict[str, str]
"""Why a finding stays, by a pattern of its rule, or of ``rule at construct path``: a reason is for exactly
what it speaks of."""


def findings_of(
    fill: Callable[[cdk.App], None], directory: Path, *, context: dict[str, object] | None = None
) -> list[str]:
    """Every finding as ``rule at construct path``; synthesis fails where there is one."""
    app = cdk.App(outdir=str(directory), analytics_reporting=False, context=context)
    fill(app)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    return findings_in(directory)


def findings_in(directory: Path) -> list[str]:
    """What the report of an assembly says."""
    reports = json.loads((directory / REPORT).read_text())["pluginReports"]
    (report,) = (one for one in reports if one["pluginName"] == "AwsSolutions")
    return sorted(
        f"{violation['ruleName']} at {construct['constructPath']}"
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    )


def open_findings(findings: Iterable[str], answered: Answers) -> list[str]:
    """The findings without an answer."""
    return [one for one in findings if not any(_speaks_of(key, one) for key in answered)]


def stale_answers(findings: Iterable[str], answered: Answers) -> list[str]:
    """The answers without a finding."""
    found = list(findings)
    return [key for key in answered if not any(_speaks_of(key, one) for one in found)]


def _speaks_of(pattern: str, finding: str) -> bool:
    return any(re.fullmatch(pattern, said) for said in (finding.partition(" at ")[0], finding))
