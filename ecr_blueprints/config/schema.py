"""The JSON Schema of a blueprint and of a team's file, for editors and for other tools."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.team import TeamModel

__all__ = ["SCHEMAS", "render_schema"]

SCHEMAS: dict[str, type[BaseModel]] = {"blueprint.schema.json": Blueprint, "team.schema.json": TeamModel}
"""File name → what it describes."""


def render_schema(file_name: str) -> str:
    """The JSON Schema of one kind of file, as text.

    Args:
        file_name: A key of :data:`SCHEMAS`.
    """
    schema: dict[str, Any] = SCHEMAS[file_name].model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
