"""docs/reference/blueprint.md: every key of a blueprint and of a team's file, from the models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docs_markdown import slug, table_cell

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.operating_model import BLUEPRINTS
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.tenant import TenantModel

__all__ = ["render_blueprint"]

_INTRODUCTION = """\
# The blueprint

Generated from the models by `make docs`. A platform team keeps one `blueprint.yaml` for its registry; teams
may keep their repositories in files of their own, which the blueprint includes.

* Keys that are not listed here are refused, with the nearest one that exists. So are values of another type:
  an account id is a text and stands in quotes.
* Every mistake is reported with file, line, key, what is allowed and what to do, all of them at once, and
  before anything is synthesized.
* YAML tags and repeated keys are refused; anchors are not.
* For editors: [blueprint.schema.json](../../schemas/blueprint.schema.json),
  [team.schema.json](../../schemas/team.schema.json) and, for the teams of the tenant-managed model,
  [tenant.schema.json](../../schemas/tenant.schema.json). Put `# yaml-language-server: $schema=…` on the first
  line.

Whole examples: [examples](../../examples), a folder for each operating model and variant.
"""

_TEAMS_ROW = "| `teams` | list of [team](#a-teams-file) | none | Teams that have no file of their own. |"
_TEAM = "The same keys stand under `teams` in the blueprint."


def render_blueprint() -> str:
    """The page."""
    blueprints = {name: model.model_json_schema() for name, model in BLUEPRINTS.items()}
    team, tenant = TeamModel.model_json_schema(), TenantModel.model_json_schema()
    models: dict[str, dict[str, Any]] = {}
    for schema in (team, tenant, *blueprints.values()):
        models.update(schema["$defs"])
    for name in ("TeamModel", "TenantModel"):
        models.pop(name)
    common = [key for key in Blueprint.model_fields if key != "teams"]
    lines = [_INTRODUCTION, "## In every blueprint", ""]
    lines += [*_table(Blueprint.model_json_schema(), common), _TEAMS_ROW]
    for name, schema in blueprints.items():
        own = [key for key in schema["properties"] if key not in common and key != "teams"]
        lines += ["", f"## `model: {name}`", "", schema["description"], "", *_table(schema, own)]
    lines += ["", "## A team's file", "", _TEAM, "", team["description"], ""]
    lines += _table(team, list(team["properties"]))
    more = [key for key in tenant["properties"] if key not in team["properties"]]
    lines += ["", "In the tenant-managed model a team's file also has:", "", *_table(tenant, more)]
    seen: list[str] = []
    for schema in (*blueprints.values(), team, tenant):
        for name in _referred(schema, models):
            if name not in seen:
                seen.append(name)
    for name in seen:
        model = models[name]
        lines += ["", f"## {_title(name)}", "", model["description"], ""]
        lines += _table(model, list(model["properties"]))
    return "\n".join(lines) + "\n"


def _referred(schema: Any, models: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The names of the models that a schema refers to, and those they refer to, in the order of the keys."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                name = value.rpartition("/")[2]
                if name in models:
                    yield name
                    yield from _referred(models[name], models)
            elif key != "$defs":
                yield from _referred(value, models)
    elif isinstance(schema, list):
        for one in schema:
            yield from _referred(one, models)


def _table(model: dict[str, Any], keys: Sequence[str]) -> Iterator[str]:
    yield from ("| Key | Type | Default | Meaning |", "|---|---|---|---|")
    required = model.get("required", [])
    for key in keys:
        field = model["properties"][key]
        default = "**needed**" if key in required else _default(field)
        yield f"| `{key}` | {table_cell(_type(field))} | {default} | {table_cell(field['description'])} |"


def _default(field: dict[str, Any]) -> str:
    if "default" not in field:
        return "its own" if "$ref" in field else "none"
    value = field["default"]
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if not isinstance(value, dict) else "its own"


def _type(field: dict[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in field:
        title = _title(field["$ref"].rpartition("/")[2])
        return f"[{title.lower()}](#{'a-teams-file' if title in ('Team', 'Tenant') else slug(title)})"
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"] if one != {"type": "null"})
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    match field.get("type"):
        case "array":
            limits = _limits(field, "minItems", "maxItems", "entry", "entries")
            return f"list of {_type(field['items'])}{limits}"
        case "object":
            inner = field.get("additionalProperties")
            limits = _limits(field, "minProperties", "maxProperties", "entry", "entries")
            if isinstance(inner, dict):
                return f"name → {_type(inner)}{limits}"
            return "mapping"
        case "integer":
            least = field.get("minimum")
            return "whole number" if least is None else f"whole number, {least} or more"
        case "boolean":
            return "`true` or `false`"
        case "string":
            limits = _limits(field, "minLength", "maxLength", "character", "characters")
            pattern = f", matching `{field['pattern']}`" if "pattern" in field else ""
            return f"text{limits}{pattern}"
    raise ValueError(f"a type without words: {field}")


def _limits(field: dict[str, Any], least: str, most: str, one: str, several: str) -> str:
    parts = []
    if least in field:
        parts.append(f"at least {field[least]} {one if field[least] == 1 else several}")
    if most in field:
        parts.append(f"at most {field[most]} {one if field[most] == 1 else several}")
    return f", {', '.join(parts)}" if parts else ""


def _title(model: str) -> str:
    """``PullRoleModel`` is a pull role."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", model.removesuffix("Model"))
