"""`AWS::ECR::ReplicationConfiguration`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator.errors import invalid_parameter
from ecr_emulator.operations import call
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.registry_singleton import RegistrySingleton
from ecr_emulator.resource_types.resource_type import Properties
from ecr_emulator.resource_types.schema import Sequence, Structure, Text

_DESTINATION = Structure(
    members={"Region": Text(shape="Region"), "RegistryId": Text(shape="RegistryId")},
    required=("Region", "RegistryId"),
)
_RULE = Structure(
    members={
        "Destinations": Sequence(item=_DESTINATION, minimum=1, maximum=100),
        "RepositoryFilters": fragments.filters("RepositoryFilterValue", "RepositoryFilterType", minimum=0),
    },
    required=("Destinations",),
)


class ReplicationConfiguration(RegistrySingleton):
    """Where the registry replicates to; creating one where one exists fails. Nothing is replicated."""

    type_name: ClassVar[str] = "AWS::ECR::ReplicationConfiguration"
    setting: ClassVar[str] = "replication"
    schema: ClassVar[Structure] = Structure(
        members={
            "ReplicationConfiguration": Structure(
                members={"Rules": Sequence(item=_RULE, maximum=25)}, required=("Rules",)
            )
        },
        required=("ReplicationConfiguration",),
        read_only=("RegistryId",),
    )

    def create(self, identifier: str, desired: Properties) -> None:
        """Put the configuration; the API has no empty filter list, so one is left out."""
        for rule in desired["replicationConfiguration"]["rules"]:
            if rule.get("repositoryFilters") == []:
                del rule["repositoryFilters"]
        if not desired["replicationConfiguration"]["rules"]:
            raise invalid_parameter("replicationConfiguration.rules", "must have at least 1 member")
        call("PutReplicationConfiguration", desired)

    def delete(self, identifier: str, properties: Properties) -> None:
        """Put a configuration without rules: the API has no delete."""
        call("PutReplicationConfiguration", {"replicationConfiguration": {"rules": []}})
