#!/usr/bin/env python3
"""Writes the snapshots of the projects that ``ecr-blueprints init`` makes anew; needs Node.js.

A project is made with the placeholders, its own test writes its snapshot, and the placeholders' values
become the names of the template again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from docs_source import ROOT
from local_cloud import tool_environment

from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.scaffold.project import ProjectOptions, render_project, template_values
from ecr_blueprints.scaffold.project_folder import write_project

__all__ = ["main", "snapshot_template"]

TEMPLATES = ROOT / "ecr_blueprints" / "scaffold" / "templates"


def snapshot_template(model: OperatingModel) -> str:
    """The template of a model's snapshot, as the stacks are now."""
    options = ProjectOptions(model=model)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, options.name)
        write_project(project, render_project(options))
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            cwd=project,
            env=tool_environment(UPDATE_SNAPSHOT="1", PYTHONPATH=str(ROOT), CDK_VALIDATION="false"),
            check=True,
        )
        text = (project / "tests" / "snapshot.json").read_text(encoding="utf-8")
    values = template_values(options)
    for name in ("region", *(name for name in values if name.startswith("account") and "_mark" not in name)):
        text = text.replace(values[name], f"@@{{{name}}}")
    for found, name in (
        ("arn:aws:", "arn:@@{partition}:"),
        (f".{values['dns_suffix']}", ".@@{dns_suffix}"),
        (values["organization"], "@@{organization}"),
    ):
        text = text.replace(found, name)
    return text


def main(models: Sequence[str]) -> None:
    """Writes the snapshots of the models that are named, or of all."""
    for model in [OperatingModel(name) for name in models] or OperatingModel:
        path = TEMPLATES / model / "tests" / "snapshot.json.template"
        path.write_text(snapshot_template(model), encoding="utf-8")
        print(f"{path.relative_to(ROOT)} written")


if __name__ == "__main__":
    main(sys.argv[1:])
