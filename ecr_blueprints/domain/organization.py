"""The tree of an organization of AWS Organizations: its root and its units."""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = ["ORGANIZATIONAL_UNIT_PATTERN", "check_organizational_unit"]

ORGANIZATIONAL_UNIT_PATTERN: Final = r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}"
"""The id of a unit, or of the root, which stands for the whole organization.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

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
