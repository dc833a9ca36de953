"""What a rule is: one class, one file, one page, one test."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["Rule"]


class Rule(ABC):
    """A check over a whole registry.

    The docstring of a subclass is its documentation, with the headings *What it does*, *Why is this
    bad?*, *Example*, *Use instead*, *Known limits* and *References*.

    Attributes:
        id: ``ECR`` and three digits; the first digit is the area. Ids from 900 are left to users.
        name: The same as the file, with hyphens.
        severity: What a failure counts as, unless the finding says otherwise.
        other_severities: What else a finding of the rule may say.
        practices: The practices that it stands for, IDs of the practice list.
        crosswalk: IDs of other tools' rules that it subsumes.
        granular: Constraint name → what it demands, for a rule that holds a grammar.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    other_severities: ClassVar[tuple[Severity, ...]] = ()
    practices: ClassVar[tuple[str, ...]]
    crosswalk: ClassVar[tuple[str, ...]] = ()
    granular: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @abstractmethod
    def check(self, registry: Registry) -> Iterator[Finding]:
        """Yields a finding for everything that the rule looked at, whatever the verdict."""

    def fail(
        self,
        source: SourceLocation,
        message: str,
        *,
        fix: str,
        property_path: str | None = None,
        granular: str | None = None,
        witness: str | None = None,
        key: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """A failure; see :class:`~ecr_blueprints.review.finding.Finding` for the arguments."""
        return self._finding(
            Verdict.FAIL,
            source,
            message,
            fix=fix,
            property_path=property_path,
            granular=granular,
            witness=witness,
            key=key,
            severity=severity,
        )

    def open(
        self, source: SourceLocation, missing: str, *, property_path: str | None = None, key: str = ""
    ) -> Finding:
        """Cannot be decided; ``missing`` names what would have to be known."""
        return self._finding(
            Verdict.OPEN,
            source,
            f"cannot be decided without {missing}",
            missing=missing,
            property_path=property_path,
            key=key,
        )

    def passed(self, source: SourceLocation, *, property_path: str | None = None) -> Finding:
        """Looked at and found right."""
        return self._finding(Verdict.PASS, source, "", property_path=property_path)

    def not_applicable(self, source: SourceLocation, message: str = "") -> Finding:
        """Not held to this rule; ``message`` says why."""
        return self._finding(Verdict.NOT_APPLICABLE, source, message)

    def _finding(
        self,
        verdict: Verdict,
        source: SourceLocation,
        message: str,
        *,
        fix: str | None = None,
        property_path: str | None = None,
        granular: str | None = None,
        witness: str | None = None,
        missing: str | None = None,
        key: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        return Finding(
            rule_id=self.id,
            name=self.name,
            severity=self.severity if severity is None else severity,
            verdict=verdict,
            message=message,
            resource=source if property_path is None else source.at(property_path),
            granular=granular,
            witness=witness,
            fix=fix,
            missing=missing,
            key=key,
            practices=self.practices,
            crosswalk=self.crosswalk,
        )
