"""What the emulator holds beside ministack's repositories, images and neighbours.

Every store keeps one content per account and Region.
"""

from __future__ import annotations

from typing import Any

from ecr_emulator import ministack_internals

pull_through_cache_rules: Any = ministack_internals.scoped_store()
creation_templates: Any = ministack_internals.scoped_store()
pull_time_exclusions: Any = ministack_internals.scoped_store()
account_settings: Any = ministack_internals.scoped_store()
# Registry-level singletons by name: "policy", "replication", "scanning", "signing".
registry: Any = ministack_internals.scoped_store()
public_repositories: Any = ministack_internals.scoped_store()
# Stack sets by id, with their instances and operations.
stack_sets: Any = ministack_internals.scoped_store()
# (Region, management account) → Amazon Inspector's delegated administrator: over accounts, thus not scoped.
inspector_administrators: dict[tuple[str, str], str] = {}

_ALL = (
    pull_through_cache_rules,
    creation_templates,
    pull_time_exclusions,
    account_settings,
    registry,
    public_repositories,
    stack_sets,
)


def clear() -> None:
    """Forget everything, in every account."""
    for store in _ALL:
        store.clear()
    inspector_administrators.clear()
