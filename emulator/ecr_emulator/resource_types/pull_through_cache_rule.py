"""`AWS::ECR::PullThroughCacheRule`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import pull_through_cache
from ecr_emulator.errors import EcrError
from ecr_emulator.operations import call
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Structure, Text


class PullThroughCacheRule(ResourceType):
    """A cache rule: a change of any property is a replacement, which finds its prefix taken."""

    type_name: ClassVar[str] = "AWS::ECR::PullThroughCacheRule"
    identifier: ClassVar[str] = "EcrRepositoryPrefix"
    schema: ClassVar[Structure] = Structure(
        members={
            "EcrRepositoryPrefix": Text(shape="PullThroughCacheRuleRepositoryPrefix"),
            "UpstreamRegistryUrl": Text(),
            "UpstreamRegistry": Text(shape="UpstreamRegistry"),
            "CredentialArn": Text(shape="CredentialArn"),
            "CustomRoleArn": Text(shape="CustomRoleArn"),
            "UpstreamRepositoryPrefix": Text(shape="PullThroughCacheRuleRepositoryPrefix"),
        }
    )
    create_only: ClassVar[tuple[str, ...]] = tuple(schema.members)

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The repository prefix; the API requires it although the schema does not."""
        return str(properties.get("EcrRepositoryPrefix", ""))

    def attributes(self, identifier: str) -> Attributes | None:
        """No attributes."""
        try:
            pull_through_cache.find_rule(identifier)
        except EcrError:
            return None
        return {}

    def create(self, identifier: str, desired: Properties) -> None:
        """Create the rule."""
        call("CreatePullThroughCacheRule", desired)

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Nothing to do: no property can change in place."""

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the rule; cached repositories would stay."""
        call("DeletePullThroughCacheRule", {"ecrRepositoryPrefix": identifier})
