"""Names of parameters in Systems Manager's Parameter Store."""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_PARAMETER_LEVELS",
    "MAX_PARAMETER_NAME_LENGTH",
    "PARAMETER_NAME_PATTERN",
    "check_parameter_name",
]

PARAMETER_NAME_PATTERN: Final = r"(?:/?[A-Za-z0-9_.-]+)(?:/[A-Za-z0-9_.-]+)*"
MAX_PARAMETER_NAME_LENGTH: Final = 1_011
"""Characters of a name, without what AWS puts before it in its ARN."""
MAX_PARAMETER_LEVELS: Final = 15
"""Levels of a hierarchy.

Source, for all three: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""


def check_parameter_name(name: str) -> str:
    """Return the name if a parameter of one's own can have it.

    Raises:
        InvalidValueError: It cannot.
    """
    levels = name.removeprefix("/").split("/")
    reserved = levels[0].lower().startswith(("aws", "ssm"))
    if (
        reserved
        or len(name) > MAX_PARAMETER_NAME_LENGTH
        or len(levels) > MAX_PARAMETER_LEVELS
        or not re.fullmatch(PARAMETER_NAME_PATTERN, name)
    ):
        raise InvalidValueError(
            f"{name!r} is not the name of a parameter of Systems Manager",
            where="parameter",
            allowed=f"letters, digits and _ . - in up to {MAX_PARAMETER_LEVELS} levels, not beginning with "
            "aws or ssm, such as /network/vpc-id",
        )
    return name
