"""A warning that a limit of AWS is nearly used up, with an id that can be acknowledged."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from constructs import IConstruct

from ecr_blueprints.domain.quotas import NEARLY_FULL

__all__ = ["QUOTA_WARNING", "warn_of_quota"]

QUOTA_WARNING: Final = "ecr-blueprints:quota-"
"""The beginning of the ids of warnings that a quota is used from 80 %."""


def warn_of_quota(
    construct: IConstruct, name: str, *, used: int, limit: int, what: str, advice: str, raised: bool = False
) -> None:
    """Warn at a construct from 80 % of a limit.

    Args:
        construct: What uses it.
        name: The end of the warning's id, of lower-case words with hyphens.
        used: How much is used.
        limit: How much there is.
        what: What is counted, and of what.
        advice: What to do before it is used up.
        raised: Whether AWS raises it on request. What it does not raise is refused beyond, not warned of.

    Practices: REG-5
    """
    if NEARLY_FULL * limit <= used and (raised or used <= limit):
        cdk.Validations.of(construct).add_warning(
            f"{QUOTA_WARNING}{name}", f"{used:,} of {limit:,} {what} are used; {advice}"
        )
