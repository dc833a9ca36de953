"""Rules are tried on template text, read as the command line reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.verdict import Verdict


@dataclass(frozen=True)
class Judgement:
    """What one rule said, by logical ID."""

    findings: tuple[Finding, ...]

    def _named(self, verdict: Verdict) -> set[str]:
        return {str(one.resource.logical_id) for one in self.findings if one.verdict is verdict}

    @property
    def failed(self) -> dict[str, list[str]]:
        """Logical ID → granular ids of its failures."""
        failed: dict[str, list[str]] = {}
        for one in self.findings:
            if one.verdict is Verdict.FAIL:
                failed.setdefault(str(one.resource.logical_id), []).append(one.granular or "")
        return failed

    @property
    def passed(self) -> set[str]:
        return self._named(Verdict.PASS)

    @property
    def open(self) -> set[str]:
        return self._named(Verdict.OPEN)

    @property
    def not_applicable(self) -> set[str]:
        return self._named(Verdict.NOT_APPLICABLE)

    def only(self, logical_id: str, verdict: Verdict = Verdict.FAIL) -> Finding:
        """The one finding of a resource with this verdict."""
        (found,) = [
            one for one in self.findings if one.resource.logical_id == logical_id and one.verdict is verdict
        ]
        return found


Judge = Callable[..., Judgement]

STAGES = ProductionScope(
    convention=NamingConvention("{stage}/{team}/{app}"), stages=Stages.of({"dev": False, "prod": True})
)


def read(text: str) -> Registry:
    """The one registry that a template declares something of."""
    (registry,) = read_registries([Template.parse(text, name="template.yaml")])
    return registry


@pytest.fixture
def judge() -> Judge:
    """Judges a template by one rule; ``context`` are members of the registry that a contract would set."""

    def judge(rule: type[Rule], text: str, **context: object) -> Judgement:
        return Judgement(tuple(rule().check(replace(read(text), **context))))  # type: ignore[arg-type]

    return judge


@pytest.fixture
def stages() -> ProductionScope:
    """A contract's declaration: dev is not production, prod is."""
    return STAGES
