"""The examples, each synthesized by this repository's own app.py, the way the CDK CLI runs it.

An assembly is made once and kept under ``build/``, by the content of everything that it is made from, so
that the tests of the stacks, the deployments and the stored assemblies share it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from local_cloud import ROOT, tool_environment

__all__ = ["SynthesisError", "blueprint_of", "example_names", "run_app", "synthesized_example"]

EXAMPLES = ROOT / "examples"
KEPT = ROOT / "build" / "examples"


class SynthesisError(Exception):
    """An example cannot be synthesized; the text is what app.py said."""


def example_names() -> tuple[str, ...]:
    """The folders of ``examples/`` that hold a blueprint."""
    return tuple(sorted(path.parent.name for path in EXAMPLES.glob("*/blueprint.yaml")))


def blueprint_of(name: str) -> Path:
    """The blueprint of an example."""
    return EXAMPLES / name / "blueprint.yaml"


def run_app(
    blueprint: Path, folder: Path, *, validation: bool = False, app: Path = ROOT / "app.py"
) -> subprocess.CompletedProcess[str]:
    """Runs app.py as the CDK CLI does: the context and the output folder in its environment.

    Args:
        blueprint: What to synthesize.
        folder: Where the assembly goes.
        validation: Whether the CDK's own validation looks at the templates.
        app: Another app in app.py's place.
    """
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "blueprint": str(blueprint)}
    return subprocess.run(
        [sys.executable, str(app)],
        cwd=ROOT,
        env=tool_environment(
            CDK_CONTEXT_JSON=json.dumps(context),
            CDK_OUTDIR=str(folder),
            CDK_VALIDATION="true" if validation else "false",
            JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION="1",
            JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="20",
        ),
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def synthesized_example(name: str) -> Path:
    """The cloud assembly of an example, with the report of the CDK's own validation.

    Raises:
        SynthesisError: app.py refused the example.
    """
    parent = KEPT / name
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / _digest(name)
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in parent.glob("*/"):
                shutil.rmtree(old)
            new = parent / "new"
            result = run_app(blueprint_of(name), new, validation=True)
            if result.returncode != 0:
                raise SynthesisError(f"{blueprint_of(name).relative_to(ROOT)}: {result.stderr.strip()}")
            (new / "app.log").write_text(result.stderr)
            new.rename(folder)
    return folder


def _digest(name: str) -> str:
    """One for everything that an example's assembly is made from."""
    found = hashlib.sha256(f"{version('aws-cdk-lib')} {version('constructs')}".encode())
    for path in _inputs(name):
        found.update(f"\0{path.relative_to(ROOT)}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _inputs(name: str) -> Iterator[Path]:
    yield from (ROOT / "app.py", ROOT / "cdk.json", ROOT / "scripts" / "example_assemblies.py")
    for folder in (ROOT / "ecr_blueprints", EXAMPLES / name):
        yield from sorted(
            path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
