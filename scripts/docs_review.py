"""The block of README.md that shows what the review says about README.md's own template."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from docs_markdown import fenced_blocks
from docs_source import ROOT

__all__ = ["BEGIN", "END", "render_readme"]

BEGIN = "<!-- review:begin -->"
END = "<!-- review:end -->"
_FOUND = 1


def render_readme(page: Path) -> str:
    """README.md with its block written anew.

    Raises:
        ValueError: The page has no such block, or no template, or not the command before it.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page.name} has no block between {BEGIN} and {END}")
    line = before.count("\n")
    blocks = [block for block in fenced_blocks(page) if block.line <= line]
    templates = [block.text for block in blocks if block.language == "yaml" and "Resources:" in block.text]
    commands = [
        command
        for block in blocks
        if block.language == "sh"
        for command in block.text.splitlines()
        if command.startswith("ecr-blueprints review template.yaml")
    ]
    if not templates or not commands:
        raise ValueError(f"{page.name} needs a template and its review before {BEGIN}")
    report = _report(templates[-1], commands[-1].split()[1:])
    return f"{before}{begin}\n```text\n{report}```\n{end}{after}"


def _report(template: str, arguments: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "template.yaml").write_text(template, encoding="utf-8")
        result = subprocess.run(
            [sys.executable, "-m", "ecr_blueprints", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    if result.returncode != _FOUND:
        raise ValueError(f"the review ended with {result.returncode}: {result.stderr.strip()}")
    return result.stdout
