"""A template near CloudFormation's limit is reviewed in a small multiple of what parsing it takes.

The floor is parsing the template `PARSES` times, in a process of its own, right after the review: the speed
of the machine at that moment cancels out, and the median of some pairs is taken. The limits leave a third
above what was measured when they were set: medians of 2.0 for policies that repeat, 2.9 for distinct ones
with a trap in each. What 400 milliseconds allow depends on the machine, and is read off with `make bench`.
"""

from __future__ import annotations

import json
import os
import runpy
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARSES = 20
PAIRS = 9
REPEATED, DISTINCT = 2.7, 3.9
FLOOR = f"import json, sys\ntext = open(sys.argv[1]).read()\nfor _ in range({PARSES}):\n    json.loads(text)"
GENERATOR = runpy.run_path(str(Path(__file__).with_name("large_template.py")))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "template.json"
    path.write_text(json.dumps(GENERATOR["large_template"]()))
    return path


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("failing") / "template.json"
    path.write_text(json.dumps(GENERATOR["large_failing_template"]()))
    return path


def test_the_template_is_as_large_as_promised(large: Path) -> None:
    assert len(json.loads(large.read_text())["Resources"]) == 490


@pytest.mark.parametrize("output", ["text", "json"])
def test_490_repositories_take_a_small_multiple_of_parsing_them(output: str, large: Path) -> None:
    _takes_at_most(REPEATED, large, output, code=0)


@pytest.mark.parametrize("output", ["text", "json"])
def test_490_distinct_policies_with_a_trap_each_take_little_more(output: str, failing: Path) -> None:
    _takes_at_most(DISTINCT, failing, output, code=1)


def _takes_at_most(limit: float, path: Path, output: str, *, code: int) -> None:
    review = [sys.executable, "-m", "ecr_blueprints", "review", str(path), "--format", output]
    floor = [sys.executable, "-c", FLOOR, str(path)]
    ratios = [_seconds(review, code) / _seconds(floor, 0) for _ in range(PAIRS)]

    assert statistics.median(ratios) <= limit, ratios


def _seconds(command: list[str], code: int) -> float:
    """How long a process takes, from start to end."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PATH": os.devnull})
    seconds = time.perf_counter() - start
    assert (done.returncode, done.stderr) == (code, b"")
    return seconds
