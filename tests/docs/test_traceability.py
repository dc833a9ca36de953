"""Every practice is on the page, with what covers it; nothing names one that does not exist."""

from __future__ import annotations

import json
from pathlib import Path

import docs_traceability
import pytest
from docs_traceability import Coverage, Practice, coverage, load_practices, render_traceability

from ecr_blueprints.review.ruleset import RULES

ROOT = Path(__file__).resolve().parents[2]
PRACTICES = load_practices()
mirrors_of = docs_traceability.tests_of
IDS = json.loads((ROOT / "tests" / "fixtures" / "practice_ids.json").read_text())


@pytest.fixture(scope="module")
def covered() -> dict[str, Coverage]:
    return coverage()


@pytest.fixture(scope="module")
def page() -> str:
    return render_traceability()


def rows(page: str) -> dict[str, str]:
    found = [line for line in page.splitlines() if line.startswith("| [")]
    return {line.removeprefix("| [").partition("]")[0]: line for line in found}


def test_the_list_is_whole() -> None:
    assert sorted(practice.id for practice in PRACTICES) == sorted(IDS)


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.id)
def test_each_practice_says_what_is_asked_or_why_nothing_is(practice: Practice) -> None:
    assert practice.says.endswith(".")
    assert (practice.review is None) is (practice.not_reviewed is not None)


def test_nothing_names_a_practice_that_does_not_exist(covered: dict[str, Coverage]) -> None:
    assert set(covered) == set(IDS)


def test_every_rule_but_those_on_templates_themselves_stands_for_a_practice() -> None:
    assert [rule.id for rule in RULES if not rule.practices] == ["ECR104", "ECR105"]


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.id)
def test_what_is_covered_is_tested(practice: Practice, covered: dict[str, Coverage]) -> None:
    found = covered[practice.id]
    assert bool(found.tests) is bool(found.builders or found.rules)
    assert all((ROOT / test).is_file() for test in found.tests)


def test_an_unknown_practice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs_traceability, "load_practices", lambda: PRACTICES[:1])
    with pytest.raises(ValueError, match=r"names '\w+-\d', which is not in scripts/practices\.toml"):
        coverage()


def test_every_practice_is_on_the_page(page: str) -> None:
    for practice in PRACTICES:
        assert f"\n### {practice.id}\n" in page
        assert practice.id in rows(page)


def test_a_practice_that_nothing_covers_is_open(page: str, covered: dict[str, Coverage]) -> None:
    for practice in PRACTICES:
        found = covered[practice.id]
        nothing = not found.builders and not found.rules and practice.documented is None
        asked = practice.build is not None or practice.review is not None
        assert (" | open | " in rows(page)[practice.id]) is (nothing and asked), practice.id


def test_what_is_in_part_says_what_is_missing(page: str) -> None:
    in_part = [row for row in rows(page).values() if " | in part | " in row]
    assert in_part
    cells = {row: [cell.strip() for cell in row.strip("|").split(" | ")] for row in in_part}
    assert [
        row for row, (*_, not_built, _by, not_reviewed) in cells.items() if not_built == not_reviewed
    ] == []


def test_everything_that_a_template_can_hold_is_built(page: str) -> None:
    """Image delivery and operating models come later; the rest is built, or says why it is not."""
    later = ("OPS-", "PROMO-", "BASE-", "PTC-8", "SCAN-4", "SIGN-4", "HELM-3")
    for practice in PRACTICES:
        if practice.id.startswith(later) or practice.build is None:
            continue
        not_built = [cell.strip() for cell in rows(page)[practice.id].split(" | ")][3]
        assert not_built != "everything", practice.id


@pytest.mark.parametrize(
    ("module", "test", "mirrors"),
    [
        ("lifecycle/retention", "unit/lifecycle/test_retention", True),
        ("lifecycle/retention", "property/test_lifecycle_retention", True),
        ("lifecycle/retention", "unit/config/test_retention", False),
        ("lifecycle/policy", "unit/lifecycle/test_policy_text", True),
        ("constructs/image_repository", "synthesis/constructs/test_image_repository", True),
        ("constructs/image_repository", "synthesis/constructs/test_image_repository_deletion", True),
        ("constructs/image_repository", "synthesis/constructs/test_image_reference", False),
        ("constructs/registry_contract", "synthesis/constructs/test_contract", True),
        ("constructs/registry_policy", "synthesis/constructs/test_private_registry_policy", True),
        ("constructs/registry_ledger", "synthesis/test_registry_ledger", True),
        ("constructs/registry_ledger", "synthesis/stacks/test_registry_ledger", False),
        ("stacks/centralized/consumer_stack", "deployment/test_centralized", True),
        ("constructs/private_registry", "deployment/test_centralized", False),
        ("review/rules/lifecycle/lifecycle_trap", "unit/review/rules/lifecycle/test_lifecycle_trap", True),
    ],
)
def test_a_test_mirrors_a_module_by_folder_and_name(module: str, test: str, mirrors: bool) -> None:
    path = Path(f"tests/{test}.py")
    assert mirrors_of(Path(f"ecr_blueprints/{module}.py"), [path]) == ([path] if mirrors else [])
