"""The example is synthesized once, by its own app.py; every check here reads that assembly."""

from __future__ import annotations

import json

import pytest
from synthesized import ROOT, Assembly, synthesize


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = tmp_path_factory.mktemp("centralized")
    result = synthesize(ROOT / "examples/centralized/blueprint.yaml", folder)
    assert result.returncode == 0, result.stderr
    return Assembly(
        path=folder,
        templates={
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(folder.glob("*.template.json"))
        },
        output=result.stderr,
    )
