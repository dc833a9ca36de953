#!/usr/bin/env python3
"""Runs every test, or with ``--fast`` those that need no Node.js, and says what took how long.

Steps run in two lanes, since the smallest machine that the project is built for has two cores. The
output of a step is printed whole when the step ends; a failure does not stop the others, so that one
run shows everything that is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from local_cloud import EMULATOR, EMULATOR_PYTHON, ROOT, tool_environment

BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]


@dataclass(kw_only=True)
class Step:
    """One command of the run."""

    name: str
    command: list[str]
    cwd: Path = ROOT
    code: int | None = field(default=None, init=False)
    seconds: float = field(default=0.0, init=False)


FAST = (
    Step(
        name="unit and property tests, no Node.js",
        command=[
            *PYTEST,
            "-n",
            "2",
            "tests/unit",
            "tests/property",
            "tests/acceptance",
            "tests/architecture",
            "-m",
            "not node",
        ],
    ),
)

LANES = (
    (
        Step(name="style", command=[str(BIN / "ruff"), "check", "."]),
        Step(name="format", command=[str(BIN / "ruff"), "format", "--check", "."]),
        Step(name="layers", command=[str(BIN / "lint-imports")]),
        Step(name="types", command=[str(BIN / "mypy")]),
        Step(name="emulator", command=[str(EMULATOR_PYTHON), "-m", "pytest", "-q", "tests"], cwd=EMULATOR),
        Step(name="time limits", command=[*PYTEST, "tests/benchmarks"]),
        Step(name="documentation", command=[*PYTEST, "tests/docs"]),
        Step(name="deployments", command=[*PYTEST, "tests/deployment"]),
    ),
    (
        Step(
            name="constructs and stacks",
            command=[*PYTEST, "tests/synthesis"],
        ),
    ),
)

_printing = threading.Lock()
_running: list[subprocess.Popen[str]] = []


def run(step: Step) -> None:
    """Runs one step and prints what it printed."""
    started = time.monotonic()
    environment = {**tool_environment(), "CDK_VALIDATION": "false", "PYTHONPATH": ""}
    if "CI" in os.environ:
        environment["CI"] = os.environ["CI"]
    process = subprocess.Popen(
        step.command,
        cwd=step.cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    _running.append(process)
    output, _ = process.communicate()
    step.code, step.seconds = process.returncode, time.monotonic() - started
    with _printing:
        print(f"\n--- {step.name} ({step.seconds:.0f} s{'' if step.code == 0 else ', FAILED'})", flush=True)
        print(output.strip(), flush=True)


def run_lane(steps: tuple[Step, ...]) -> None:
    """Runs the steps of a lane one after the other."""
    for step in steps:
        run(step)


def main() -> int:
    """Runs what was asked for; 0 if all of it passed."""
    started = time.monotonic()
    run_lane(FAST)
    lanes = () if "--fast" in sys.argv[1:] else LANES
    threads = [threading.Thread(target=run_lane, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = [*FAST, *(step for lane in lanes for step in lane)]
    failed = [step.name for step in steps if step.code != 0]
    print(f"\n{len(steps) - len(failed)} of {len(steps)} steps passed in {time.monotonic() - started:.0f} s")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        for running in _running:
            running.terminate()
        print("\ninterrupted", file=sys.stderr, flush=True)
        os._exit(130)
