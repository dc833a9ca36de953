"""Apps of other teams, before and after they adopt the library, and what CloudFormation would replace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cfnlint.schema  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
APPS = sorted((ROOT / "tests" / "synthesis" / "adoption" / "foreign_apps").glob("*.py"))
THEIR_IMPORT = "from aws_cdk.aws_ecr import Repository\n"
OUR_IMPORT = "from ecr_blueprints.constructs.image_repository import ImageRepository as Repository\n"
BOTH_KEYS = {"ecr-blueprints:allow-repository-deletion": True}
REPOSITORY = "AWS::ECR::Repository"
REGION = "eu-west-1"

Template = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """One app, before and after: the templates by file name, and where they are."""

    name: str
    before: Path
    after: Path

    def templates(self) -> Iterator[tuple[str, Template, Template]]:
        for path in sorted(self.before.rglob("*.template.json")):
            relative = path.relative_to(self.before)
            yield str(relative), json.loads(path.read_text()), json.loads((self.after / relative).read_text())

    def repositories(self) -> Iterator[tuple[str, Template, Template]]:
        for file, before, after in self.templates():
            for logical_id, resource in before["Resources"].items():
                if resource["Type"] == REPOSITORY:
                    yield f"{file}: {logical_id}", resource, after["Resources"][logical_id]

    def properties(self) -> Iterator[tuple[str, Template, Template]]:
        for place, before, after in self.repositories():
            yield place, before.get("Properties", {}), after.get("Properties", {})

    def replaced(self) -> list[str]:
        """What CloudFormation would replace or delete, by the schemas of all resource types."""
        found = []
        for file, before, after in self.templates():
            for logical_id, resource in before["Resources"].items():
                later = after["Resources"].get(logical_id)
                if later is None or later["Type"] != resource["Type"]:
                    found.append(f"{file}: {logical_id} is gone")
                    continue
                for member in create_only(resource["Type"]):
                    if value_at(resource, member) != value_at(later, member):
                        found.append(f"{file}: {logical_id}.{'.'.join(member)}")
        return found


def create_only(resource_type: str) -> list[tuple[str, ...]]:
    """The properties whose change replaces a resource, as CloudFormation's own schema lists them."""
    if resource_type.startswith("Custom::"):
        return []
    schema = cfnlint.schema.PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    return [tuple(path.split("/")[2:]) for path in schema.get("createOnlyProperties", [])]


def value_at(resource: Template, member: tuple[str, ...]) -> Any:
    value: Any = resource.get("Properties", {})
    for key in member:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def synthesize(
    path: Path,
    output: Path,
    *,
    swapped: bool = False,
    context: dict[str, Any] | None = None,
    injectors: list[cdk.IPropertyInjector] | None = None,
    before_synth: Callable[[cdk.App], object] | None = None,
) -> Path:
    """Runs one of the apps; each file holds ``build(app)``."""
    source = path.read_text()
    assert source.count(THEIR_IMPORT) == 1
    if swapped:
        source = source.replace(THEIR_IMPORT, OUR_IMPORT)
    namespace: dict[str, Any] = {"__name__": f"foreign_app_{path.stem}"}
    exec(compile(source, str(path), "exec"), namespace)
    app = cdk.App(outdir=str(output), context=context, property_injectors=injectors)
    namespace["build"](app)
    if before_synth is not None:
        before_synth(app)
    app.synth()
    return output
