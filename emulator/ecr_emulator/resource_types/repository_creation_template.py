"""`AWS::ECR::RepositoryCreationTemplate`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from ecr_emulator import creation_templates, state
from ecr_emulator.errors import EcrError
from ecr_emulator.operations import call
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Sequence, Structure, Text


class RepositoryCreationTemplate(ResourceType):
    """Settings for repositories that ECR itself creates."""

    type_name: ClassVar[str] = "AWS::ECR::RepositoryCreationTemplate"
    identifier: ClassVar[str] = "Prefix"
    create_only: ClassVar[tuple[str, ...]] = ("Prefix",)
    schema: ClassVar[Structure] = Structure(
        members={
            "Prefix": Text(shape="Prefix"),
            "AppliedFor": Sequence(item=Text(shape="RCTAppliedFor"), unique=True),
            # Unlike the API, the CloudFormation schema allows no path in the role's ARN.
            "CustomRoleArn": Text(
                maximum=2048, pattern=r"^arn:aws[-a-z0-9]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,-.@_]*$"
            ),
            "Description": Text(shape="RepositoryTemplateDescription"),
            "EncryptionConfiguration": fragments.encryption(),
            "ImageTagMutability": Text(shape="ImageTagMutability"),
            "ImageTagMutabilityExclusionFilters": fragments.EXCLUSION_FILTERS,
            "LifecyclePolicy": Text(minimum=100, maximum=30720),
            "RepositoryPolicy": Text(shape="RepositoryPolicyText"),
            "ResourceTags": fragments.tags(key_maximum=128, value_minimum=0, value_maximum=256),
        },
        required=("Prefix", "AppliedFor"),
        read_only=("CreatedAt", "UpdatedAt"),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The prefix."""
        return str(properties["Prefix"])

    def attributes(self, identifier: str) -> Attributes | None:
        """`CreatedAt` and `UpdatedAt`."""
        try:
            template = creation_templates.find_template(identifier)
        except EcrError:
            return None
        return {
            "CreatedAt": datetime.fromtimestamp(template["createdAt"], UTC).isoformat(),
            "UpdatedAt": datetime.fromtimestamp(template["updatedAt"], UTC).isoformat(),
        }

    def create(self, identifier: str, desired: Properties) -> None:
        """Create the template."""
        call("CreateRepositoryCreationTemplate", desired)

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Set every setting as desired; what the template dropped goes back to its default."""
        current = creation_templates.find_template(identifier)
        state.creation_templates.pop(identifier.rstrip("/"))
        try:
            call("CreateRepositoryCreationTemplate", desired)
        except EcrError:
            state.creation_templates[identifier.rstrip("/")] = current
            raise
        creation_templates.find_template(identifier)["createdAt"] = current["createdAt"]

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the template."""
        call("DeleteRepositoryCreationTemplate", {"prefix": identifier})
