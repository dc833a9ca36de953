"""How a registry that exists is reached: credentials, retries, and refusals in a person's words.

boto3 is an extra and loads slowly, so that it is imported where it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ecr_blueprints.errors import LiveRegistryError, MissingDependencyError

__all__ = [
    "CONCURRENCY",
    "READ_ACTIONS",
    "cloudformation_client",
    "ecr_client",
    "kms_client",
    "live_errors",
]

CONCURRENCY: Final = 8
"""Repositories, or stacks, that are asked about at once; botocore keeps ten connections."""

_ATTEMPTS: Final = 10
"""Attempts of one call; botocore's standard mode waits longer after each, and knows what throttling is.

Source: https://docs.aws.amazon.com/boto3/latest/guide/retries.html
"""

READ_ACTIONS: Final = (
    "cloudformation:ListStackResources",
    "ecr:DescribeImages",
    "ecr:DescribePullThroughCacheRules",
    "ecr:DescribeRegistry",
    "ecr:DescribeRepositories",
    "ecr:DescribeRepositoryCreationTemplates",
    "ecr:GetAccountSetting",
    "ecr:GetLifecyclePolicy",
    "ecr:GetRegistryPolicy",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetRepositoryPolicy",
    "ecr:GetSigningConfiguration",
    "ecr:ListPullTimeUpdateExclusions",
    "ecr:ListTagsForResource",
    "kms:DescribeKey",
)
"""All that reading a registry, its owners and its key needs; each is one operation, and changes nothing."""

_ACTION_OF: Final = {action.partition(":")[2]: action for action in READ_ACTIONS}
_SERVICES: Final = {"cloudformation": "CloudFormation", "kms": "KMS"}
_DENIED: Final = ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation")


def ecr_client(region: str, *, profile: str | None = None) -> Any:
    """A client of ECR in one Region, that waits and asks again where ECR throttles.

    Args:
        region: The Region.
        profile: A profile of the AWS configuration. Default: what the environment says.

    Raises:
        MissingDependencyError: boto3 is not installed.
        LiveRegistryError: There is no such profile.
    """
    return _client("ecr", region, profile)


def cloudformation_client(region: str, *, profile: str | None = None) -> Any:
    """A client of CloudFormation in one Region, that waits and asks again where it throttles.

    Args:
        region: The Region.
        profile: A profile of the AWS configuration. Default: what the environment says.

    Raises:
        MissingDependencyError: boto3 is not installed.
        LiveRegistryError: There is no such profile.
    """
    return _client("cloudformation", region, profile)


def kms_client(region: str, *, profile: str | None = None) -> Any:
    """A client of KMS in one Region, that waits and asks again where it throttles.

    Args:
        region: The Region.
        profile: A profile of the AWS configuration. Default: what the environment says.

    Raises:
        MissingDependencyError: boto3 is not installed.
        LiveRegistryError: There is no such profile.
    """
    return _client("kms", region, profile)


def _client(service: str, region: str, profile: str | None) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise MissingDependencyError(
            "reading a live registry needs boto3", fix="pip install 'ecr-blueprints[aws]'"
        ) from error
    with live_errors(region):
        session = boto3.Session(profile_name=profile, region_name=region)
        return session.client(
            service, config=Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS})
        )


@contextmanager
def live_errors(region: str) -> Iterator[None]:
    """Tells a person why a registry cannot be read, instead of a traceback.

    Args:
        region: The Region that is read, for the error.

    Raises:
        LiveRegistryError: boto3 or a service refused; the error names the action that is not allowed.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "an error"))
        action = _ACTION_OF.get(error.operation_name, f"ecr:{error.operation_name}")
        where = f"{_SERVICES.get(action.partition(':')[0], 'the registry')} in {region}"
        if code in _DENIED:
            raise LiveRegistryError(
                f"the credential may not {action}",
                where=where,
                fix=f"allow it {action}; reading needs {', '.join(READ_ACTIONS)}",
            ) from error
        message = error.response.get("Error", {}).get("Message", "")
        raise LiveRegistryError(f"{action} was answered with {code}: {message}", where=where) from error
    except BotoCoreError as error:
        raise LiveRegistryError(
            str(error).rstrip("."),
            where=f"the registry in {region}",
            fix="check --profile, --region and the credential: aws sts get-caller-identity",
        ) from error
