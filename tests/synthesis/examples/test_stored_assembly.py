"""The stored assembly of every example: a change of what holds state is told, any other is shown.

Practices: OPS-1
"""

from __future__ import annotations

import pytest
from logical_id_contract import GUIDE, contract_changes
from stored_assembly import STORED, read_stored, stored_files
from synthesized import Assembly

from ecr_blueprints.cloudformation.registry_reader import read_inputs

REFRESH = "run scripts/store_assemblies.py and look at the difference"


def test_logical_ids_names_and_create_only_properties_are_a_contract(
    example: str, assembly: Assembly
) -> None:
    """A change here replaces or loses something that holds state: it is a breaking release (ADR 6)."""
    stored = read_stored(example)
    changes = contract_changes(stored, stored_files(assembly.path)) if stored else []
    if changes:
        said = "\n".join(f"  {change}" for change in changes)
        pytest.fail(f"the contract of {example} would change:\n{said}\nHow it is done safely: {GUIDE}", False)


def test_what_is_stored_is_what_is_synthesized(example: str, assembly: Assembly) -> None:
    stored, new = read_stored(example), stored_files(assembly.path)
    if not stored:
        pytest.fail(f"{example} is not stored: {REFRESH}", False)
    differing = [name for name in sorted(stored.keys() | new.keys()) if stored.get(name) != new.get(name)]
    if differing:
        pytest.fail(f"{example} differs in {', '.join(differing)}: {REFRESH}", False)


def test_what_is_stored_is_read_as_an_assembly(example: str, assembly: Assembly) -> None:
    def found(path: str) -> list[tuple[str | None, str | None, list[str]]]:
        return [
            (one.account, one.region, sorted(repository.label for repository in one.repositories))
            for one in read_inputs([path]).registries
        ]

    assert found(str(STORED / example)) == found(str(assembly.path))
