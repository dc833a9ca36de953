"""A convention without the stage: one stage, which every repository is in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.stacks import build_stacks

BLUEPRINT = """\
version: 1
model: centralized
convention: "{team}/{app}"
stages: {all: {production: PRODUCTION}}
registry: {account: "111122223333", regions: [eu-west-1]}
signing: {KIND: true}
teams: [{team: payments, repositories: {api: {}}}]
"""


def resources(tmp_path: Path, production: str, kind: str) -> dict[str, Any]:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT.replace("PRODUCTION", production).replace("KIND", kind))
    app = App(outdir=str(tmp_path / "out"))
    build_stacks(app, load_blueprint(path))
    stack = app.node.find_child("ecr-registry-eu-west-1")
    assert isinstance(stack, Stack)
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def of_type(found: dict[str, Any], kind: str) -> dict[str, Any]:
    (one,) = (one["Properties"] for one in found.values() if one["Type"] == f"AWS::ECR::{kind}")
    return dict(one)


@pytest.mark.parametrize(
    ("production", "kind", "frequency"),
    [("true", "production", "CONTINUOUS_SCAN"), ("false", "development", "SCAN_ON_PUSH")],
)
def test_every_repository_is_scanned_and_signed_as_the_stage_says(
    tmp_path: Path, production: str, kind: str, frequency: str
) -> None:
    found = resources(tmp_path, production, kind)

    rules = of_type(found, "RegistryScanningConfiguration")["Rules"]
    everything = [
        rule["ScanFrequency"]
        for rule in rules
        if {"Filter": "*", "FilterType": "WILDCARD"} in rule["RepositoryFilters"]
    ]
    assert everything == [frequency]
    (signed,) = of_type(found, "SigningConfiguration")["Rules"]
    assert [one["Filter"] for one in signed["RepositoryFilters"]] == ["*"]
