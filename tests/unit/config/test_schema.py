"""The JSON Schemas beside the blueprints are those of the models, and take the example."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ecr_blueprints.config.schema import SCHEMAS, render_schema

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("file_name", SCHEMAS)
def test_the_schema_is_fresh(file_name: str) -> None:
    assert (ROOT / "schemas" / file_name).read_text() == render_schema(file_name), "run `make docs`"


@pytest.mark.parametrize("file_name", SCHEMAS)
def test_every_key_is_described(file_name: str) -> None:
    schema = json.loads(render_schema(file_name))
    models = [schema, *schema["$defs"].values()]
    undescribed = [
        f"{model['title']}.{key}"
        for model in models
        for key, value in model.get("properties", {}).items()
        if not value.get("description")
    ]
    assert undescribed == []


def test_the_example_is_valid_by_the_schema() -> None:
    folder = ROOT / "examples/centralized"
    documents = {
        "blueprint.schema.json": [folder / "blueprint.yaml"],
        "team.schema.json": sorted(folder.glob("teams/*")),
    }
    for file_name, paths in documents.items():
        assert paths
        for path in paths:
            jsonschema.validate(yaml.safe_load(path.read_text()), json.loads(render_schema(file_name)))


def test_the_schema_refuses_an_unknown_key() -> None:
    schema = json.loads(render_schema("team.schema.json"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"team": "a", "repositories": {"b": {"stage": []}}}, schema)
