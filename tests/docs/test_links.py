"""Links lead somewhere: files that exist, headings that exist, sections of the facts that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs_markdown import anchors, fenced_blocks, links, slug

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("tests/**/*.md"),
    ROOT / "emulator" / "README.md",
]
CITED = re.compile(r"\b[Ff]acts §(\d+(?:\.\d+)?)")
SOURCES = [
    *ROOT.glob("ecr_blueprints/**/*.py"),
    *ROOT.glob("emulator/ecr_emulator/**/*.py"),
    *(path for path in ROOT.glob("tests/**/*.py") if path.parent != Path(__file__).parent),
    *ROOT.glob("docs/**/*.md"),
    ROOT / "scripts" / "practices.toml",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if "://" in link.target or link.target.startswith("mailto:"):
            continue
        path, _, anchor = link.target.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or not target.is_relative_to(ROOT):
            broken.append(f"{page.name}:{link.line}: {link.target}: no such file")
        elif anchor and anchor not in anchors(target):
            broken.append(f"{page.name}:{link.line}: {link.target}: no such heading")
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    lists = [ROOT / "docs" / "reference" / one for one in ("constructs.md", "models/README.md")]
    reached = {
        (page.parent / link.target.partition("#")[0]).resolve()
        for page in (index, *lists)
        for link in links(page)
    }
    folders = {"adr"}  # README.md links to the folder, whose pages are in order
    left = [
        str(page.relative_to(ROOT))
        for page in (ROOT / "docs").rglob("*.md")
        if page != index and page not in reached and page.parent.name not in folders
    ]
    assert left == []


def test_every_section_of_the_facts_that_is_cited_exists() -> None:
    facts = (ROOT / "docs" / "reference" / "ecr-facts.md").read_text()
    sections = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?)[. ]", facts, re.MULTILINE))
    contradictions = facts.partition("## 18. ")[2].partition("\n## ")[0]
    sections |= {f"18.{number}" for number in re.findall(r"^(\d+)\. ", contradictions, re.MULTILINE)}
    assert {str(number) for number in range(20)} <= sections
    missing = [
        f"{path.relative_to(ROOT)}: facts §{section}"
        for path in SOURCES
        for section in CITED.findall(path.read_text())
        if section not in sections
    ]
    assert missing == []


def test_a_heading_becomes_an_anchor_as_on_github() -> None:
    assert (
        slug("16. Quotas (per Region, default; A = adjustable)")
        == "16-quotas-per-region-default-a--adjustable"
    )
    assert slug("ECR301 lifecycle-grammar") == "ecr301-lifecycle-grammar"
    assert slug("The `keep` of [this](that.md)") == "the-keep-of-this"


def test_equal_headings_have_anchors_of_their_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n## Example\n## Example\n```sh\n# no heading\n```\n")
    assert anchors(page) == {"a", "example", "example-1"}


def test_links_in_code_are_none(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](b.md) `[c](d.md)` [`e`](f.md#g)\n```sh\n[h](i.md)\n```\n")
    assert [(link.line, link.target) for link in links(page)] == [(1, "b.md"), (1, "f.md#g")]


def test_a_block_knows_its_line_and_its_headings(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n## B\n\n* item\n\n  ```yaml\n  a:\n    b: 1\n  ```\n## C\n~~~\nx\n~~~\n")
    first, second = fenced_blocks(page)
    assert (first.line, first.language, first.text, first.headings) == (7, "yaml", "a:\n  b: 1\n", ("A", "B"))
    assert (second.line, second.language, second.text, second.headings) == (12, "", "x\n", ("A", "C"))


def test_a_block_that_is_not_closed_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n```sh\nmake test\n")
    with pytest.raises(ValueError, match=r"page\.md:2: the fenced block is not closed"):
        fenced_blocks(page)
