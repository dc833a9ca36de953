#!/usr/bin/env python3
"""Runs every test, or with ``--fast`` those that need no Node.js, and says what took how long.

Two steps run at a time, since the smallest machine that the project is built for has two cores. The
output of a step is printed whole when the step ends; a failure does not stop the others, so that one
run shows everything that is wrong.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from local_cloud import EMULATOR, EMULATOR_PYTHON, ROOT, tool_environment

BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
EVERY_EXAMPLE = "tests/deployment/test_every_example.py"
FLOOR = ROOT / "requirements" / "floor.txt"
FLOOR_PYTHON = ROOT / "build" / "cdk-floor" / "bin" / "python"
FLOOR_VERSION = re.findall(r"^aws-cdk-lib==(.+)$", FLOOR.read_text(encoding="utf-8"), re.MULTILINE)[0]


@dataclass(kw_only=True)
class Step:
    """One command of the run."""

    name: str
    command: list[str]
    cwd: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    code: int | None = field(default=None, init=False)
    seconds: float = field(default=0.0, init=False)


# Processes that share no test take less time than one that hands tests out to two.
FAST = tuple(
    Step(
        name=f"{name} tests", command=[*PYTEST, *(f"tests/{folder}" for folder in folders), "-m", "not node"]
    )
    for name, folders in {
        "acceptance": ["acceptance", "architecture"],
        "property": ["property"],
        "facts and blueprint": ["unit/facts", "unit/config", "unit/cli", "unit/scaffold"],
        "domain and lifecycle": ["unit/domain", "unit/lifecycle"],
        "template and registry": ["unit/assemblies", "unit/cloudformation", "unit/registry"],
        "review": ["unit/constructs", "unit/live", "unit/reporters", "unit/review", "unit/support"],
    }.items()
)

AFTER = (
    # The longest first: each worker takes the next when it is free, so that both end at about the same time.
    Step(name="deployments", command=[*PYTEST, "tests/deployment", f"--ignore={EVERY_EXAMPLE}"]),
    Step(name="examples and stacks", command=[*PYTEST, "tests/synthesis/examples", "tests/synthesis/stacks"]),
    Step(name="deployments of the examples", command=[*PYTEST, EVERY_EXAMPLE]),
    Step(name="constructs", command=[*PYTEST, "tests/synthesis/constructs"]),
    Step(
        name="the estate and adoption",
        command=[
            *(*PYTEST, "tests/synthesis", "--ignore=tests/synthesis/constructs"),
            *("--ignore=tests/synthesis/examples", "--ignore=tests/synthesis/stacks"),
        ],
    ),
    Step(
        name=f"constructs on aws-cdk-lib {FLOOR_VERSION}",
        command=[
            *(str(FLOOR_PYTHON), "-m", "pytest", "-q", "tests/synthesis/constructs"),
            # Each construct at its smallest and with everything set.
            *("-k", "(test_every_example or everything) and not cfn_lint and not review and not snapshot"),
        ],
        environment={"ECR_BLUEPRINTS_CDK_VERSION": FLOOR_VERSION},
    ),
    Step(name="types", command=[str(BIN / "mypy")]),
    Step(name="emulator", command=[str(EMULATOR_PYTHON), "-m", "pytest", "-q", "tests"], cwd=EMULATOR),
    Step(name="documentation", command=[*PYTEST, "tests/docs"]),
    Step(name="the review against its floor", command=[*PYTEST, "tests/benchmarks"]),
    Step(name="layers", command=[str(BIN / "lint-imports")]),
    Step(name="style", command=[str(BIN / "ruff"), "check", "."]),
    Step(name="format", command=[str(BIN / "ruff"), "format", "--check", "."]),
)
WORKERS = 2

_printing = threading.Lock()
_running: list[subprocess.Popen[str]] = []


def run(step: Step) -> None:
    """Runs one step and prints what it printed."""
    started = time.monotonic()
    environment = {
        **tool_environment(),
        "CDK_VALIDATION": "false",
        "PYTHONPATH": "",
        # Hundreds of processes import the same modules: they are compiled once.
        "PYTHONDONTWRITEBYTECODE": "",
        **step.environment,
    }
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


def work_off(steps: SimpleQueue[Step]) -> None:
    """Runs steps until none is left."""
    with contextlib.suppress(Empty):
        while True:
            run(steps.get_nowait())


def run_all(steps: Sequence[Step], *, workers: int) -> None:
    """Runs steps, several at a time, in their order."""
    waiting: SimpleQueue[Step] = SimpleQueue()
    for step in steps:
        waiting.put(step)
    threads = [threading.Thread(target=work_off, args=(waiting,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> int:
    """Runs what was asked for; 0 if all of it passed."""
    started = time.monotonic()
    after = () if "--fast" in sys.argv[1:] else AFTER
    run_all(FAST, workers=WORKERS)
    run_all(after, workers=WORKERS)
    steps = [*FAST, *after]
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
