"""`AWS::ECR::PullTimeUpdateExclusion`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import state
from ecr_emulator.operations import call
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Structure, Text


class PullTimeUpdateExclusion(ResourceType):
    """A principal whose pulls do not count."""

    type_name: ClassVar[str] = "AWS::ECR::PullTimeUpdateExclusion"
    identifier: ClassVar[str] = "PrincipalArn"
    create_only: ClassVar[tuple[str, ...]] = ("PrincipalArn",)
    schema: ClassVar[Structure] = Structure(
        members={"PrincipalArn": Text(shape="PrincipalArn")}, required=("PrincipalArn",)
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The principal's ARN."""
        return str(properties["PrincipalArn"])

    def attributes(self, identifier: str) -> Attributes | None:
        """No attributes."""
        return {} if identifier in state.pull_time_exclusions else None

    def create(self, identifier: str, desired: Properties) -> None:
        """Register the exclusion."""
        call("RegisterPullTimeUpdateExclusion", desired)

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Nothing to do: the one property is create-only."""

    def delete(self, identifier: str, properties: Properties) -> None:
        """Deregister the exclusion."""
        call("DeregisterPullTimeUpdateExclusion", {"principalArn": identifier})
