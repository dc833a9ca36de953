"""`AWS::ECR::PublicRepository`: its CloudFormation handlers only, without the ECR Public API."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import ministack_internals, state
from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Document, Sequence, Structure, Text

_REGION = "us-east-1"
_PLATFORM = Text(minimum=1, maximum=50)


class PublicRepository(ResourceType):
    """A public repository; the type exists in one Region only."""

    type_name: ClassVar[str] = "AWS::ECR::PublicRepository"
    identifier: ClassVar[str] = "RepositoryName"
    create_only: ClassVar[tuple[str, ...]] = ("RepositoryName",)
    tag_property: ClassVar[str | None] = "Tags"
    schema: ClassVar[Structure] = Structure(
        members={
            "RepositoryName": Text(shape="RepositoryName"),
            "RepositoryCatalogData": Structure(
                members={
                    "AboutText": Text(maximum=10240),
                    "UsageText": Text(maximum=10240),
                    "RepositoryDescription": Text(maximum=1024),
                    "Architectures": Sequence(item=_PLATFORM, maximum=50, unique=True),
                    "OperatingSystems": Sequence(item=_PLATFORM, maximum=50, unique=True),
                }
            ),
            "RepositoryPolicyText": Document(),
            "Tags": fragments.tags(key_maximum=127, value_minimum=1, value_maximum=255),
        },
        read_only=("Arn",),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The given name, or a generated one."""
        given = properties.get("RepositoryName")
        return str(given) if given else ministack_internals.physical_name(stack_name, logical_id)

    def attributes(self, identifier: str) -> Attributes | None:
        """`Arn`."""
        if identifier not in state.public_repositories:
            return None
        return {"Arn": f"arn:aws:ecr-public::{account_id()}:repository/{identifier}"}

    def create(self, identifier: str, desired: Properties) -> None:
        """Create the repository."""
        if region() != _REGION:
            raise EcrError("InvalidParameterException", f"{self.type_name} exists only in {_REGION}")
        state.public_repositories[identifier] = desired

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Set every setting as desired."""
        state.public_repositories[identifier] = desired

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the repository."""
        state.public_repositories.pop(identifier)
