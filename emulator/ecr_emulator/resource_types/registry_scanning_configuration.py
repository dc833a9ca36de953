"""`AWS::ECR::RegistryScanningConfiguration`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import registry_scanning
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.operations import call
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.registry_singleton import RegistrySingleton
from ecr_emulator.resource_types.resource_type import Attributes, Properties
from ecr_emulator.resource_types.schema import Sequence, Structure, Text

_RULE = Structure(
    members={
        # MANUAL is a value that the API answers; CloudFormation's schema has only these two.
        "ScanFrequency": Text(values=("SCAN_ON_PUSH", "CONTINUOUS_SCAN")),
        "RepositoryFilters": fragments.filters(
            "ScanningRepositoryFilterValue", "ScanningRepositoryFilterType", minimum=0
        ),
    },
    required=("ScanFrequency", "RepositoryFilters"),
)


class RegistryScanningConfiguration(RegistrySingleton):
    """The registry's scanning; a registry always has one, so a create overwrites it silently."""

    type_name: ClassVar[str] = "AWS::ECR::RegistryScanningConfiguration"
    setting: ClassVar[str] = "scanning"
    schema: ClassVar[Structure] = Structure(
        members={"ScanType": Text(shape="ScanType"), "Rules": Sequence(item=_RULE, maximum=2)},
        required=("ScanType", "Rules"),
        read_only=("RegistryId",),
    )

    def attributes(self, identifier: str) -> Attributes | None:
        """`RegistryId`, for every registry."""
        return {"RegistryId": identifier} if identifier == account_id() else None

    def exists(self, identifier: str) -> bool:
        """Never in the way of a create."""
        return False

    def create(self, identifier: str, desired: Properties) -> None:
        """Put the configuration."""
        call("PutRegistryScanningConfiguration", desired)

    def delete(self, identifier: str, properties: Properties) -> None:
        """Back to basic scanning without rules."""
        registry_scanning.reset_to_default()
