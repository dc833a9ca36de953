"""`make demo` does the main job, and leaves nothing behind, whether it ends or is interrupted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from demo import targets
from example_assemblies import example_names
from local_cloud import ROOT, tool_environment
from stored_assembly import STORED

COMMAND = [sys.executable, str(ROOT / "scripts/demo.py"), "examples/centralized/blueprint.yaml"]
ENVIRONMENT = {**tool_environment(), "CDK_VALIDATION": "false"}


def is_listening(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def emulator_url(output: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", output)
    assert found is not None, output
    return found.group()


def test_the_demo_deploys_reads_back_and_reviews() -> None:
    result = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    output = result.stdout
    assert [line[9:12] for line in output.splitlines() if re.match(r"\[ *\d+ s\] \d/", line)] == [
        f"{number}/6" for number in range(1, 7)
    ]
    assert "Registry 111122223333/eu-west-1" in output
    assert "41 repositories, and 1 of the CDK's own for assets" in output
    assert "Registry 111122223333/eu-central-1\n  the same as in eu-west-1" in output
    assert "82 repositories in 2 registries, 21 templates: no findings" in output
    assert output.count("What it cannot show") == 1
    assert max(len(line) for line in output.splitlines()) <= 80
    assert not is_listening(emulator_url(output))


def test_an_unknown_model_is_told_which_there_are() -> None:
    command = [*COMMAND[:2], "examples/nothing/blueprint.yaml"]
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no model 'nothing'" in result.stderr
    assert all(name in result.stderr for name in example_names())


@pytest.mark.parametrize("name", example_names())
def test_every_account_of_every_example_is_bootstrapped(name: str) -> None:
    artifacts = json.loads((STORED / name / "manifest.json").read_text())["artifacts"].values()
    expected = {tuple(one["environment"].removeprefix("aws://").split("/")) for one in artifacts}
    found = targets(STORED / name)
    assert {(account, region) for account, regions in found.items() for region in regions} == expected


def test_an_interrupted_demo_stops_the_emulator(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while "3/6" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        url = emulator_url(log.read_text())
        assert is_listening(url)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert "interrupted" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert not is_listening(url)
