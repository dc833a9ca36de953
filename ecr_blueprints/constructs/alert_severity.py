"""The severities of alerts, as they are given."""

from __future__ import annotations

from collections.abc import Sequence

from ecr_blueprints.constructs.argument_type import member_of
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.errors import InvalidValueError

__all__ = ["read_severities"]


def read_severities(severities: object, *, where: str) -> tuple[FindingSeverity, ...]:
    """The severities as given, gravest first.

    Args:
        severities: By members or words.
        where: The construct or call, for the error.

    Raises:
        InvalidValueError: No list, none, one twice, one that there is not.
    """
    if not isinstance(severities, Sequence) or isinstance(severities, str):
        raise InvalidValueError(
            f"severities is {severities!r}",
            where=where,
            allowed="a list of severities",
            fix='write severities=["CRITICAL", "HIGH"]',
        )
    given = [member_of(FindingSeverity, one, argument="a severity", where=where) for one in severities]
    if not given or len(set(given)) != len(given):
        raise InvalidValueError(
            "a severity is named twice" if given else "no severity is named",
            where=where,
            allowed=", ".join(FindingSeverity),
            fix="name each severity once",
        )
    return tuple(severity for severity in FindingSeverity if severity in given)
