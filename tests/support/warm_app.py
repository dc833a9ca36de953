"""Apps run where the CDK is loaded already, with what the CDK CLI would give them.

A program of its own spends most of its time on loading the CDK. The examples, the projects of ``init`` and
the demo are run as programs of their own; what else the tests synthesize is run here.
"""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from local_cloud import ROOT

__all__ = ["run_warm", "synthesize"]


class _Text(io.StringIO):
    """What Python writes; Node.js has a buffer of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = io.BytesIO()


def run_warm(
    program: Path, *, folder: Path, output: Path, context: Mapping[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program that builds an app, in this process.

    Args:
        program: A Python file.
        folder: The folder in which it runs.
        output: Where the cloud assembly goes.
        context: The context that the CDK CLI would pass on.

    Returns:
        Its exit code and what Python wrote. What Node.js writes, warnings among it, is not there: it may
        arrive after the program has ended.
    """
    written, errors = _Text(), _Text()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(written),
        contextlib.redirect_stderr(errors),
        _as_the_cli_starts_it(output, dict(context or {})),
        _modules_of_its_own(program.parent),
        patch.object(sys, "argv", [str(program)]),
    ):
        try:
            runpy.run_path(str(program), run_name="__main__")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
        except Exception:
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess([str(program)], code, written.getvalue(), errors.getvalue())


def synthesize(blueprint: Path, folder: Path, **context: Any) -> subprocess.CompletedProcess[str]:
    """Synthesizes a blueprint with app.py.

    Args:
        blueprint: What to synthesize.
        folder: Where the assembly goes.
        context: What the context has beyond cdk.json's.
    """
    own = json.loads((ROOT / "cdk.json").read_text())["context"]
    return run_warm(
        ROOT / "app.py", folder=ROOT, output=folder, context={**own, **context, "blueprint": str(blueprint)}
    )


@contextlib.contextmanager
def _as_the_cli_starts_it(output: Path, context: dict[str, Any]) -> Iterator[None]:
    """What Node.js would read of the environment, had it been started for this app."""
    from aws_cdk import App

    make = App.__init__

    def make_with_environment(app: App, **properties: Any) -> None:
        given = properties.pop("context", None) or {}
        outdir = properties.pop("outdir", None) or str(output)
        make(app, outdir=outdir, context={**given, **context}, **properties)

    with patch.object(App, "__init__", make_with_environment):
        yield


@contextlib.contextmanager
def _modules_of_its_own(folder: Path) -> Iterator[None]:
    """Modules beside the program are its own: the next program has others by the same names."""
    known = set(sys.modules)
    with patch.object(sys, "path", [str(folder), *sys.path]):
        try:
            yield
        finally:
            for name in set(sys.modules) - known:
                file = getattr(sys.modules[name], "__file__", None)
                if file is not None and Path(file).is_relative_to(folder) and folder != ROOT:
                    del sys.modules[name]
