"""The repository for image assets that the CDK's bootstrap stack makes, and the tags of its images.

Read from version 33 of the bootstrap template (``cdk bootstrap --show-template``): tags are immutable, one
rule deletes untagged images after 365 days, and the policy lets the account's Lambda functions and EMR
Serverless applications pull.

Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
"""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.domain.wildcard import WILDCARD
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "ASSET_HASH_LENGTH",
    "ASSET_PUBLISHING",
    "DEFAULT_QUALIFIER",
    "QUALIFIER_CONTEXT_KEY",
    "QUALIFIER_PATTERN",
    "asset_repository_name",
    "can_match_asset_tag",
    "check_qualifier",
    "image_publishing_role_name",
]

DEFAULT_QUALIFIER: Final = "hnb659fds"
"""What tells several bootstrap stacks of one environment apart, where nothing else is said."""

QUALIFIER_CONTEXT_KEY: Final = "@aws-cdk/core:bootstrapQualifier"
"""The context key by which an app says another one."""

QUALIFIER_PATTERN: Final = r"[A-Za-z0-9_-]{1,10}"
"""To be matched in full. Source: the ``Qualifier`` parameter of the bootstrap template."""

ASSET_HASH_LENGTH: Final = 64
"""An image asset's tag is a prefix, by default none, and the SHA-256 of what it is built from, in hex."""

ASSET_PUBLISHING: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:DescribeRepositories",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""What the bootstrap template lets its image publishing role do to the asset repository.

The CDK CLI asks whether an asset's tag is there before it builds, hence the two ``Describe`` actions.
"""

_QUALIFIER: Final = re.compile(QUALIFIER_PATTERN)
_HEX: Final = frozenset("0123456789abcdef")


def check_qualifier(qualifier: str, *, where: str) -> str:
    """Return the qualifier if the bootstrap template takes it.

    Args:
        qualifier: The qualifier.
        where: What the error names.

    Raises:
        InvalidValueError: It does not.
    """
    if not _QUALIFIER.fullmatch(qualifier):
        raise InvalidValueError(
            f"{qualifier!r} is not a bootstrap qualifier",
            where=where,
            allowed="1 to 10 letters, digits, hyphens and underscores",
        )
    return qualifier


def asset_repository_name(qualifier: str, account: str, region: str) -> str:
    """The name of the bootstrap stack's repository, unless that stack was given another one.

    Args:
        qualifier: The bootstrap qualifier.
        account: The account id, or a token.
        region: The Region, or a token.
    """
    return f"cdk-{qualifier}-container-assets-{account}-{region}"


def image_publishing_role_name(qualifier: str, account: str, region: str) -> str:
    """The name of the role by which image assets are pushed.

    Args:
        qualifier: The bootstrap qualifier.
        account: The account id, or a token.
        region: The Region, or a token.
    """
    return f"cdk-{qualifier}-image-publishing-role-{account}-{region}"


def can_match_asset_tag(pattern: str, tag_prefix: str) -> bool:
    """Whether some image asset's tag matches a pattern, exactly.

    Args:
        pattern: Literal characters and ``*``.
        tag_prefix: What stands before the hash.
    """
    allowed = [frozenset(character) for character in tag_prefix] + [_HEX] * ASSET_HASH_LENGTH
    reached = {0}
    for character in pattern:
        if character == WILDCARD:
            reached = set(range(min(reached), len(allowed) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(allowed) and character in allowed[at]}
        if not reached:
            return False
    return len(allowed) in reached
