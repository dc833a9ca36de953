"""The tree of an organization of AWS Organizations: its root and its units."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_ATTACHED_POLICIES",
    "MAX_CONTROL_POLICY_LENGTH",
    "MAX_ORGANIZATION_POLICY_NAME_LENGTH",
    "ORGANIZATIONAL_UNIT_PATTERN",
    "PolicyType",
    "check_organizational_unit",
    "root_of",
]

ORGANIZATIONAL_UNIT_PATTERN: Final = r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}"
"""The id of a unit, or of the root, which stands for the whole organization.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

MAX_CONTROL_POLICY_LENGTH: Final = 5120
"""Characters of a service control policy, and of a resource control policy.

Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

MAX_ATTACHED_POLICIES: Final = 5
"""Policies of one type on a root, a unit or an account; AWS's own that allows everything is one of them.

Source: the same page.
"""

MAX_ORGANIZATION_POLICY_NAME_LENGTH: Final = 128
"""Characters. Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html"""


class PolicyType(StrEnum):
    """The policies of an organization that limit what its accounts can do; each type is enabled once.

    Neither holds for the management account, nor for roles that a service has made for itself (service-linked
    roles). Resource control policies hold for ECR since June 2025.

    Sources: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html and
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """

    SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
    """What principals of the accounts can do, wherever."""

    RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
    """What anybody can do with the accounts' resources; of a service that supports it."""


_UNIT: Final = re.compile(ORGANIZATIONAL_UNIT_PATTERN)


def check_organizational_unit(unit: str) -> str:
    """Return the id if it is one of an organizational unit, or of the organization's root.

    Args:
        unit: Such as ``ou-ab12-11111111`` or ``r-ab12``.

    Raises:
        InvalidValueError: It is not.
    """
    if not _UNIT.fullmatch(unit):
        raise InvalidValueError(
            f"{unit!r} is not the id of an organizational unit",
            where="organizational unit",
            allowed="ou-ab12-11111111, or r-ab12 for the root",
            fix="take the id from the console of AWS Organizations: a unit's name, path or ARN is none",
        )
    return unit


def root_of(unit: str) -> str:
    """The id of the root below which a unit is; of the root, its own.

    A unit's id has that of its root in the middle: ``ou-ab12-11111111`` is below ``r-ab12``.

    Args:
        unit: As `check_organizational_unit` takes it.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    return f"r-{unit.split('-')[1]}"
