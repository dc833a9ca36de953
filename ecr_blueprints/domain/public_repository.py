"""Repositories of Amazon ECR Public: their names, what the gallery shows of them, and who may push.

CloudFormation has other limits than the API in places, and the smaller ones hold: an ``about`` text may have
25,600 characters by the API and 10,240 by CloudFormation.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-publicrepository.html
and https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_RepositoryCatalogDataInput.html
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Self

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_ABOUT_LENGTH",
    "MAX_DESCRIPTION_LENGTH",
    "MAX_PUBLIC_NAME_LENGTH",
    "MAX_PUBLIC_TAG_KEY_LENGTH",
    "MAX_PUBLIC_TAG_VALUE_LENGTH",
    "MAX_USAGE_LENGTH",
    "MIN_PUBLIC_NAME_LENGTH",
    "PUBLIC_AUTHORIZE",
    "PUBLIC_HOST",
    "PUBLIC_NAME_PATTERN",
    "PUBLIC_PUSH",
    "PUBLIC_REASON_METADATA",
    "PUBLIC_REPOSITORY_REGION",
    "PublicArchitecture",
    "PublicOperatingSystem",
    "PublicRepositoryName",
]

PUBLIC_REPOSITORY_REGION: Final = "us-east-1"
"""The one Region of the commercial partition whose CloudFormation has the resource (facts §13)."""

PUBLIC_HOST: Final = "public.ecr.aws"
"""Where everybody pulls from. Source: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html"""

MIN_PUBLIC_NAME_LENGTH, MAX_PUBLIC_NAME_LENGTH = 2, 205
"""Characters. 205 is the API's limit; CloudFormation's schema says 256, and the API has the last word."""

PUBLIC_NAME_PATTERN: Final = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
"""To be matched in full. Narrower than a private repository's: no ``__``, no two hyphens in a row."""

MAX_DESCRIPTION_LENGTH: Final = 1024
MAX_ABOUT_LENGTH: Final = 10_240
MAX_USAGE_LENGTH: Final = 10_240
"""Characters, of CloudFormation's schema; the API takes 25,600 of the two longer texts."""

MAX_PUBLIC_TAG_KEY_LENGTH: Final = 127
MAX_PUBLIC_TAG_VALUE_LENGTH: Final = 255
"""Characters, of CloudFormation's schema: one fewer each than tags have elsewhere, and no empty value."""

PUBLIC_PUSH: Final = (
    "ecr-public:BatchCheckLayerAvailability",
    "ecr-public:CompleteLayerUpload",
    "ecr-public:InitiateLayerUpload",
    "ecr-public:PutImage",
    "ecr-public:UploadLayerPart",
)
"""To push. Source: https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html"""

PUBLIC_AUTHORIZE: Final = ("ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken")
"""To log in. Only an identity-based policy grants them, on ``*``. Source: the same page."""

PUBLIC_REASON_METADATA: Final = "ecr-blueprints:public-because"
"""The key of the resource's ``Metadata`` that says why a repository is public."""

_NAME: Final = re.compile(PUBLIC_NAME_PATTERN)


class PublicArchitecture(StrEnum):
    """The architectures that the gallery shows as badges, in its spelling."""

    ARM = "ARM"
    ARM_64 = "ARM 64"
    X86 = "x86"
    X86_64 = "x86-64"


class PublicOperatingSystem(StrEnum):
    """The operating systems that the gallery shows as badges."""

    LINUX = "Linux"
    WINDOWS = "Windows"


class PublicRepositoryName(str):
    """The name of a public repository, without the registry's alias; valid once it exists.

    Args:
        value: The name.

    Raises:
        InvalidValueError: ECR Public does not allow it.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Check and return the name."""
        allowed = (
            f"{MIN_PUBLIC_NAME_LENGTH} to {MAX_PUBLIC_NAME_LENGTH} characters: lower-case letters and "
            "digits, joined by single '.', '_', '-' or '/'"
        )
        if not MIN_PUBLIC_NAME_LENGTH <= len(value) <= MAX_PUBLIC_NAME_LENGTH or not _NAME.fullmatch(value):
            raise InvalidValueError(
                f"{value!r} is not the name of a public repository",
                where="public repository",
                allowed=allowed,
            )
        return super().__new__(cls, value)
