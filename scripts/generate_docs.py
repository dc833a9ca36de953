#!/usr/bin/env python3
"""Writes the generated pages (``make docs``), or with ``--check`` says which are stale (``make docs-check``).

Nothing here needs Node.js: constructs are read from their source.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from docs_blueprint import render_blueprint
from docs_chapters import PublicName, page_of, public_names
from docs_choice import render_choice
from docs_constructs import FOLDER, render_index, render_page
from docs_markdown import link_facts
from docs_model_page import (
    MODELS,
    example_names,
    render_example,
    render_example_picture,
    render_index_of_models,
)
from docs_review import render_readme
from docs_rules import render_rules
from docs_source import ROOT
from docs_traceability import render_traceability

from ecr_blueprints.config.schema import SCHEMAS, render_schema

__all__ = ["CONSTRUCT_PAGES", "PAGES", "main", "stale_pages"]

FACTS = ROOT / "docs" / "reference" / "ecr-facts.md"
CONSTRUCT_PAGES = f"docs/reference/{FOLDER}"
"""The folder that holds generated pages and nothing else."""


def _rules() -> str:
    return link_facts(render_rules(), FACTS, target=FACTS.name)


def _construct(public: PublicName) -> str:
    return link_facts(render_page(public), FACTS, target=f"../{FACTS.name}")


def _traceability() -> str:
    return link_facts(render_traceability(), FACTS, target=f"reference/{FACTS.name}")


def _readme() -> str:
    return render_choice(render_readme(ROOT / "README.md"))


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/rules.md": _rules,
    "docs/reference/blueprint.md": render_blueprint,
    "docs/reference/constructs.md": render_index,
    **{f"{CONSTRUCT_PAGES}/{page_of(one.name)}": partial(_construct, one) for one in public_names()},
    "docs/traceability.md": _traceability,
    f"{MODELS}/README.md": render_index_of_models,
    **{f"{MODELS}/{name}.md": partial(render_example, name) for name in example_names()},
    **{f"{MODELS}/pictures/{name}.svg": partial(render_example_picture, name) for name in example_names()},
    "README.md": _readme,
    **{f"schemas/{name}": partial(render_schema, name) for name in SCHEMAS},
}
"""File relative to the root → its text."""


def stale_pages(root: Path = ROOT) -> list[str]:
    """The pages that differ from what the code says, that are not there, or that nothing stands behind."""
    other = [name for name, render in PAGES.items() if _read(root / name) != render()]
    return [*other, *_left_over(root)]


def _left_over(root: Path) -> list[str]:
    """The pages of constructs and examples that are there no more."""
    pages = sorted(
        one
        for folder, pattern in ((CONSTRUCT_PAGES, "*.md"), (MODELS, "*.md"), (MODELS, "pictures/*.svg"))
        for one in (root / folder).glob(pattern)
    )
    return [name for page in pages if (name := page.relative_to(root).as_posix()) not in PAGES]


def main(arguments: Sequence[str]) -> int:
    """Writes or checks; 1 if a page is stale."""
    parser = argparse.ArgumentParser(description="Writes the generated pages of the documentation.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is stale")
    if parser.parse_args(arguments).check:
        stale = stale_pages()
        for name in stale:
            print(f"{name} is stale")
        if stale:
            print("run `make docs`")
        return 1 if stale else 0
    for name, render in PAGES.items():
        text = render()
        if _read(ROOT / name) != text:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"{name} written")
    for name in _left_over(ROOT):
        (ROOT / name).unlink()
        print(f"{name} removed")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
