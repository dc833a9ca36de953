"""`AWS::ECR::RegistryPolicy`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator.operations import call
from ecr_emulator.resource_types.registry_singleton import RegistrySingleton
from ecr_emulator.resource_types.resource_type import Properties
from ecr_emulator.resource_types.schema import Document, Structure


class RegistryPolicy(RegistrySingleton):
    """The registry's resource policy; creating one where one exists fails."""

    type_name: ClassVar[str] = "AWS::ECR::RegistryPolicy"
    setting: ClassVar[str] = "policy"
    schema: ClassVar[Structure] = Structure(
        members={"PolicyText": Document()}, required=("PolicyText",), read_only=("RegistryId",)
    )

    def create(self, identifier: str, desired: Properties) -> None:
        """Put the policy."""
        call("PutRegistryPolicy", desired)

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the policy."""
        call("DeleteRegistryPolicy", {})
