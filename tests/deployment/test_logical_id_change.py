"""A logical ID is changed as docs/how-to/change-a-logical-id.md says: released, imported, images still there.

Practices: OPS-1
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deployment import MAIN_REGION, Deployment

STACK = f"ecr-repositories-payments-{MAIN_REGION}"
NAME = "prod/payments/api"
NEW_ID = "ProductionApiUnderANewId"

Resources = dict[str, Any]


def edited(assembly: Path, folder: Path, edit: Callable[[Resources], None]) -> Path:
    """The assembly with another template, and so with another hash of it."""
    shutil.copytree(assembly, folder)
    template = folder / f"{STACK}.template.json"
    content = json.loads(template.read_text())
    edit(content["Resources"])
    template.write_text(json.dumps(content))
    manifest = json.loads((folder / "manifest.json").read_text())
    url = manifest["artifacts"][STACK]["properties"]["stackTemplateAssetObjectUrl"]
    (digest,) = re.findall(r"[0-9a-f]{64}", url)
    for path in (folder / "manifest.json", folder / f"{STACK}.assets.json"):
        path.write_text(path.read_text().replace(digest, f"{folder.name.encode().hex():0<64}"[:64]))
    return folder


def logical_id(resources: Resources) -> str:
    (found,) = (name for name, one in resources.items() if one["Properties"].get("RepositoryName") == NAME)
    return found


def rename(resources: Resources) -> None:
    resources[NEW_ID] = resources.pop(logical_id(resources))


def release(resources: Resources) -> None:
    del resources[logical_id(resources)]


def test_a_repository_gets_another_logical_id_and_keeps_its_images(deployment: Deployment) -> None:
    first = deployment.synth()
    deployment.deploy(first, f"ecr-registry-{MAIN_REGION}", STACK)
    image = deployment.push(NAME, "v1.0.0")
    renamed = edited(first, deployment.folder / "renamed", rename)

    code, output = deployment.deploy(renamed, STACK, check=False)
    assert code != 0
    assert "already exists" in output
    assert deployment.digests(NAME) == {image}

    held = deployment.adopt("--map", str(renamed), "--format", "json")
    (blocked,) = [one for stack in json.loads(held.stdout)["stacks"] for one in stack["blocked"]]
    assert blocked["logicalId"] == NEW_ID
    assert blocked["reason"].startswith("the stack holds it already, as ")

    deployment.deploy(edited(first, deployment.folder / "released", release), STACK)
    assert deployment.digests(NAME) == {image}

    output = deployment.folder / "import"
    written = deployment.adopt("--map", str(renamed), "--output", str(output))
    assert written.returncode == 0, (written.stdout, written.stderr)
    mapping = output / f"{STACK}.json"
    assert json.loads(mapping.read_text()) == {NEW_ID: {"RepositoryName": NAME}}
    deployment.cdk("import", STACK, "--app", str(renamed), "--resource-mapping", str(mapping), "--force")
    deployment.deploy(renamed, STACK)
    resources = deployment.client("cloudformation").describe_stack_resources(StackName=STACK)
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources["StackResources"]}
    assert ids[NEW_ID] == NAME
    assert deployment.digests(NAME) == {image}
