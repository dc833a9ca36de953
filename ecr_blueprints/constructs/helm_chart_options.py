"""What Helm chart repositories and their creation template have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecr_blueprints.constructs.argument_type import TEXT, TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.helm_chart import chart_tag, says_charts
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.wildcard import WILDCARD
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["DEFAULT_CHART_VERSIONS", "chart_retention", "check_chart_prefix"]

DEFAULT_CHART_VERSIONS: Final = 100
"""Versions of a chart that stay: a chart is small, and what is pinned to a version that went cannot sync."""

_ACCEPTED: Final = {
    "prefix": TEXT,
    "prefix_exception": TEXT,
    "versions": Accepted(types=(int,), words="a whole number of at least 1, or None to keep them all"),
    "keep": TEXTS,
}


def check_chart_prefix(prefix: str, exception: str | None, *, where: str) -> str:
    """Return the prefix, without a slash at its end, if charts and nothing else lie under it by its name.

    Args:
        prefix: As given; a token is not checked.
        exception: Why the prefix need not say so.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is no prefix, or ``ROOT``, or does not say that charts lie there.
    """
    given = {"prefix": prefix, "prefix_exception": exception}
    check_arguments(given, _ACCEPTED, where=where, required=("prefix",))
    if is_token(prefix):
        return prefix
    namespace = CreationTemplatePrefix(prefix)
    if namespace.is_root:
        raise InvalidValueError(
            "the prefix of a chart is ROOT, which holds every repository",
            where=where,
            allowed="a prefix under which charts lie, such as 'charts'",
        )
    if exception is None and not says_charts(namespace.namespace):
        raise InvalidValueError(
            f"the prefix {prefix!r} does not say that charts lie under it, and they would lie among images",
            where=where,
            allowed="a prefix with 'chart' or 'helm' in it, such as 'charts' or 'platform/charts'",
            fix=f"write prefix={f'charts/{namespace.namespace}'!r}, or give the reason as prefix_exception",
        )
    return namespace.namespace


def chart_retention(versions: int | None, keep: Sequence[str], *, where: str) -> Retention:
    """What is kept of each chart: the newest versions, and those that are named.

    ECR counts pre-releases as versions, also where another rule deletes them: every rule counts the whole
    inventory (facts §1.5).

    Args:
        versions: How many; None for all.
        keep: Versions, or patterns of versions, that stay whatever their number.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A number or pattern that cannot be.
    """
    check_arguments({"versions": versions, "keep": keep}, _ACCEPTED, where=where, required=("keep",))
    patterns = [chart_tag(one) for one in keep]
    try:
        if versions is None or WILDCARD in patterns:
            return Retention(keep=patterns)
        return Retention(keep=patterns, rollback=[WILDCARD], rollback_images=versions)
    except InvalidValueError as error:
        raise InvalidValueError(error.what, where=where, allowed=error.allowed, fix=error.fix) from None
