"""The JSON Schema of a blueprint and of a team's file, for editors and for other tools."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from ecr_blueprints.config.operating_model import AnyBlueprint
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.tenant import TenantModel

__all__ = ["SCHEMAS", "render_schema"]

SCHEMAS: dict[str, TypeAdapter[Any]] = {
    "blueprint.schema.json": TypeAdapter(AnyBlueprint),
    "team.schema.json": TypeAdapter(TeamModel),
    "tenant.schema.json": TypeAdapter(TenantModel),
}
"""File name → what it describes."""


def render_schema(file_name: str) -> str:
    """The JSON Schema of one kind of file, as text.

    Args:
        file_name: A key of :data:`SCHEMAS`.
    """
    schema: dict[str, Any] = SCHEMAS[file_name].json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
