"""The oldest aws-cdk-lib that the package takes is the one that the constructs are tested with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_oldest_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (taken,) = (one for one in project["optional-dependencies"]["cdk"] if one.startswith("aws-cdk-lib"))
    pinned = re.findall(r"^aws-cdk-lib==(.+)$", (ROOT / "requirements/floor.txt").read_text(), re.MULTILINE)
    minor = ".".join(pinned[0].split(".")[:2])
    assert taken == f"aws-cdk-lib>={minor},<3"
