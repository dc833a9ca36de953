"""Writing what other apps may know of this app's registries, beside the cloud assembly."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from ecr_blueprints.constructs.registry_management import Ownership
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.registry.contract import render_contract

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["CONTRACT_FILE_NAME", "IMPORT_FILE_NAME", "import_mapping", "write_contract", "write_whole"]

CONTRACT_FILE_NAME = "registry.json"
IMPORT_FILE_NAME = "registry-import.json"


def write_contract(directory: str, registries: Sequence[PrivateRegistry]) -> None:
    """Write ``registry.json``, and the import mappings if something is to be imported.

    Each file appears whole or not at all. The mapping is what ``cdk import --resource-mapping`` takes; it is
    per stack, so that an app which imports in several stacks gets ``registry-import.<stack>.json`` for each.

    Args:
        directory: The root of the app's cloud assembly.
        registries: All registries of the app.

    Raises:
        OSError: A file cannot be written.
    """
    root = Path(directory)
    root.mkdir(parents=True, exist_ok=True)
    write_whole(root / CONTRACT_FILE_NAME, _contract(registries))
    for stale in root.glob("registry-import*.json"):
        stale.unlink()
    mappings: dict[str, dict[str, dict[str, str]]] = {}
    for registry in registries:
        mapping = import_mapping(registry)
        if mapping:
            # The stack as the CDK command line knows it.
            mappings.setdefault(cdk.Stack.of(registry).artifact_id, {}).update(mapping)
    for stack_name, mapping in mappings.items():
        name = IMPORT_FILE_NAME if len(mappings) == 1 else f"registry-import.{stack_name}.json"
        write_whole(root / name, json.dumps(mapping, indent=2) + "\n")


def import_mapping(registry: PrivateRegistry) -> dict[str, dict[str, str]]:
    """What of a registry is to be imported, as ``cdk import --resource-mapping`` takes it.

    Known at synthesis only, when everything has been contributed.

    Args:
        registry: The registry.
    """
    stack, manage = cdk.Stack.of(registry), registry.manage
    by_account = {"RegistryId": registry.environment.account_text}
    mapping: dict[str, dict[str, str]] = {}
    if manage.scanning is Ownership.IMPORT and registry.scanning_configuration is not None:
        mapping[stack.get_logical_id(registry.scanning_configuration)] = by_account
    if manage.registry_policy is Ownership.IMPORT and registry.registry_policy is not None:
        mapping[stack.get_logical_id(registry.registry_policy)] = by_account
    if manage.replication is Ownership.IMPORT and registry.replication_configuration is not None:
        mapping[stack.get_logical_id(registry.replication_configuration)] = by_account
    if manage.signing is Ownership.IMPORT and registry.signing_configuration is not None:
        mapping[stack.get_logical_id(registry.signing_configuration)] = by_account
    if manage.root_template is Ownership.IMPORT and registry.root_template is not None:
        mapping[stack.get_logical_id(registry.root_template.resource)] = {"Prefix": ROOT}
    return mapping


def _contract(registries: Sequence[PrivateRegistry]) -> str:
    """The contract's text, with what is left unscanned; a reader may ignore that member."""
    document = json.loads(render_contract([registry.ledger for registry in registries]))
    for entry, registry in zip(document["registries"], registries, strict=True):
        if registry.unscanned:
            entry["unscanned"] = list(registry.unscanned)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all.

    Args:
        path: The file; its folder is there.
        text: What it holds.

    Raises:
        OSError: It cannot be written.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
