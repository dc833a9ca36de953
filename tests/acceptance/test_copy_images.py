"""The job of the enterprise example that copies from Artifactory, with stand-ins for skopeo and AWS's CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples/enterprise-artifactory/copy_images.py"
HOST = "121212343434.dkr.ecr.eu-north-1.amazonaws.com"
SOURCE = "lindqvist.jfrog.io/docker-prod-local"

STAND_IN = f"""\
#!{sys.executable}
import json, os, sys
state = json.load(open(os.environ["STATE"]))
program, arguments = os.path.basename(sys.argv[0]), sys.argv[1:]
with open(os.environ["STATE"] + ".calls", "a") as calls:
    calls.write(json.dumps([program, *arguments]) + "\\n")
if program == "skopeo" and arguments[0] == "list-tags":
    print(json.dumps({{"Tags": state["source"][arguments[1]]}}))
elif program == "skopeo":
    if arguments[-1] in state["refused"]:
        sys.exit("tag invalid: it is immutable")
else:
    name = arguments[arguments.index("--repository-name") + 1]
    if name not in state["ecr"]:
        sys.exit("RepositoryNotFoundException")
    print(json.dumps({{"imageIds": [{{"imageTag": tag}} for tag in state["ecr"][name]]}}))
"""


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    copies = [
        {
            "source": f"{SOURCE}/{name}",
            "repository": f"edge/{name}",
            "destination": f"{HOST}/edge/{name}",
        }
        for name in ("claims/intake", "portal/web")
    ]
    path = tmp_path / "bridge.json"
    path.write_text(json.dumps({"regions": {"eu-north-1": {"tags": "release-*", "copies": copies}}}))
    for program in ("skopeo", "aws"):
        stand_in = tmp_path / "bin" / program
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(STAND_IN)
        stand_in.chmod(0o755)
    return path


def run(
    bridge: Path, *arguments: str, ecr: dict[str, list[str]], refused: tuple[str, ...] = ()
) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Runs the job; gives its end, and the copies that it made."""
    state = bridge.parent / "state.json"
    source = {
        f"docker://{SOURCE}/claims/intake": ["release-1", "release-2", "sha-0001", "latest"],
        f"docker://{SOURCE}/portal/web": ["release-7"],
    }
    state.write_text(json.dumps({"source": source, "ecr": ecr, "refused": refused}))
    environment = {**os.environ, "STATE": str(state), "PATH": f"{bridge.parent / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    log = Path(f"{state}.calls")
    calls = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return done, [call for call in calls if call[:2] == ["skopeo", "copy"]]


def copied(name: str, tag: str) -> list[str]:
    return [
        *("skopeo", "copy", "--all", "--preserve-digests"),
        f"docker://{SOURCE}/{name}:{tag}",
        f"docker://{HOST}/edge/{name}:{tag}",
    ]


def test_what_is_released_and_missing_is_copied_whole(bridge: Path) -> None:
    done, copies = run(bridge, str(bridge), ecr={"edge/claims/intake": ["release-1"], "edge/portal/web": []})
    assert done.returncode == 0, done.stderr
    assert copies == [copied("claims/intake", "release-2"), copied("portal/web", "release-7")]
    assert done.stdout.splitlines() == [
        f"copied {HOST}/edge/claims/intake:release-2",
        f"copied {HOST}/edge/portal/web:release-7",
    ]


def test_a_second_run_copies_nothing(bridge: Path) -> None:
    present = {"edge/claims/intake": ["release-1", "release-2"], "edge/portal/web": ["release-7"]}
    done, copies = run(bridge, str(bridge), "eu-north-1", ecr=present)
    assert (done.returncode, copies) == (0, [])


def test_a_failure_is_told_and_the_others_are_copied(bridge: Path) -> None:
    refused = f"docker://{HOST}/edge/claims/intake:release-1"
    present: dict[str, list[str]] = {"edge/claims/intake": [], "edge/portal/web": []}
    done, copies = run(bridge, str(bridge), ecr=present, refused=(refused,))
    assert done.returncode == 1
    assert len(copies) == 3
    assert f"failed {HOST}/edge/claims/intake:release-1: tag invalid" in done.stderr


def test_a_repository_that_nobody_declared_is_told(bridge: Path) -> None:
    done, copies = run(bridge, str(bridge), ecr={"edge/portal/web": []})
    assert done.returncode == 1
    assert "RepositoryNotFoundException" in done.stderr
    assert copies == [copied("portal/web", "release-7")]


@pytest.mark.parametrize("arguments", [[], ["BRIDGE", "eu-west-1"]], ids=["nothing", "another Region"])
def test_wrong_usage_copies_nothing(bridge: Path, arguments: list[str]) -> None:
    given = [str(bridge) if one == "BRIDGE" else one for one in arguments]
    done, copies = run(bridge, *given, ecr={})
    assert (done.returncode, copies) == (2, [])
    assert "Traceback" not in done.stderr
