"""docs/reference/rules.md: every rule of the review, from its class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from docs_markdown import slug, table_cell

from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.ruleset import RULES

__all__ = ["render_rules"]

AREAS = {
    "1": "Repositories",
    "2": "Scanning",
    "3": "Lifecycle policies",
    "4": "Pull-through caches",
    "5": "Creation templates",
    "6": "Signing",
    "7": "Access and registry",
    "8": "Network",
}
"""The first digit of an id → what the rule is about."""

_INTRODUCTION = """\
# Rules

Generated from the rules themselves by `make docs`. `ecr-blueprints rules ECR301` prints one of them.

The severity is that of a failure unless the rule says otherwise. *Same as* names rules of other tools that
look for the same thing. Each *Example* fails its rule, each *Use instead* passes it.
"""

_HEADING = re.compile(r"^## ", re.MULTILINE)


def render_rules() -> str:
    """The page."""
    lines = [
        _INTRODUCTION,
        "| Rule | Severity | What holds where it passes |",
        "|---|---|---|",
    ]
    for rule in RULES:
        link = f"[{_title(rule)}](#{slug(_title(rule))})"
        lines.append(f"| {link} | {rule.severity.value} | {table_cell(_summary(rule))} |")
    area = None
    for rule in RULES:
        if rule.id[3] != area:
            area = rule.id[3]
            lines += ["", f"## {AREAS[area]}"]
        lines += _page(rule)
    return "\n".join(lines) + "\n"


def _page(rule: type[Rule]) -> Iterator[str]:
    yield from ("", f"### {_title(rule)}", "")
    facts = [f"**{rule.severity.value.capitalize()}**"]
    if rule.practices:
        facts.append(f"practices: [{', '.join(rule.practices)}](../traceability.md)")
    if rule.crosswalk:
        facts.append(f"same as: {', '.join(f'`{one}`' for one in rule.crosswalk)}")
    yield " · ".join(facts)
    doc = inspect.cleandoc(rule.__doc__ or "")
    yield from ("", _HEADING.sub("#### ", doc))
    if rule.granular:
        yield from ("", "#### What it demands, by granular id", "", "| Id | Demand |", "|---|---|")
        for name, wants in rule.granular.items():
            yield f"| `{rule.id}[{name}]` | {table_cell(wants)} |"


def _title(rule: type[Rule]) -> str:
    return f"{rule.id} {rule.name}"


def _summary(rule: type[Rule]) -> str:
    return inspect.cleandoc(rule.__doc__ or "").partition("\n\n")[0]
