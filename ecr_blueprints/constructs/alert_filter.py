"""Which alerts a team gets: the filter of its subscription on the message's body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecr_blueprints.constructs.argument_type import TEXTS, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.errors import InvalidValueError

__all__ = ["MAX_FILTER_VALUES", "FilterValue", "repository_filter"]

MAX_FILTER_VALUES: Final = 150
"""How many values a filter policy of one key can have.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
"""

FilterValue = str | dict[str, str]


def repository_filter(
    prefixes: Sequence[str] | None, repositories: Sequence[str] | None, *, arn_base: str, where: str
) -> list[FilterValue]:
    """The values of the message's ``repository`` that a team wants; empty where it wants all.

    Some events name a repository, others have its ARN or its image's: each is told in both ways.

    Args:
        prefixes: ``team-a`` for what lies under ``team-a/``.
        repositories: Names.
        arn_base: The ARN of a repository up to its name.
        where: The call, for the error.

    Raises:
        InvalidValueError: A text that is no prefix or name, or more than SNS takes.
    """
    given = {"prefixes": prefixes, "repositories": repositories}
    check_arguments(given, {"prefixes": TEXTS, "repositories": TEXTS}, where=where)
    values: list[FilterValue] = []
    for prefix in dict.fromkeys(prefixes or ()):
        namespace = f"{prefix.removesuffix('/')}/" if is_token(prefix) else _namespace(prefix, where)
        values += [{"prefix": namespace}, {"prefix": f"{arn_base}{namespace}"}]
    for name in dict.fromkeys(repositories or ()):
        if not is_token(name):
            RepositoryName(name)
        values += [name, f"{arn_base}{name}", {"prefix": f"{arn_base}{name}/sha256:"}]
    if not values and (prefixes is not None or repositories is not None):
        raise InvalidValueError(
            "no repository is named", where=where, fix="name a prefix, or leave prefixes out for every alert"
        )
    if len(values) > MAX_FILTER_VALUES:
        raise InvalidValueError(
            f"the filter has {len(values)} values, two for each prefix and three for each repository",
            where=where,
            allowed=f"at most {MAX_FILTER_VALUES}",
            fix="give the team a prefix of its own in place of many names",
        )
    return values


def _namespace(prefix: str, where: str) -> str:
    parsed = CreationTemplatePrefix(prefix)
    if parsed.is_root:
        raise InvalidValueError(
            "the prefix ROOT is every repository", where=where, fix="leave prefixes out for every alert"
        )
    return f"{parsed.namespace}/"
