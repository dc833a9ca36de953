"""A blueprint synthesized by app.py, and the assembly that comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from example_assemblies import synthesized_example
from local_cloud import ROOT
from warm_app import synthesize

__all__ = ["ROOT", "Assembly", "example_assembly", "read_assembly", "synthesize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A cloud assembly on disk.

    Attributes:
        path: Its folder.
        templates: Stack → template.
        environments: Stack → account and Region.
        output: What app.py said.
    """

    path: Path
    templates: dict[str, dict[str, Any]]
    environments: dict[str, tuple[str, str]]
    output: str


def read_assembly(path: Path, output: str = "") -> Assembly:
    """Reads the stacks that stand in the app."""
    artifacts = json.loads((path / "manifest.json").read_text())["artifacts"]
    stacks = {
        name: artifact
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    return Assembly(
        path=path,
        templates={
            name: json.loads((path / artifact["properties"]["templateFile"]).read_text())
            for name, artifact in stacks.items()
        },
        environments={
            name: tuple(artifact["environment"].removeprefix("aws://").split("/"))
            for name, artifact in stacks.items()
        },
        output=output,
    )


def example_assembly(name: str) -> Assembly:
    """An example's assembly, which is made once for all tests."""
    path = synthesized_example(name)
    return read_assembly(path, (path / "app.log").read_text())
