"""Runs rules over registries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.report import Report
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.ruleset import RULES

__all__ = ["Reviewer"]


class Reviewer:
    """Applies a rule set.

    Args:
        rules: The rules, in the order in which they are reported. Default: all of the library's.
    """

    def __init__(self, rules: Sequence[type[Rule]] = RULES) -> None:
        self._rules = tuple(rule() for rule in rules)

    def review(self, registries: Iterable[Registry], *, sources: Sequence[str] = ()) -> Report:
        """Reviews every registry with every rule.

        Args:
            registries: As a reader found them.
            sources: The templates that they were read from, for the report.
        """
        registries = tuple(registries)
        findings: list[Finding] = []
        for registry in registries:
            for rule in self._rules:
                findings.extend(rule.check(registry))
        return Report(
            findings=tuple(findings),
            sources=tuple(sources),
            registries=tuple(registry.label for registry in registries),
            repositories=sum(len(registry.repositories) for registry in registries),
        )
