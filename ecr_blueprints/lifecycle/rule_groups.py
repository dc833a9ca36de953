"""Groups of lifecycle rules that do what one says: *or* over patterns, protection, archive then delete.

Put them together with `LifecyclePolicy.in_order`, protection first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from ecr_blueprints.domain.tags import TagPattern
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.grammar import CountType, TagStatus
from ecr_blueprints.lifecycle.rule import MAXIMUM_NUMBER, MINIMUM_ARCHIVED_DAYS, LifecycleRule

__all__ = [
    "any_of",
    "archive_then_expire",
    "check_number",
    "checked_archive_clock",
    "checked_patterns",
    "keep_while_pulled",
    "protect",
]


def protect(*patterns: str) -> tuple[LifecycleRule, ...]:
    """Shields: images with a tag of any of the patterns are out of reach of all rules that follow.

    ECR never acts by a lower priority on an image that meets the tag requirement of a higher one
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html), so the shields go first.

    Args:
        patterns: One or more, each protected on its own.

    Raises:
        InvalidValueError: no pattern, the same twice, or one that is no tag pattern.
    """
    return tuple(
        LifecycleRule.shield(pattern, description=f"Keep {pattern}")
        for pattern in checked_patterns(patterns, "protect(…)")
    )


def any_of(patterns: Sequence[str], rule: LifecycleRule) -> tuple[LifecycleRule, ...]:
    """One rule for each pattern: images with a tag of this **or** that pattern.

    ECR joins the entries of one list with *and*; *or* is several rules (facts §1.2).

    Args:
        patterns: One or more.
        rule: What to do: count type, number, action and storage class are taken; its tags are replaced.

    Raises:
        InvalidValueError: no pattern, the same twice, or one that is no tag pattern.
    """
    return tuple(
        replace(rule, tag_status=TagStatus.TAGGED, tag_patterns=(pattern,), tag_prefixes=())
        for pattern in checked_patterns(patterns, "any_of(patterns=…)")
    )


def archive_then_expire(
    patterns: Sequence[str],
    *,
    archive_after_days: int,
    expire_after_days: int,
    since: CountType = CountType.SINCE_IMAGE_PUSHED,
) -> tuple[LifecycleRule, ...]:
    """Archive images, and delete them when they have been in the archive long enough.

    Two rules for each pattern: one that archives, in the standard storage class, and one that expires, in
    the archive class. An archived image cannot be pulled; restoring it takes up to 20 minutes (facts §9).

    Args:
        patterns: One or more tag patterns; an image with a tag of any of them is meant.
        archive_after_days: At least 1.
        expire_after_days: Days in the archive, at least 90: ECR deletes no image earlier
            (https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html).
        since: ``sinceImagePushed`` or ``sinceImagePulled``. Default: since the push.

    Raises:
        InvalidValueError: a pattern or number that cannot be.
    """
    since = checked_archive_clock(since, "archive_then_expire(since=…)")
    listed = checked_patterns(patterns, "archive_then_expire(patterns=…)")
    check_number(archive_after_days, "archive_then_expire(archive_after_days=…)")
    check_number(
        expire_after_days, "archive_then_expire(expire_after_days=…)", at_least=MINIMUM_ARCHIVED_DAYS
    )
    clock = "last pull" if since is CountType.SINCE_IMAGE_PULLED else "push"
    archive = tuple(
        LifecycleRule.archive(
            pattern,
            after_days=archive_after_days,
            since=since,
            description=f"Archive {pattern} {archive_after_days} days after its {clock}",
        )
        for pattern in listed
    )
    expire = tuple(
        LifecycleRule.expire_archived(
            pattern,
            after_days=expire_after_days,
            description=f"Delete {pattern} after {expire_after_days} days in the archive",
        )
        for pattern in listed
    )
    return archive + expire


def keep_while_pulled(
    patterns: Sequence[str], *, idle_days: int, expire_after_days: int = MINIMUM_ARCHIVED_DAYS
) -> tuple[LifecycleRule, ...]:
    """Images live as long as somebody pulls them; idle ones are archived, then deleted.

    ECR cannot delete by last pull, only archive. Whatever pulls counts, so exclude scanners from the pull
    time (pull-time update exclusions), or nothing ever becomes idle.

    Args:
        patterns: One or more tag patterns.
        idle_days: Days without a pull, at least 1.
        expire_after_days: Days in the archive, at least 90. Default: 90.

    Raises:
        InvalidValueError: a pattern or number that cannot be.
    """
    return archive_then_expire(
        patterns,
        archive_after_days=idle_days,
        expire_after_days=expire_after_days,
        since=CountType.SINCE_IMAGE_PULLED,
    )


def checked_archive_clock(since: CountType, where: str) -> CountType:
    """The clock by which a rule may archive, as a `CountType`.

    Args:
        since: ``sinceImagePushed`` or ``sinceImagePulled``.
        where: The argument, for the error.

    Raises:
        InvalidValueError: it is another.
    """
    for clock in (CountType.SINCE_IMAGE_PUSHED, CountType.SINCE_IMAGE_PULLED):
        if since == clock:
            return clock
    raise InvalidValueError(
        f"{since!r} is no clock to archive by",
        where=where,
        allowed=f"{CountType.SINCE_IMAGE_PUSHED}, {CountType.SINCE_IMAGE_PULLED}",
        fix="use CountType.SINCE_IMAGE_PUSHED or CountType.SINCE_IMAGE_PULLED",
    )


def checked_patterns(given: Iterable[str], where: str) -> tuple[str, ...]:
    """The patterns as a tuple, one text as one pattern; those of a set in the order of their letters.

    Args:
        given: One or more tag patterns.
        where: The argument, for the error.

    Raises:
        InvalidValueError: none, the same twice, or one that no tag can match.
    """
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, Iterable):
        raise InvalidValueError(
            f"{given!r} is no list of tag patterns",
            where=where,
            allowed="tag patterns",
            fix='write for example ["release-*"]',
        )
    # A set has another order in every run of Python, and with it would the rules.
    patterns = tuple(sorted(given, key=str) if isinstance(given, Set) else given)
    if not patterns:
        raise InvalidValueError("no pattern is given", where=where, fix='write for example "release-*"')
    for position, pattern in enumerate(patterns):
        if not isinstance(pattern, str):
            raise InvalidValueError(
                f"{pattern!r} is no text",
                where=where,
                allowed="tag patterns",
                fix='write for example "release-*"',
            )
        try:
            example = TagPattern(pattern).example()
        except InvalidValueError as refused:
            raise InvalidValueError(
                refused.what, where=where, allowed=refused.allowed, fix=refused.fix
            ) from None
        if example is None:
            raise InvalidValueError(
                f"no tag can match {pattern!r}",
                where=where,
                allowed="A-Z a-z 0-9 _ . - and the wildcard *, not starting with . or -",
                fix="write a pattern of tags; a repository name does not belong here",
            )
        if pattern in patterns[:position]:
            raise InvalidValueError(f"{pattern!r} is given twice", where=where, fix="give each pattern once")
    return patterns


def check_number(value: int, where: str, *, at_least: int = 1, unit: str = "days") -> None:
    """Refuse what is no number of days or images.

    Args:
        value: A whole number.
        where: The argument, for the error.
        at_least: The smallest that is allowed. Default: 1.
        unit: What is counted. Default: days.

    Raises:
        InvalidValueError: it is not, or too small, or beyond `MAXIMUM_NUMBER`.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= MAXIMUM_NUMBER:
        raise InvalidValueError(
            f"{value!r} is no number of {unit}",
            where=where,
            allowed=f"a whole number of at least {at_least} and at most {MAXIMUM_NUMBER:,}",
            fix=f"write {at_least} or more",
        )
