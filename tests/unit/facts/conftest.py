"""AWS's own models, as they are installed."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import botocore.loaders
import cfnlint
import pytest

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"


@functools.cache
def _schema(resource_type: str) -> Any:
    digest = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())[resource_type]
    return json.loads((SCHEMAS / "resources" / f"{digest}.json").read_text())


class ResourceSchemas:
    """CloudFormation's resource schemas, as cfn-lint ships them."""

    def types_by_region(self) -> dict[str, set[str]]:
        return {
            path.stem: set(json.loads(path.read_text())) for path in (SCHEMAS / "providers").glob("*-*.json")
        }

    def schema(self, resource_type: str) -> Any:
        return _schema(resource_type)

    def definition(self, resource_type: str, pointer: str) -> dict[str, Any]:
        """The node at a path such as ``Rules/items/ScanFrequency``, over properties and references."""
        root = _schema(resource_type)
        node = root
        for key in pointer.split("/"):
            node = node["properties"][key] if key in node.get("properties", {}) else node[key]
            if "$ref" in node:
                node = root["definitions"][node["$ref"].removeprefix("#/definitions/")]
        return dict(node)


@pytest.fixture(scope="session")
def resource_schemas() -> ResourceSchemas:
    return ResourceSchemas()


@pytest.fixture(scope="session")
def service_model() -> Any:
    return botocore.loaders.Loader().load_service_model("ecr", "service-2")


@pytest.fixture(scope="session")
def iam_actions() -> frozenset[str]:
    """ECR's actions in the service authorization reference, in lower case."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    return frozenset(json.loads(path.read_text())["ecr"]["Actions"])
