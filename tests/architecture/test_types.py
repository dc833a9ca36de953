"""What mypy does not read is what nothing here imports."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported_from_cdk() -> set[str]:
    """The modules of services that the package imports, however it writes that."""
    found = set()
    for path in (ROOT / "ecr_blueprints").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            else:
                continue
            found |= {".".join(name.split(".")[:2]) for name in names if name.startswith("aws_cdk.aws_")}
    return found


def test_every_module_of_the_cdk_that_is_imported_is_read_by_mypy() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    (read,) = (one["module"] for one in settings if one.get("follow_imports") == "normal")
    assert "aws_cdk.aws_ecr" in imported_from_cdk()
    assert {name for name in read if name.startswith("aws_cdk.aws_")} == imported_from_cdk()
