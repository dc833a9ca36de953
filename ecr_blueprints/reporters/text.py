"""The report for people: 80 columns, worst first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TextIO

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.reporters.terminal_text import printable, wrap
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.report import OpenQuestion, Report
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["TextReporter", "counts"]

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_BOLD = "1"


class TextReporter:
    """Writes the report as text.

    Failures stand by template and resource, the worst first; then one line for each missing piece
    of context; last what was read and how many findings there are.

    Args:
        show_open: List the checks of every open question.
        colour: Colour the severities and headings. Default: only on a terminal, and not where the
            variable ``NO_COLOR`` is set (https://no-color.org) or ``TERM`` is ``dumb``.
    """

    def __init__(self, *, show_open: bool = False, colour: bool | None = None) -> None:
        self._show_open = show_open
        self._colour = colour

    def write(self, report: Report, stream: TextIO) -> None:
        """Writes the whole report; see :class:`~ecr_blueprints.reporters.reporter.Reporter`."""
        colour = _wants_colour(stream) if self._colour is None else self._colour
        page = _Page(encoding=getattr(stream, "encoding", None), colour=colour)
        for template, groups in _by_template(report.failures):
            page.heading(template)
            for findings in groups:
                page.resource(findings[0].resource)
                for finding in findings:
                    page.finding(finding)
        questions = report.open_questions
        for question in questions:
            page.question(question, listed=self._show_open, hint=question is questions[-1])
        if questions:
            page.blank()
        page.line(counts(report), rest="  ")
        stream.write(page.text)


def counts(report: Report) -> str:
    """What was read and what came of it, in one line: ``41 repositories in 2 registries, …``."""
    read = (
        f"{_number(report.repositories, 'repository', 'repositories')} in "
        f"{_number(len(report.registries), 'registry', 'registries')}, "
        f"{_number(len(report.sources), 'template')}"
    )
    verdicts, severities = report.verdicts, report.severities
    if not any(verdicts.values()):
        return f"{read}: nothing that a rule looks at"
    passed = [finding.rule_id for finding in report.findings if finding.verdict is Verdict.PASS]
    others = [f"{verdicts[Verdict.OPEN]} open"] if verdicts[Verdict.OPEN] else []
    if not verdicts[Verdict.FAIL]:
        checks = f"{_number(len(passed), 'check')} of {_number(len(set(passed)), 'rule')} passed"
        return f"{read}: no findings; {', '.join([checks, *others])}"
    found = [_number(severities[severity], severity.value) for severity in Severity if severities[severity]]
    return f"{read}: {', '.join(found)}; {', '.join([*others, f'{len(passed)} passed'])}"


class _Page:
    """The lines of a report, in characters that the stream can show."""

    def __init__(self, *, encoding: str | None, colour: bool) -> None:
        self._encoding = encoding
        self._colour = colour
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def blank(self) -> None:
        self._lines.append("")

    def line(self, text: str, *, first: str = "", rest: str = "") -> None:
        self._lines.extend(wrap(printable(text, self._encoding), first=first, rest=rest))

    def heading(self, text: str) -> None:
        start = len(self._lines)
        self.line(text)
        self._lines[start:] = [self._painted(line, _BOLD) for line in self._lines[start:]]
        self.blank()

    def resource(self, source: SourceLocation) -> None:
        name = _resource_name(source)
        details = [source.resource_type, source.logical_id if source.construct_path is not None else None]
        known = ", ".join(detail for detail in details if detail is not None)
        self.line(f"{name} ({known})" if known else name, first="  ", rest="    ")
        self.blank()

    def finding(self, finding: Finding) -> None:
        severity = finding.severity
        start = len(self._lines)
        self.line(f"{severity.value} {finding.granular_id} {finding.name}", first="    ", rest="      ")
        self._lines[start] = self._lines[start].replace(
            severity.value, self._painted(severity.value, _COLOURS[severity]), 1
        )
        self._paragraph(finding.message)
        self._paragraph(finding.resource.property_path, "at: ")
        self._paragraph(finding.witness, "witness: ")
        self._paragraph(finding.fix, "fix: ")
        self.blank()

    def question(self, question: OpenQuestion, *, listed: bool, hint: bool) -> None:
        checks = _number(len(question.findings), "check")
        if not listed:
            after = "; --show-open lists them" if hint else ""
            self.line(f"open: {question.missing} ({checks}){after}", rest="  ")
            return
        self.line(f"open: {question.missing} ({checks})", rest="  ")
        for finding in question.findings:
            place = str(finding.resource)
            if finding.resource.property_path is not None:
                place += f" {finding.resource.property_path}"
            self.line(f"{finding.granular_id} {finding.name}: {place}", first="  ", rest="    ")

    def _paragraph(self, text: str | None, label: str = "") -> None:
        if text is None:
            return
        first, rest = f"      {label}", "        " if label else "      "
        for line in text.splitlines():
            self.line(line, first=first, rest=rest)
            first = rest

    def _painted(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colour else text


def _by_template(failures: Iterable[Finding]) -> Iterator[tuple[str, list[list[Finding]]]]:
    # Failures come worst first, and a dict keeps the order of first insertion: so do templates,
    # the resources of each, and the findings of each resource.
    templates: dict[str, dict[SourceLocation, list[Finding]]] = {}
    for finding in failures:
        source = finding.resource
        template = source.template if source.template is not None else "not of a template"
        templates.setdefault(template, {}).setdefault(replace(source, property_path=None), []).append(finding)
    for template, resources in templates.items():
        yield template, list(resources.values())


def _resource_name(source: SourceLocation) -> str:
    if source.construct_path is not None:
        return source.construct_path.removesuffix("/Resource")
    return source.logical_id or source.arn or "the template as a whole"


def _number(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def _wants_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
