"""The kinds of single value that a blueprint holds, each checked by the domain's own rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from ecr_blueprints.domain import principals, resource_tag
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.repository_name import RepositoryName

__all__ = [
    "PATTERN_WORDS",
    "STACK_KEY_PATTERN",
    "TEAM_NAME_PATTERN",
    "AccountId",
    "Convention",
    "OrganizationId",
    "OrganizationPath",
    "RegionName",
    "RepositoryNameText",
    "RoleArn",
    "TagKey",
    "TagValue",
]

STACK_KEY_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
TEAM_NAME_PATTERN = r"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$"
PATTERN_WORDS = {
    STACK_KEY_PATTERN: "lower-case letters, digits and single hyphens between them, beginning with a letter",
    TEAM_NAME_PATTERN: "lower-case letters and digits, with ., _, __ or hyphens between them",
}
"""Pattern → what it allows, in words."""


def _checked(check: Callable[[str], object]) -> AfterValidator:
    """The text itself, once the domain has taken it."""

    def validate(text: str) -> str:
        check(text)
        return text

    return AfterValidator(validate)


AccountId = Annotated[
    str, _checked(principals.check_account_id), Field(description="An account id: 12 digits, in quotes.")
]
RegionName = Annotated[
    str, _checked(principals.check_region), Field(description="A Region, such as eu-west-1.")
]
OrganizationId = Annotated[
    str,
    _checked(principals.check_organization_id),
    Field(description="An organization's id, such as o-exampleorg."),
]
OrganizationPath = Annotated[
    str,
    _checked(principals.check_organization_path),
    Field(description="A path in the organization, such as o-exampleorg/r-ab12/ou-ab12-11111111/*"),
]
RoleArn = Annotated[str, _checked(principals.check_role_arn), Field(description="The ARN of an IAM role.")]
RepositoryNameText = Annotated[str, _checked(RepositoryName), Field(description="A repository's full name.")]
Convention = Annotated[
    str,
    _checked(NamingConvention),
    Field(description="The naming convention, such as {stage}/{team}/{app}."),
]
TagKey = Annotated[str, _checked(resource_tag.check_tag_key), Field(description="The key of a tag.")]
TagValue = Annotated[str, _checked(resource_tag.check_tag_value), Field(description="The value of a tag.")]
