"""Harbor and Artifactory: what each does against ECR, read from its own code and documentation.

docs/reference/enterprise-registries.md says what was seen where, and what was not.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from ecr_blueprints.domain.actions import CREATE, PUSH
from ecr_blueprints.domain.principals import registry_uri
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "COPY_ACTIONS",
    "HARBOR_ACTIONS",
    "HARBOR_CREATE_ACTIONS",
    "HARBOR_ECR_TYPE",
    "HARBOR_SCHEDULED",
    "EnterpriseRegistry",
    "check_harbor_schedule",
    "check_registry_url",
    "check_source_name",
    "check_tag_filter",
    "harbor_ecr_url",
    "harbor_names_filter",
    "replicated_name",
    "url_host",
]


class EnterpriseRegistry(StrEnum):
    """The registry in which images are built, promoted and governed."""

    HARBOR = "harbor"
    ARTIFACTORY = "artifactory"


HARBOR_ACTIONS: Final = tuple(sorted({*PUSH, "ecr:BatchGetImage", "ecr:DescribeRepositories"}))
"""What Harbor's replication into repositories that exist calls, besides logging in.

Before it pushes, its adapter asks ``DescribeRepositories`` for each repository by name; whether a manifest or
a layer is there it asks through the registry's protocol, for which AWS's example of a push has the actions.

Sources: https://github.com/goharbor/harbor/blob/main/src/pkg/reg/adapter/awsecr/adapter.go and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

HARBOR_CREATE_ACTIONS: Final = CREATE
"""What it calls besides where a repository does not exist: with a name and nothing else, so that the
repository has mutable tags, AES-256, no lifecycle policy and no tags. Its role needs no ``ecr:TagResource``.

Source: as `HARBOR_ACTIONS`.
"""

COPY_ACTIONS: Final = tuple(sorted({*PUSH, "ecr:BatchGetImage", "ecr:ListImages"}))
"""What a job needs that copies what is missing: it lists the tags that ECR has and pushes the others.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html and
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
"""

HARBOR_ECR_TYPE: Final = "aws-ecr"
"""The type of an endpoint for ECR in Harbor's API.

Source: https://github.com/goharbor/harbor/blob/main/src/pkg/reg/model/registry.go
"""

HARBOR_SCHEDULED: Final = "scheduled"
"""The trigger with which signatures are copied too and nothing is ever deleted at the destination.

ECR's adapter names two triggers, this one and ``manual``; Harbor's documentation says that signatures follow
their image with these two only, and that deletions are replicated by events only.

Sources: https://github.com/goharbor/harbor/blob/main/src/pkg/reg/adapter/awsecr/adapter.go,
https://goharbor.io/docs/2.11.0/working-with-projects/working-with-images/sign-images/ and
https://goharbor.io/docs/2.11.0/administration/configuring-replication/create-replication-rules/
"""

_CRON_FIELDS: Final = 6
_URL: Final = re.compile(r"https://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)/?")
_SOURCE_NAME: Final = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*")
_TAG_FILTER: Final = re.compile(r"[A-Za-z0-9_.*?{},-]+")
_CRON_FIELD: Final = re.compile(r"[0-9A-Za-z*?/,#-]+")


def harbor_ecr_url(account: str, region: str) -> str:
    """The URL of a registry as Harbor's adapter for ECR takes it.

    It also takes ``https://api.ecr.<region>.amazonaws.com``, and then asks for a token of whichever account
    its credentials belong to; the form with the account asks for that account's.

    Raises:
        InvalidValueError: The account id or the Region's name is malformed.

    Source: https://github.com/goharbor/harbor/blob/main/src/pkg/reg/adapter/awsecr/auth.go
    """
    return f"https://{registry_uri(account, region)}"


def replicated_name(repository: str, namespace: str) -> str:
    """The name that a repository of Harbor gets in ECR when no level of its name is replaced.

    Args:
        repository: The name in Harbor, project first.
        namespace: The destination namespace.

    Source: ``replaceNamespace`` with a count of 0 in
    https://github.com/goharbor/harbor/blob/main/src/controller/replication/flow/stage.go
    """
    return f"{namespace}/{repository}"


def harbor_names_filter(projects: tuple[str, ...]) -> str:
    """Harbor's filter on names for everything in some projects: ``**`` goes below a slash, ``*`` does not.

    Args:
        projects: At least one.

    Source: https://goharbor.io/docs/2.11.0/administration/configuring-replication/create-replication-rules/
    """
    return f"{projects[0]}/**" if len(projects) == 1 else f"{{{','.join(projects)}}}/**"


def check_harbor_schedule(schedule: str) -> str:
    """Return a schedule if Harbor takes it: six fields, of which the first, the seconds, is ``0``.

    Args:
        schedule: Such as ``0 */15 * * * *``.

    Raises:
        InvalidValueError: It does not.

    Source: ``ValidateCronString`` in https://github.com/goharbor/harbor/blob/main/src/common/utils/utils.go
    """
    fields = schedule.split(" ")
    if (
        len(fields) != _CRON_FIELDS
        or fields[0] != "0"
        or not all(_CRON_FIELD.fullmatch(one) for one in fields)
    ):
        five = f"0 {schedule}"
        raise InvalidValueError(
            f"{schedule!r} is no schedule of Harbor",
            where="schedule",
            allowed="six fields: seconds, which are 0, minutes, hours, days, months and days of the week",
            fix=f"write {five!r}" if len(fields) == _CRON_FIELDS - 1 else None,
        )
    return schedule


def check_registry_url(url: str) -> str:
    """Return the address of a registry if it is one: ``https://`` and a host, nothing behind it.

    Raises:
        InvalidValueError: It is not.
    """
    if not _URL.fullmatch(url):
        raise InvalidValueError(
            f"{url!r} is no address of a registry",
            where="url",
            allowed="https:// and a host name in lower case, with a port where it has one, and no path",
        )
    return url


def url_host(url: str) -> str:
    """The host of a registry's address, with its port, as names of images begin with it.

    Args:
        url: Checked by `check_registry_url`.
    """
    return url.removeprefix("https://").removesuffix("/")


def check_tag_filter(pattern: str) -> str:
    """Return a filter on tags if a tag can match it, as Harbor writes filters.

    Args:
        pattern: Such as ``v*``, with ``*``, ``?`` and ``{v*,release-*}``.

    Raises:
        InvalidValueError: It holds what no tag has, as a regular expression does: nothing would come.

    Source: https://goharbor.io/docs/2.11.0/administration/configuring-replication/create-replication-rules/
    """
    if not _TAG_FILTER.fullmatch(pattern):
        raise InvalidValueError(
            f"no tag matches {pattern!r}",
            where="tags",
            allowed="letters, digits and . _ -, with * for any run of characters, and {v*,release-*} for one "
            "of several",
            fix="write a pattern such as v*; it is no regular expression",
        )
    return pattern


def check_source_name(name: str) -> str:
    """Return the name of a project of Harbor, or of a repository of Artifactory, if it can be one.

    Raises:
        InvalidValueError: It cannot be part of an image's name.
    """
    if not _SOURCE_NAME.fullmatch(name):
        raise InvalidValueError(
            f"{name!r} can be no part of an image's name",
            where="project",
            allowed="lower-case letters and digits, with . _ or - between them",
        )
    return name
