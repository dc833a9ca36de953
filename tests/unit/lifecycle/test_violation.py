from __future__ import annotations

import pytest

from ecr_blueprints.lifecycle.violation import CONSTRAINTS, SeverityHint, Violation, shown_number, shown_text


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_constraint_says_what_ecr_wants_and_where_that_is_written(name: str) -> None:
    constraint = CONSTRAINTS[name]
    assert constraint.name == name
    assert constraint.wants.endswith(".")
    assert constraint.source.startswith("https://")


def test_what_is_not_known_to_be_refused_is_a_warning() -> None:
    warnings = {name for name, one in CONSTRAINTS.items() if one.severity_hint is SeverityHint.WARNING}
    assert warnings == {"tag-list-shared", "tag-list-entry-twice", "tag-list-no-tag"}


def test_a_violation_prints_its_id_place_message_and_fix() -> None:
    violation = Violation(constraint="countUnit", path="rules[0].selection.countUnit", message="m", fix="f")
    assert str(violation) == "[countUnit] rules[0].selection.countUnit: m; fix: f"
    assert str(Violation(constraint="json", path="", message="m", fix="f")) == "[json] policy text: m; fix: f"
    assert violation.severity_hint is SeverityHint.ERROR


@pytest.mark.parametrize(
    ("text", "shown"),
    [("v*", "'v*'"), ("\x1b[31m", "'\\x1b[31m'"), ("é", "'\\xe9'"), ("x" * 99, f"'{'x' * 57}...'")],
)
def test_foreign_text_is_quoted_shortened_and_harmless(text: str, shown: str) -> None:
    assert shown_text(text) == shown


def test_a_huge_number_is_not_written_out() -> None:
    assert shown_number(2**31) == "2147483648"
    assert shown_number(10**9_999) == "above 1000000000000"
    assert shown_number(-(10**9_999)) == "below -1000000000000"
