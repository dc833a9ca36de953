"""The kinds of single value that a blueprint holds, each checked by the domain's own rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from ecr_blueprints.domain import principals, resource_tag, vpc_network
from ecr_blueprints.domain.bucket_name import check_bucket_name
from ecr_blueprints.domain.email_address import check_email_address
from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.domain.kms_key import KmsKeyArn
from ecr_blueprints.domain.managed_policy import check_aws_policy_name
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.organization import check_organizational_unit
from ecr_blueprints.domain.parameter_name import check_parameter_name
from ecr_blueprints.domain.principals import check_role_name_pattern
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.domain.signing import SigningProfileArn
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.domain.upstream_image import UpstreamImage, check_tagged_name

__all__ = [
    "PATTERN_WORDS",
    "STACK_KEY_PATTERN",
    "TEAM_NAME_PATTERN",
    "AccountId",
    "AvailabilityZone",
    "AwsPolicyName",
    "BucketName",
    "CidrBlock",
    "Convention",
    "Digest",
    "EmailAddress",
    "ImageTag",
    "KmsKeyArnText",
    "OrganizationId",
    "OrganizationPath",
    "OrganizationalUnitId",
    "OrganizationalUnitPath",
    "ParameterName",
    "RegionName",
    "RepositoryNameText",
    "RoleArn",
    "RoleName",
    "RoleNamePattern",
    "RouteTableId",
    "SigningProfileArnText",
    "SubnetId",
    "TagKey",
    "TagValue",
    "TaggedName",
    "UpstreamImageText",
    "VpcId",
]

STACK_KEY_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
TEAM_NAME_PATTERN = r"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$"
PATTERN_WORDS = {
    STACK_KEY_PATTERN: "lower-case letters, digits and single hyphens between them, beginning with a letter",
    TEAM_NAME_PATTERN: "lower-case letters and digits, with ., _, __ or hyphens between them",
}
"""Pattern → what it allows, in words."""


def checked_text(check: Callable[[str], object]) -> AfterValidator:
    """A type's rule that leaves a text as it is, once the domain has taken it.

    Args:
        check: A function or type of the domain, which raises what is wrong with a text.
    """

    def validate(text: str) -> str:
        check(text)
        return text

    return AfterValidator(validate)


AccountId = Annotated[
    str, checked_text(principals.check_account_id), Field(description="An account id: 12 digits, in quotes.")
]
RegionName = Annotated[
    str, checked_text(principals.check_region), Field(description="A Region, such as eu-west-1.")
]
OrganizationId = Annotated[
    str,
    checked_text(principals.check_organization_id),
    Field(description="An organization's id, such as o-exampleorg."),
]
OrganizationPath = Annotated[
    str,
    checked_text(principals.check_organization_path),
    Field(description="A path in the organization, such as o-exampleorg/r-ab12/ou-ab12-11111111/*"),
]
OrganizationalUnitPath = Annotated[
    str,
    checked_text(principals.check_organizational_unit_path),
    Field(description="The path of an organizational unit, such as o-exampleorg/r-ab12/ou-ab12-11111111."),
]
OrganizationalUnitId = Annotated[
    str,
    checked_text(check_organizational_unit),
    Field(description="The id of an organizational unit, such as ou-ab12-11111111, or of the root."),
]
RoleNamePattern = Annotated[
    str,
    checked_text(check_role_name_pattern),
    Field(description="The name of an IAM role, with * for any run of characters."),
]
RoleName = Annotated[
    str,
    checked_text(principals.check_role_name),
    Field(description="The name of an IAM role, without its path."),
]
AwsPolicyName = Annotated[
    str, checked_text(check_aws_policy_name), Field(description="The name of a managed policy of AWS.")
]
VpcId = Annotated[str, checked_text(vpc_network.check_vpc_id), Field(description="The id of a VPC.")]
SubnetId = Annotated[str, checked_text(vpc_network.check_subnet_id), Field(description="The id of a subnet.")]
RouteTableId = Annotated[
    str, checked_text(vpc_network.check_route_table_id), Field(description="The id of a route table.")
]
AvailabilityZone = Annotated[
    str,
    checked_text(vpc_network.check_availability_zone),
    Field(description="An Availability Zone, such as eu-west-1a."),
]
CidrBlock = Annotated[
    str, checked_text(vpc_network.check_vpc_cidr), Field(description="An IPv4 block, such as 10.20.0.0/16.")
]
ParameterName = Annotated[
    str, checked_text(check_parameter_name), Field(description="The name of a parameter of Systems Manager.")
]
BucketName = Annotated[str, checked_text(check_bucket_name), Field(description="The name of a bucket of S3.")]
EmailAddress = Annotated[
    str, checked_text(check_email_address), Field(description="An address of electronic mail.")
]
RoleArn = Annotated[
    str, checked_text(principals.check_role_arn), Field(description="The ARN of an IAM role.")
]
KmsKeyArnText = Annotated[str, checked_text(KmsKeyArn), Field(description="The ARN of a KMS key.")]
SigningProfileArnText = Annotated[
    str,
    checked_text(SigningProfileArn),
    Field(description="The ARN of a signing profile, without a version."),
]
Digest = Annotated[str, checked_text(ImageDigest), Field(description="The digest of an image: sha256:…")]
TaggedName = Annotated[
    str,
    checked_text(check_tagged_name),
    Field(description="A name at an upstream and a tag, such as library/nginx:1.27."),
]
UpstreamImageText = Annotated[
    str,
    checked_text(UpstreamImage.parse),
    Field(description="An image of another registry by its digest: quay.io/acme/api@sha256:…"),
]
ImageTag = Annotated[str, checked_text(check_image_tag), Field(description="An image's tag.")]
RepositoryNameText = Annotated[
    str, checked_text(RepositoryName), Field(description="A repository's full name.")
]
Convention = Annotated[
    str,
    checked_text(NamingConvention),
    Field(description="The naming convention, such as {stage}/{team}/{app}."),
]
TagKey = Annotated[str, checked_text(resource_tag.check_tag_key), Field(description="The key of a tag.")]
TagValue = Annotated[
    str, checked_text(resource_tag.check_tag_value), Field(description="The value of a tag.")
]
