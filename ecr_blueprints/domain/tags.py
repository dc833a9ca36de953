"""Image tags: their grammar, the patterns that select them, and whether a pushed tag can be moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.domain.quotas import MUTABILITY_EXCLUSION_FILTERS
from ecr_blueprints.domain.wildcard import WILDCARD, matches_wildcard
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "EXCLUSION_FILTER_PATTERN",
    "EXCLUSION_FILTER_TYPE",
    "IMAGE_TAG_PATTERN",
    "MAX_EXCLUSIONS",
    "MAX_EXCLUSION_FILTER_LENGTH",
    "MAX_IMAGE_TAG_LENGTH",
    "MAX_TAG_PATTERN_WILDCARDS",
    "ExclusionFilter",
    "MutabilityMode",
    "TagMutability",
    "TagPattern",
    "check_image_tag",
    "is_image_tag",
]

MAX_IMAGE_TAG_LENGTH = 128
IMAGE_TAG_PATTERN = r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}"
"""The grammar of a tag, by the OCI distribution specification; ECR's API only says 1 to 300 characters.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

MAX_TAG_PATTERN_WILDCARDS = 4
"""Wildcards in one entry of ``tagPatternList``.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html (facts §1.1)
"""

EXCLUSION_FILTER_TYPE = "WILDCARD"
MAX_EXCLUSION_FILTER_LENGTH = 128
EXCLUSION_FILTER_PATTERN = r"[0-9a-zA-Z._*-]{1,128}"
"""The grammar of a mutability exclusion filter.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
"""

MAX_EXCLUSIONS = MUTABILITY_EXCLUSION_FILTERS.value
"""Exclusion filters per repository or creation template; at least one where the mode has exclusions."""

_IMAGE_TAG = re.compile(IMAGE_TAG_PATTERN)
_EXCLUSION_FILTER = re.compile(EXCLUSION_FILTER_PATTERN)


def is_image_tag(tag: str) -> bool:
    """Tell whether a text can be the tag of an image."""
    return _IMAGE_TAG.fullmatch(tag) is not None


def check_image_tag(tag: str) -> str:
    """Return the tag if an image can have it.

    Args:
        tag: 1 to 128 letters, digits, ``_``, ``.`` and ``-``; neither ``.`` nor ``-`` first.

    Raises:
        InvalidValueError: It cannot.
    """
    if not is_image_tag(tag):
        raise InvalidValueError(
            f"{tag!r} is not an image tag",
            where="image tag",
            allowed=f"1 to {MAX_IMAGE_TAG_LENGTH} letters, digits, '_', '.', '-'; neither '.' nor '-' first",
        )
    return tag


@dataclass(frozen=True, slots=True, order=True)
class TagPattern:
    """One entry of a lifecycle rule's ``tagPatternList``.

    ``*`` stands for any run of characters, also none; the pattern is anchored at both ends: ``prod*``
    begins with, ``*prod*`` contains (facts §1.2). What characters ECR accepts besides ``*`` is not
    documented, so that no other is refused here; see `example` for a pattern that no tag can match.

    Args:
        value: At least one character, at most four ``*``.

    Raises:
        InvalidValueError: The pattern is empty or has more than four wildcards.
    """

    value: str

    def __post_init__(self) -> None:
        """Check what ECR is known to refuse."""
        wildcards = self.value.count(WILDCARD)
        if not self.value:
            raise InvalidValueError(
                "a tag pattern is empty", where="tag pattern", fix="write '*' for every tag"
            )
        if wildcards > MAX_TAG_PATTERN_WILDCARDS:
            raise InvalidValueError(
                f"the tag pattern {self.value!r} has {wildcards} wildcards",
                where="tag pattern",
                allowed=f"at most {MAX_TAG_PATTERN_WILDCARDS}",
                fix="shorten the pattern, or select the tags by more than one rule",
            )

    def matches(self, tag: str) -> bool:
        """Tell whether the whole tag matches."""
        return matches_wildcard(self.value, tag)

    def example(self) -> str | None:
        """A shortest tag that an image can have and that matches; None if there is no such tag."""
        literal = self.value.replace(WILDCARD, "")
        if is_image_tag(literal):
            return literal
        filled = f"a{literal}"
        return filled if self.value.startswith(WILDCARD) and is_image_tag(filled) else None

    def __str__(self) -> str:
        return self.value


class MutabilityMode(StrEnum):
    """The tag mutability of a repository or creation template (facts §13).

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """

    MUTABLE = "MUTABLE"
    """A tag can be moved to another image. ECR's default."""

    IMMUTABLE = "IMMUTABLE"
    """Overwriting a tag fails with ``ImageTagAlreadyExistsException``."""

    MUTABLE_WITH_EXCLUSION = "MUTABLE_WITH_EXCLUSION"
    """Tags can be moved, except those that an exclusion matches."""

    IMMUTABLE_WITH_EXCLUSION = "IMMUTABLE_WITH_EXCLUSION"
    """Tags cannot be moved, except those that an exclusion matches."""

    @property
    def has_exclusions(self) -> bool:
        """Whether the mode requires exclusion filters; the other modes refuse them."""
        return self in (MutabilityMode.MUTABLE_WITH_EXCLUSION, MutabilityMode.IMMUTABLE_WITH_EXCLUSION)


@dataclass(frozen=True, slots=True, order=True)
class ExclusionFilter:
    """A pattern of tags that are excluded from a repository's mutability mode.

    ``*`` stands for any run of characters. Terraform's AWS provider refuses more than two of them; AWS's
    models do not say so, and it is not checked here (unverified).

    Args:
        pattern: 1 to 128 letters, digits, ``.``, ``_``, ``-`` and ``*``.

    Raises:
        InvalidValueError: The text is no such pattern.
    """

    pattern: str

    def __post_init__(self) -> None:
        """Check the text."""
        if not _EXCLUSION_FILTER.fullmatch(self.pattern):
            raise InvalidValueError(
                f"{self.pattern!r} is not a tag mutability exclusion filter",
                where="tag mutability",
                allowed=f"1 to {MAX_EXCLUSION_FILTER_LENGTH} letters, digits, '.', '_', '-' and '*'",
            )

    @property
    def matches_every_tag(self) -> bool:
        """Whether the filter consists of wildcards alone."""
        return not self.pattern.strip(WILDCARD)

    def matches(self, tag: str) -> bool:
        """Tell whether the whole tag matches."""
        return matches_wildcard(self.pattern, tag)

    def __str__(self) -> str:
        return self.pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class TagMutability:
    """Whether the tags of a repository can be moved once they are pushed.

    Attributes:
        mode: One of ECR's four modes. Default: ``MUTABLE``, as ECR's.
        exclusions: 1 to 5 filters in the two modes with exclusions, none in the others.

    Raises:
        InvalidValueError: Mode and exclusions do not go together.
    """

    mode: MutabilityMode = MutabilityMode.MUTABLE
    exclusions: tuple[ExclusionFilter, ...] = ()

    def __post_init__(self) -> None:
        """Check that mode and exclusions go together."""
        if not isinstance(self.mode, MutabilityMode):
            raise InvalidValueError(
                f"{self.mode!r} is not a tag mutability mode",
                where="tag mutability",
                allowed=", ".join(f"MutabilityMode.{mode.name}" for mode in MutabilityMode),
            )
        count = len(self.exclusions)
        if self.mode.has_exclusions and not 1 <= count <= MAX_EXCLUSIONS:
            raise InvalidValueError(
                f"{self.mode} has {count} exclusion filters",
                where="tag mutability",
                allowed=f"1 to {MAX_EXCLUSIONS}",
                fix=(
                    f"use {self.mode.removesuffix('_WITH_EXCLUSION')}, or add the tags to exclude"
                    if count == 0
                    else "join filters by a wildcard"
                ),
            )
        if not self.mode.has_exclusions and count:
            raise InvalidValueError(
                f"{self.mode} does not take exclusion filters, and {count} were given",
                where="tag mutability",
                fix=f"use {self.mode}_WITH_EXCLUSION, or leave the exclusions out",
            )

    def is_overwritable(self, tag: str) -> bool:
        """Tell whether a pushed tag can be moved to another image."""
        excluded = any(exclusion.matches(tag) for exclusion in self.exclusions)
        if self.mode in (MutabilityMode.IMMUTABLE, MutabilityMode.IMMUTABLE_WITH_EXCLUSION):
            return excluded
        return not excluded

    @property
    def defeats_immutability(self) -> bool:
        """Whether the mode says immutable and yet leaves every tag movable.

        That is so exactly where an exclusion consists of wildcards alone. Any other exclusion holds a
        literal character, so that it can match the one-character tag ``c`` only if all its literals are
        ``c``: five exclusions free at most five of the 63 one-character tags. A broad exclusion such as
        ``v*`` therefore does not count here; whether it frees tags that matter is for a rule to judge.
        """
        return self.mode is MutabilityMode.IMMUTABLE_WITH_EXCLUSION and any(
            exclusion.matches_every_tag for exclusion in self.exclusions
        )
