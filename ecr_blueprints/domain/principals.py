"""Who may act and where: accounts, organizations, IAM principals, Regions and the registries in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "ACCOUNT_ID_PATTERN",
    "IAM_ROLE_ARN_PATTERN",
    "IAM_ROLE_NAME_PATTERN",
    "MAX_PULL_TIME_EXCLUSION_ARN_LENGTH",
    "ORGANIZATIONAL_UNIT_PATH_PATTERN",
    "ORGANIZATION_ID_PATTERN",
    "ORGANIZATION_PATH_PATTERN",
    "PARTITIONS",
    "PULL_TIME_EXCLUSION_ARN_PATTERN",
    "REGION_PATTERN",
    "Partition",
    "check_account_id",
    "check_organization_id",
    "check_organization_path",
    "check_organizational_unit_path",
    "check_pull_time_exclusion_arn",
    "check_region",
    "check_role_arn",
    "check_role_name",
    "check_role_name_pattern",
    "parse_registry_uri",
    "partition_of",
    "registry_uri",
]

ACCOUNT_ID_PATTERN = r"[0-9]{12}"
"""Source: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"""

ORGANIZATION_ID_PATTERN = r"o-[a-z0-9]{10,32}"
"""Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html"""

_ORGANIZATIONAL_UNIT_ID = r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}"

ORGANIZATION_PATH_PATTERN = (
    rf"{ORGANIZATION_ID_PATTERN}/"
    rf"(?:\*|r-[0-9a-z]{{4,32}}/(?:{_ORGANIZATIONAL_UNIT_ID}/)*(?:\*|ou-\*)?)"
)
"""A value that ``aws:PrincipalOrgPaths`` is compared with: organization, root and units, each with a slash.

The key's own values end with a slash, so that a path without ``/`` or ``/*`` at its end matches nobody;
``/*`` also takes in the units below.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
and, for the ids, https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
"""

ORGANIZATIONAL_UNIT_PATH_PATTERN = (
    rf"{ORGANIZATION_ID_PATTERN}/r-[0-9a-z]{{4,32}}/(?:{_ORGANIZATIONAL_UNIT_ID}/)*{_ORGANIZATIONAL_UNIT_ID}"
)
"""One organizational unit by its whole path: organization, root, units above it, and at the end its own id.

The id alone does not tell the path, which ``aws:PrincipalOrgPaths`` is compared with.
"""

MAX_ROLE_NAME_LENGTH = 64
"""Characters of a role's name.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
"""
IAM_ROLE_NAME_PATTERN = rf"[A-Za-z0-9_+=,.@-]{{1,{MAX_ROLE_NAME_LENGTH}}}"
"""Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""

IAM_ROLE_ARN_PATTERN = (
    rf"arn:aws[a-z-]*:iam::[0-9]{{12}}:role/(?:[\x21-\x2e\x30-\x7e]+/)*{IAM_ROLE_NAME_PATTERN}"
)
"""The ARN of an IAM role, with or without a path.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

MAX_PULL_TIME_EXCLUSION_ARN_LENGTH = 200
PULL_TIME_EXCLUSION_ARN_PATTERN = (
    r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:role|user)/[A-Za-z0-9_+=,.@-]+(?:/[A-Za-z0-9_+=,.@-]+)*"
)
"""The principal of a pull-time update exclusion; the guide speaks of roles only (facts §10, §18.3).

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegisterPullTimeUpdateExclusion.html
"""

REGION_PATTERN = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+"
"""The form of a Region's name. ECR's own pattern, ``[0-9a-z-]{2,25}``, is wider (facts §7)."""

_ACCOUNT_ID = re.compile(ACCOUNT_ID_PATTERN)
_ORGANIZATION_ID = re.compile(ORGANIZATION_ID_PATTERN)
_ORGANIZATION_PATH = re.compile(ORGANIZATION_PATH_PATTERN)
_ROLE_ARN = re.compile(IAM_ROLE_ARN_PATTERN)
_PULL_TIME_EXCLUSION_ARN = re.compile(PULL_TIME_EXCLUSION_ARN_PATTERN)
_REGION = re.compile(REGION_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A group of Regions with accounts and ARNs of its own.

    Attributes:
        name: The second part of its ARNs, such as ``aws-cn``.
        region_prefix: What the names of its Regions start with; empty for ``aws``, which has the rest.
        dns_suffix: What the names of its hosts end with.
    """

    name: str
    region_prefix: str
    dns_suffix: str


PARTITIONS = (
    Partition(name="aws-cn", region_prefix="cn-", dns_suffix="amazonaws.com.cn"),
    Partition(name="aws-us-gov", region_prefix="us-gov-", dns_suffix="amazonaws.com"),
    Partition(name="aws-iso", region_prefix="us-iso-", dns_suffix="c2s.ic.gov"),
    Partition(name="aws-iso-b", region_prefix="us-isob-", dns_suffix="sc2s.sgov.gov"),
    Partition(name="aws-iso-e", region_prefix="eu-isoe-", dns_suffix="cloud.adc-e.uk"),
    Partition(name="aws-iso-f", region_prefix="us-isof-", dns_suffix="csp.hci.ic.gov"),
    Partition(name="aws-eusc", region_prefix="eusc-", dns_suffix="amazonaws.eu"),
    Partition(name="aws", region_prefix="", dns_suffix="amazonaws.com"),
)
"""Every partition, ``aws`` last. Source: the partition data in AWS's SDKs, with which a test compares it."""


def check_account_id(account: str) -> str:
    """Return the account id if it is one: exactly 12 digits.

    Raises:
        InvalidValueError: It is not.
    """
    if not _ACCOUNT_ID.fullmatch(account):
        digits = re.sub(r"[\s-]", "", account)
        raise InvalidValueError(
            f"{account!r} is not an AWS account id",
            where="account",
            allowed="12 digits",
            fix=f"write {digits!r}"
            if _ACCOUNT_ID.fullmatch(digits)
            else "quote the id where a file format would read it as a number and drop leading zeros",
        )
    return account


def check_organization_id(organization: str) -> str:
    """Return the organization's id if it is one: ``o-`` and 10 to 32 lower-case letters or digits.

    Raises:
        InvalidValueError: It is not.
    """
    if not _ORGANIZATION_ID.fullmatch(organization):
        raise InvalidValueError(
            f"{organization!r} is not an organization id",
            where="organization",
            allowed="o- and 10 to 32 lower-case letters or digits, such as o-a1b2c3d4e5",
        )
    return organization


def check_organization_path(path: str) -> str:
    """Return the organization path if ``aws:PrincipalOrgPaths`` can be compared with it.

    Args:
        path: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``.

    Raises:
        InvalidValueError: It is no path, or lacks the slash at its end and would match nobody.
    """
    if not _ORGANIZATION_PATH.fullmatch(path):
        completed = f"{path.rstrip('/')}/*"
        raise InvalidValueError(
            f"{path!r} is not an organization path",
            where="organization path",
            allowed="o-<id>/r-<id>/ou-<root id>-<8 to 32 characters>/…/*",
            fix=f"write {completed!r}" if _ORGANIZATION_PATH.fullmatch(completed) else None,
        )
    _check_one_root(path, "organization path")
    return path


def check_organizational_unit_path(path: str) -> str:
    """Return the path if it is that of one organizational unit.

    Args:
        path: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111``, without a slash or a wildcard at its end.

    Raises:
        InvalidValueError: It is no path, or that of a whole organization, or an id alone.
    """
    if not re.fullmatch(ORGANIZATIONAL_UNIT_PATH_PATTERN, path):
        trimmed = path.removesuffix("*").removesuffix("/")
        is_id = re.fullmatch(_ORGANIZATIONAL_UNIT_ID, path) is not None
        raise InvalidValueError(
            f"{path!r} is not the path of an organizational unit",
            where="organizational unit",
            allowed="o-<id>/r-<id>/ou-<root id>-<8 to 32 characters>, with the units above it in between",
            fix="put the organization, the root and the units above it before the id"
            if is_id
            else f"write {trimmed!r}"
            if re.fullmatch(ORGANIZATIONAL_UNIT_PATH_PATTERN, trimmed)
            else None,
        )
    _check_one_root(path, "organizational unit")
    return path


def _check_one_root(path: str, where: str) -> None:
    """Refuse a path whose units are below another root than it says: a unit's id has that of its root.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    _, _, below = path.partition("/r-")
    root, *units = below.split("/")
    for unit in units:
        named = re.fullmatch(_ORGANIZATIONAL_UNIT_ID, unit)
        if named and unit.split("-")[1] != root:
            raise InvalidValueError(
                f"{unit} is not below the root r-{root}, but below r-{unit.split('-')[1]}",
                where=where,
                allowed=f"units that begin with ou-{root}-",
                fix="correct the root, or the unit",
            )


def check_role_name(name: str) -> str:
    """Return the name if IAM takes it for a role.

    Raises:
        InvalidValueError: It does not; for an ARN the fix says its name.
    """
    if not re.fullmatch(IAM_ROLE_NAME_PATTERN, name):
        is_arn = _ROLE_ARN.fullmatch(name) is not None
        raise InvalidValueError(
            f"{name!r} is not the name of an IAM role",
            where="role",
            allowed="1 to 64 characters: A-Z a-z 0-9 _ + = , . @ -, without a path",
            fix=f"write the name alone: {name.rpartition('/')[2]}" if is_arn else None,
        )
    return name


def check_role_name_pattern(pattern: str) -> str:
    """Return the pattern if names of IAM roles can match it, and not all of them do.

    Args:
        pattern: A name, with ``*`` for any run of characters.

    Raises:
        InvalidValueError: It is none.
    """
    if not re.fullmatch(r"[A-Za-z0-9_+=,.@*-]{1,64}", pattern) or not pattern.strip("*"):
        raise InvalidValueError(
            f"{pattern!r} is no pattern of role names",
            where="role",
            allowed="a name, without a path, with * for any run of characters, such as platform-*",
        )
    return pattern


def check_role_arn(arn: str) -> str:
    """Return the ARN if it is that of an IAM role, with or without a path.

    Raises:
        InvalidValueError: It is not.
    """
    if not _ROLE_ARN.fullmatch(arn):
        raise InvalidValueError(
            f"{arn!r} is not the ARN of an IAM role",
            where="role",
            allowed="arn:aws:iam::<account>:role/<name>, with an IAM path where the role has one",
        )
    return arn


def check_pull_time_exclusion_arn(arn: str) -> str:
    """Return the ARN of a role or user if a pull-time update exclusion can name it.

    Raises:
        InvalidValueError: It cannot.
    """
    if len(arn) > MAX_PULL_TIME_EXCLUSION_ARN_LENGTH or not _PULL_TIME_EXCLUSION_ARN.fullmatch(arn):
        raise InvalidValueError(
            f"{arn!r} cannot be excluded from pull-time updates",
            where="pull-time update exclusion",
            allowed=f"an IAM role's or user's ARN of at most {MAX_PULL_TIME_EXCLUSION_ARN_LENGTH} characters",
        )
    return arn


def check_region(region: str) -> str:
    """Return the Region's name if it has the form of one; whether it exists is not checked.

    Raises:
        InvalidValueError: It has not.
    """
    if not _REGION.fullmatch(region):
        lower = region.strip().lower()
        near = next((one for one in (lower, lower[:-1]) if _REGION.fullmatch(one)), None)
        raise InvalidValueError(
            f"{region!r} is not the name of an AWS Region",
            where="Region",
            allowed="names such as eu-west-1",
            fix=None if near is None else f"write {near}",
        )
    return region


def partition_of(region: str) -> Partition:
    """The partition in which a Region lies.

    Raises:
        InvalidValueError: The text has not the form of a Region's name.
    """
    check_region(region)
    return next(partition for partition in PARTITIONS if region.startswith(partition.region_prefix))


def registry_uri(account: str, region: str) -> str:
    """The host name of an account's private registry: ``<account>.dkr.ecr.<region>.amazonaws.com``.

    Raises:
        InvalidValueError: The account id or the Region's name is malformed.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    """
    return f"{check_account_id(account)}.dkr.ecr.{region}.{partition_of(region).dns_suffix}"


def parse_registry_uri(host: str) -> tuple[str, str] | None:
    """The account id and the Region of a private registry's host name; None for any other host.

    The dual-stack form ``<account>.dkr-ecr.<region>.on.aws`` is understood too (facts §12).
    """
    match = re.fullmatch(
        rf"({ACCOUNT_ID_PATTERN})\.(?:dkr\.ecr\.({REGION_PATTERN})\.(.+)|dkr-ecr\.({REGION_PATTERN})\.on\.aws)",
        host,
    )
    if match is None:
        return None
    account, region, suffix, dual_stack_region = match.groups()
    if dual_stack_region is not None:
        return account, dual_stack_region
    return (account, region) if suffix == partition_of(region).dns_suffix else None
