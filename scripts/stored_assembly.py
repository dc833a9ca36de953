"""A cloud assembly as the repository keeps it: for people, for comparison, and for what reads assemblies.

``manifest.json`` names each stack with its account, Region and dependencies. Left out is what moves without
a change of the stacks: hashes of assets, metadata, the construct tree, and what the CDK adds for its
bootstrap. The template inside a stack set has a file of its own beside its stack's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_cloud import ROOT

__all__ = ["INNER", "STORED", "read_stored", "stored_files"]

STORED = ROOT / "tests" / "fixtures" / "assemblies"
INNER = ".stack-set.json"
"""Ends the name of the file that holds the template inside a stack set, after ``<stack>.<logical ID>``."""

_HASH = re.compile(r"[0-9a-f]{64}")
_OF_BOOTSTRAP = {"Parameters": "BootstrapVersion", "Rules": "CheckBootstrapVersion"}
_STACK = "aws:cloudformation:stack"


def stored_files(assembly: Path) -> dict[str, str]:
    """The files that are kept of an assembly: name → text.

    Args:
        assembly: The folder that app.py wrote.
    """
    manifest = json.loads((assembly / "manifest.json").read_text())
    stacks = {name: one for name, one in manifest["artifacts"].items() if one["type"] == _STACK}
    files = {"manifest.json": _text(_manifest(manifest["version"], stacks))}
    for name, artifact in stacks.items():
        template = _template(json.loads((assembly / artifact["properties"]["templateFile"]).read_text()))
        files[f"{name}.template.json"] = _text(template)
        for logical_id, inner in _inner_templates(template):
            files[f"{name}.{logical_id}{INNER}"] = _text(inner)
    contract = assembly / "registry.json"
    if contract.is_file():
        files["registry.json"] = _text(json.loads(contract.read_text()))
    seeds = assembly / "seeding-list.json"
    if seeds.is_file():
        files["seeding-list.json"] = seeds.read_text()  # Its digests are the content's, and stay.
    return files


def read_stored(name: str) -> dict[str, str]:
    """What is stored of an example: name → text; nothing, if it was never stored."""
    folder = STORED / name
    return {path.name: path.read_text() for path in sorted(folder.glob("*.json"))}


def _manifest(version: str, stacks: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": version,
        "artifacts": {
            name: {
                "type": _STACK,
                "environment": artifact["environment"],
                "properties": {
                    "templateFile": f"{name}.template.json",
                    **{
                        key: artifact["properties"][key]
                        for key in ("stackName", "tags", "terminationProtection")
                        if artifact["properties"].get(key)
                    },
                },
                "dependencies": [one for one in artifact.get("dependencies", ()) if one in stacks],
                "displayName": artifact.get("displayName", name),
            }
            for name, artifact in stacks.items()
        },
    }


def _template(template: dict[str, Any]) -> dict[str, Any]:
    for section, name in _OF_BOOTSTRAP.items():
        members = template.get(section, {})
        members.pop(name, None)
        if not members:
            template.pop(section, None)
    for logical_id, resource in list(template.get("Resources", {}).items()):
        resource.pop("Metadata", None)
        if resource["Type"] == "AWS::CDK::Metadata":
            del template["Resources"][logical_id]
    return template


def _inner_templates(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in template.get("Resources", {}).items():
        body = resource.get("Properties", {}).get("TemplateBody")
        if resource["Type"] == "AWS::CloudFormation::StackSet" and isinstance(body, str):
            yield logical_id, json.loads(body)


def _text(document: dict[str, Any]) -> str:
    return _HASH.sub("<hash of an asset>", json.dumps(document, indent=1, ensure_ascii=False)) + "\n"
