"""``ecr-blueprints adopt``, as far as it comes without a registry: usage, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def adopt(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    nowhere = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.run(
        [sys.executable, "-m", "ecr_blueprints", "adopt", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **nowhere, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing says which Region is meant"),
        (("--region", "eu-west-1", "--map", "a", "--audit", "b"), "not allowed with argument"),
        (
            ("--region", "eu-west-1", "--audit", "cdk.out", "--output", "new"),
            "--audit writes to standard output",
        ),
        (("--region", "eu-west-1", "--output", "."), "nothing is overwritten"),
        (("--region", "eu-west-1", "--map", "/nowhere"), "no complete cloud assembly"),
        (("--region", "eu-west-1", "--format", "json"), "is for --map and --audit"),
        (("--region", "eu-west-1", "--convention", "{app"), "is not a naming convention"),
        (("--region", "eu-west-1", "--stages", "dev"), "Unable to locate credentials"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    refused = adopt(*arguments)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_the_help_shows_the_way() -> None:
    shown = adopt("--help", COLUMNS="80")

    assert shown.returncode == 0
    assert "cdk import STACK --resource-mapping" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
