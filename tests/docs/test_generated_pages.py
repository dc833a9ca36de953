"""Generated pages say what the code says, and whoever forgets to write them anew hears of it."""

from __future__ import annotations

import re
from pathlib import Path

import docs_source
import generate_docs
import pytest
from docs_markdown import anchors, link_facts, slug
from docs_source import Definition, find_definition, practices_of, prose
from generate_docs import PAGES, ROOT, main, stale_pages

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.review.ruleset import RULES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_fresh(name: str) -> None:
    assert (ROOT / name).read_text() == PAGES[name](), "run `make docs`"


def test_a_page_that_is_missing_or_other_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        generate_docs,
        "PAGES",
        {"fresh.md": lambda: "a\n", "other.md": lambda: "b\n", "gone.md": lambda: "c\n"},
    )
    (tmp_path / "fresh.md").write_text("a\n")
    (tmp_path / "other.md").write_text("B\n")
    left_over = tmp_path / generate_docs.CONSTRUCT_PAGES / "no-such-name.md"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("left over\n")
    assert stale_pages(tmp_path) == [
        "other.md",
        "gone.md",
        "docs/reference/constructs/no-such-name.md",
    ]


def test_the_check_names_what_is_stale_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate_docs, "ROOT", tmp_path)
    monkeypatch.setattr(generate_docs, "PAGES", {"docs/one.md": lambda: "text\n"})
    monkeypatch.setattr(generate_docs, "stale_pages", lambda: stale_pages(tmp_path))

    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/one.md is stale\nrun `make docs`\n"
    assert not (tmp_path / "docs").exists()

    assert main([]) == 0
    assert (tmp_path / "docs/one.md").read_text() == "text\n"
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == "docs/one.md written\n"

    left_over = tmp_path / generate_docs.CONSTRUCT_PAGES / "no-such-name.md"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("left over\n")
    assert main([]) == 0
    assert not left_over.exists()
    assert capsys.readouterr().out == "docs/reference/constructs/no-such-name.md removed\n"


def test_every_rule_has_a_page() -> None:
    assert {slug(f"{rule.id} {rule.name}") for rule in RULES} <= anchors(ROOT / "docs/reference/rules.md")


def test_every_key_of_the_blueprint_is_listed() -> None:
    text = (ROOT / "docs/reference/blueprint.md").read_text()
    models = {Blueprint, TeamModel}
    while True:
        nested = {
            model
            for one in models
            for field in one.model_fields.values()
            for model in _models_in(field.annotation)
        }
        if nested <= models:
            break
        models |= nested
    keys = {key for model in models for key in model.model_fields}
    assert len(models) > 8
    assert {key for key in keys if f"| `{key}` |" not in text} == set()


def _models_in(annotation: object) -> list[type]:
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def test_the_review_in_readme_fits_a_terminal() -> None:
    text = (ROOT / "README.md").read_text()
    report = text.partition("<!-- review:begin -->")[2].partition("<!-- review:end -->")[0]
    assert "ECR301[countUnit]" in report
    assert max(len(line) for line in report.splitlines()) <= 80


def test_a_docstring_names_practices_in_a_line_of_its_own() -> None:
    doc = "What it is.\n\nText with Practices: NONE-1 in it.\n\nPractices: NAME-1, LIFE-1\n"
    assert practices_of(doc) == ("NAME-1", "LIFE-1")
    assert "Practices: NAME-1" not in prose(doc)
    assert practices_of("What it is.") == ()


def test_prose_is_markdown() -> None:
    assert prose("``x`` of :class:`~a.b.Thing`, `Name`.") == "`x` of `Thing`, `Name`."


def test_a_name_that_a_module_lacks_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"ecr_blueprints/errors\.py defines no Nothing"):
        find_definition("ecr_blueprints.errors", "Nothing")


def test_definitions_are_the_public_ones_of_a_module() -> None:
    found: list[Definition] = list(docs_source.definitions(ROOT / "ecr_blueprints" / "lifecycle"))
    names = {definition.name for definition in found}
    assert {"Retention", "evaluate"} <= names
    assert not any(name.startswith("_") for name in names)


def test_citations_become_links_outside_of_code(tmp_path: Path) -> None:
    facts = tmp_path / "facts.md"
    facts.write_text("## 5. Registry scanning\n### 1.4 Constraints\n## 18. Where AWS contradicts itself\n")
    text = "see facts §5, (facts §1.4) and facts §18.2; facts §99\n```text\nfacts §5\n```\n"
    assert link_facts(text, facts, target="f.md") == (
        "see [facts §5](f.md#5-registry-scanning), ([facts §1.4](f.md#14-constraints)) and "
        "[facts §18.2](f.md#18-where-aws-contradicts-itself); facts §99\n```text\nfacts §5\n```\n"
    )


def test_generated_pages_have_no_trailing_space_and_one_end() -> None:
    for name in PAGES:
        text = PAGES[name]()
        assert text == f"{text.rstrip()}\n", name
        assert not re.search(r"[ \t]$", text, re.MULTILINE), name
