"""What the registry-level types have in common: one per account and Region, named by the account."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import state
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType


class RegistrySingleton(ResourceType):
    """A setting of the whole registry."""

    identifier: ClassVar[str] = "RegistryId"
    # Its name among the registry's singletons.
    setting: ClassVar[str]

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The account."""
        return account_id()

    def attributes(self, identifier: str) -> Attributes | None:
        """`RegistryId`."""
        if identifier != account_id() or self.setting not in state.registry:
            return None
        return {"RegistryId": identifier}

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Overwrite the setting."""
        self.create(identifier, desired)
