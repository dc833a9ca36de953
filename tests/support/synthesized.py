"""A blueprint synthesized by app.py, the way the CDK CLI runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A cloud assembly on disk."""

    path: Path
    templates: dict[str, dict[str, Any]]
    output: str


def synthesize(
    blueprint: Path, folder: Path, *, validation: bool = False, app: Path = ROOT / "app.py"
) -> subprocess.CompletedProcess[str]:
    """Runs app.py as the CDK CLI does: the context and the output folder in its environment."""
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "blueprint": str(blueprint)}
    return subprocess.run(
        [sys.executable, str(app)],
        cwd=ROOT,
        env={
            **os.environ,
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(folder),
            "CDK_VALIDATION": "true" if validation else "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
