"""`AWS::ECR::SigningConfiguration`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator.operations import call
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.registry_singleton import RegistrySingleton
from ecr_emulator.resource_types.resource_type import Properties
from ecr_emulator.resource_types.schema import Sequence, Structure, Text

_RULE = Structure(
    members={
        "SigningProfileArn": Text(shape="SigningProfileArn"),
        "RepositoryFilters": fragments.filters(
            "SigningRepositoryFilterValue", "SigningRepositoryFilterType", minimum=1
        ),
    },
    required=("SigningProfileArn",),
)


class SigningConfiguration(RegistrySingleton):
    """The registry's managed signing; nothing is signed."""

    type_name: ClassVar[str] = "AWS::ECR::SigningConfiguration"
    setting: ClassVar[str] = "signing"
    # CloudFormation's schema says 50 rules where the API says 10: the API has the last word.
    schema: ClassVar[Structure] = Structure(
        members={"Rules": Sequence(item=_RULE, maximum=50)}, required=("Rules",), read_only=("RegistryId",)
    )

    def create(self, identifier: str, desired: Properties) -> None:
        """Put the configuration."""
        call("PutSigningConfiguration", {"signingConfiguration": desired})

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the configuration."""
        call("DeleteSigningConfiguration", {})
