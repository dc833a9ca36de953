"""The four grammars by which ECR's features select repositories, as types that cannot be mixed up.

==============================  =========================  ===========  ============  ==========
Feature                         ``prod`` means             ``prod/``    ``prod/*``    ``prod-``
==============================  =========================  ===========  ============  ==========
registry scanning               names that contain it      invalid      valid         invalid
managed signing                 that name (unverified)     invalid      valid         invalid
replication                     names that start with it   valid        invalid       valid
creation template, cache        names under ``prod/``      valid        invalid       invalid
==============================  =========================  ===========  ============  ==========

The table is facts §17; validity follows the published patterns. Every check and match takes linear time.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

from ecr_blueprints.domain.repository_name import REPOSITORY_NAME_PATTERN, ROOT
from ecr_blueprints.domain.wildcard import WILDCARD, matches_wildcard
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_CACHE_PREFIX_LENGTH",
    "MAX_CREATION_TEMPLATE_PREFIX_LENGTH",
    "MAX_REPLICATION_FILTER_LENGTH",
    "MAX_SCANNING_FILTER_LENGTH",
    "MAX_SIGNING_FILTER_LENGTH",
    "MIN_CACHE_PREFIX_LENGTH",
    "MIN_CREATION_TEMPLATE_PREFIX_LENGTH",
    "MIN_REPLICATION_FILTER_LENGTH",
    "MIN_SCANNING_FILTER_LENGTH",
    "MIN_SIGNING_FILTER_LENGTH",
    "PREFIX_PATTERN",
    "REPLICATION_FILTER_PATTERN",
    "REPLICATION_FILTER_TYPE",
    "ROOT",
    "SCANNING_FILTER_PATTERN",
    "SCANNING_FILTER_TYPE",
    "SIGNING_FILTER_PATTERN",
    "SIGNING_FILTER_TYPE",
    "CachePrefix",
    "CreationTemplatePrefix",
    "ReplicationFilter",
    "ScanningFilter",
    "SigningFilter",
]

SCANNING_FILTER_TYPE = "WILDCARD"
MIN_SCANNING_FILTER_LENGTH, MAX_SCANNING_FILTER_LENGTH = 1, 255
SCANNING_FILTER_PATTERN = r"[a-z0-9*]+(?:[._\-/][a-z0-9*]+)*"
"""A linear form of AWS's ``^[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*$``, which backtracks exponentially.

The facts test shows that both accept the same texts (facts §5).
Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html
"""

SIGNING_FILTER_TYPE = "WILDCARD_MATCH"
MIN_SIGNING_FILTER_LENGTH, MAX_SIGNING_FILTER_LENGTH = 1, 256
SIGNING_FILTER_PATTERN = r"(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*"
"""Facts §8; https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html."""

REPLICATION_FILTER_TYPE = "PREFIX_MATCH"
MIN_REPLICATION_FILTER_LENGTH, MAX_REPLICATION_FILTER_LENGTH = 2, 256
REPLICATION_FILTER_PATTERN = r"(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*"
"""Facts §7; https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html."""

MIN_CREATION_TEMPLATE_PREFIX_LENGTH, MAX_CREATION_TEMPLATE_PREFIX_LENGTH = 1, 256
MIN_CACHE_PREFIX_LENGTH, MAX_CACHE_PREFIX_LENGTH = 2, 30
PREFIX_PATTERN = rf"(?:{REPOSITORY_NAME_PATTERN}/?|{ROOT})"
"""Of creation templates and caches alike; only their lengths differ.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
(facts §2) and API_CreatePullThroughCacheRule.html beside it (facts §4).
"""


@dataclass(frozen=True, slots=True, order=True)
class _Filter(ABC):
    """What the grammars have in common: a text that is checked once and then matches names."""

    value: str

    title: ClassVar[str]
    allowed: ClassVar[str]
    _grammar: ClassVar[re.Pattern[str]]
    _lengths: ClassVar[tuple[int, int]]

    def __post_init__(self) -> None:
        """Check the text against the grammar."""
        if not self.accepts(self.value):
            minimum, maximum = self._lengths
            raise InvalidValueError(
                f"{self.value!r} is not a {self.title}{_mistaken_for(self.value, type(self))}",
                where=self.title,
                allowed=f"{self.allowed}, {minimum} to {maximum} characters",
                fix=_suggest(self.value, type(self)),
            )

    @classmethod
    def accepts(cls, text: str) -> bool:
        """Tell whether a text is valid in this grammar."""
        minimum, maximum = cls._lengths
        return minimum <= len(text) <= maximum and cls._grammar.fullmatch(text) is not None

    @property
    @abstractmethod
    def pattern(self) -> str:
        """The same selection as a pattern anchored at both ends, in which ``*`` is any run of characters."""

    def matches(self, name: str) -> bool:
        """Tell whether a repository name is selected."""
        return matches_wildcard(self.pattern, name)

    def __str__(self) -> str:
        return self.value


class ScanningFilter(_Filter):
    """A repository filter of the registry scanning configuration (``WILDCARD``).

    Without a wildcard it selects the names that **contain** it: ``prod`` also selects ``repo-prod-x``.
    With one it is anchored at both ends: ``prod/*`` begins with, ``*prod`` ends with.

    Args:
        value: 1 to 255 characters.

    Raises:
        InvalidValueError: The text is not valid here; a text of another grammar is recognized.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html (facts §5)
    """

    __slots__ = ()
    title = "scanning filter"
    allowed = (
        "lower-case letters, digits and '*', joined by one '.', '_', '-' or '/' at a time; no '/' at the end"
    )
    _grammar = re.compile(SCANNING_FILTER_PATTERN)
    _lengths = MIN_SCANNING_FILTER_LENGTH, MAX_SCANNING_FILTER_LENGTH

    @property
    def pattern(self) -> str:
        """The same selection as an anchored pattern: ``*prod*`` for ``prod``."""
        return self.value if WILDCARD in self.value else f"{WILDCARD}{self.value}{WILDCARD}"


class SigningFilter(_Filter):
    """A repository filter of a signing rule (``WILDCARD_MATCH``), anchored at both ends.

    That a filter without a wildcard selects exactly the repository of that name is presumed: AWS's
    examples all have one (unverified, facts §8).

    Args:
        value: 1 to 256 characters.

    Raises:
        InvalidValueError: The text is not valid here; a text of another grammar is recognized.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html (facts §8)
    """

    __slots__ = ()
    title = "signing filter"
    allowed = (
        "lower-case letters, digits and '*', joined by one '.', '_', '-' or '/' at a time; no '/' at the end"
    )
    _grammar = re.compile(SIGNING_FILTER_PATTERN)
    _lengths = MIN_SIGNING_FILTER_LENGTH, MAX_SIGNING_FILTER_LENGTH

    @property
    def pattern(self) -> str:
        """The filter itself."""
        return self.value


class ReplicationFilter(_Filter):
    """A repository filter of a replication rule (``PREFIX_MATCH``): what the name starts with.

    Nothing is implied: ``prod`` also selects ``production/api``. Write ``prod/`` for one namespace.

    Args:
        value: 2 to 256 characters.

    Raises:
        InvalidValueError: The text is not valid here; a text of another grammar is recognized.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html (facts §7)
    """

    __slots__ = ()
    title = "replication filter"
    allowed = "the beginning of a repository name, '/' at the end where a namespace is meant, without '*'"
    _grammar = re.compile(REPLICATION_FILTER_PATTERN)
    _lengths = MIN_REPLICATION_FILTER_LENGTH, MAX_REPLICATION_FILTER_LENGTH

    @property
    def pattern(self) -> str:
        """The same selection as an anchored pattern: ``prod*`` for ``prod``."""
        return f"{self.value}{WILDCARD}"


class _Prefix(_Filter):
    """A prefix with an implied slash; ``ROOT`` covers what no other prefix does."""

    __slots__ = ()
    allowed = (
        "a repository name's first parts, with or without '/' at the end, or ROOT for every name; no '*'"
    )
    _grammar = re.compile(PREFIX_PATTERN)

    @property
    def is_root(self) -> bool:
        """Whether this is the catch-all ``ROOT``."""
        return self.value == ROOT

    @property
    def namespace(self) -> str:
        """The prefix without the slash at its end, ``""`` for ``ROOT``: equal for ``prod`` and ``prod/``."""
        return "" if self.is_root else self.value.removesuffix("/")

    @property
    def specificity(self) -> int:
        """How specific the prefix is: ECR takes the highest that matches. 0 for ``ROOT`` (facts §2)."""
        return len(self.namespace)

    @property
    def pattern(self) -> str:
        """The same selection as an anchored pattern: ``prod/*`` for ``prod`` and ``prod/``."""
        return WILDCARD if self.is_root else f"{self.namespace}/{WILDCARD}"

    def overlaps(self, other: Self) -> bool:
        """Tell whether some name lies under both prefixes: they are equal, or one holds the other."""
        shorter, longer = sorted((self, other), key=lambda prefix: prefix.specificity)
        return shorter.is_root or f"{longer.namespace}/".startswith(f"{shorter.namespace}/")


class CreationTemplatePrefix(_Prefix):
    """The prefix of a repository creation template: names **under** it, not it itself.

    ECR implies a ``/`` at the end: ``prod`` covers ``prod/api`` and not ``production/api``. The most
    specific prefix wins, ``ROOT`` last.

    Args:
        value: 1 to 256 characters.

    Raises:
        InvalidValueError: The text is not valid here; a text of another grammar is recognized.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """

    __slots__ = ()
    title = "creation template prefix"
    _lengths = MIN_CREATION_TEMPLATE_PREFIX_LENGTH, MAX_CREATION_TEMPLATE_PREFIX_LENGTH


class CachePrefix(_Prefix):
    """The prefix under which a pull-through cache rule keeps its repositories; as for creation templates.

    Args:
        value: 2 to 30 characters.

    Raises:
        InvalidValueError: The text is not valid here; a text of another grammar is recognized.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html (facts §4)
    """

    __slots__ = ()
    title = "cache prefix"
    _lengths = MIN_CACHE_PREFIX_LENGTH, MAX_CACHE_PREFIX_LENGTH


_GRAMMARS: tuple[type[_Filter], ...] = (
    ScanningFilter,
    SigningFilter,
    ReplicationFilter,
    CreationTemplatePrefix,
    CachePrefix,
)

_NAMESPACE_SPELLINGS: dict[type[_Filter], Callable[[str], str]] = {
    ScanningFilter: "{}/*".format,
    SigningFilter: "{}/*".format,
    ReplicationFilter: "{}/".format,
    CreationTemplatePrefix: "{}".format,
    CachePrefix: "{}".format,
}
"""How each grammar spells *every repository under this namespace*."""

_START_SPELLINGS: dict[type[_Filter], Callable[[str], str]] = {
    ScanningFilter: "{}*".format,
    SigningFilter: "{}*".format,
    ReplicationFilter: "{}".format,
}
"""How each grammar spells *every name that starts so*; prefixes with an implied slash cannot."""


def _mistaken_for(text: str, grammar: type[_Filter]) -> str:
    """Half a sentence on the grammars in which the text is valid."""
    titles = [other.title for other in _GRAMMARS if other is not grammar and other.accepts(text)]
    return f" (it would be valid as {', '.join(titles)})" if titles else ""


def _suggest(text: str, grammar: type[_Filter]) -> str | None:
    """How this grammar spells what the text most likely means; None if that is not clear."""
    meant = text.strip().lower() if text != ROOT else text
    spelling: str | None = None
    reading = ""
    if meant in (WILDCARD, ROOT, "/*", "/"):
        if grammar is ReplicationFilter:
            return "leave the filters out to replicate every repository"
        spelling, reading = (ROOT if issubclass(grammar, _Prefix) else WILDCARD), "every repository"
    elif meant.endswith(("/", "/*")):
        namespace = meant.rstrip("/*").strip("/")
        spelling, reading = _NAMESPACE_SPELLINGS[grammar](namespace), f"every repository under {namespace}/"
    elif meant.endswith(("-", "_", ".", WILDCARD)):
        start = meant.rstrip(WILDCARD)
        if grammar in _START_SPELLINGS:
            spelling, reading = _START_SPELLINGS[grammar](start), f"every name that starts with {start}"
        else:
            namespace = start.rstrip("-_.")
            spelling, reading = (
                namespace,
                f"every repository under {namespace}/, the nearest that a prefix can say",
            )
    elif meant != text:
        spelling, reading = meant, "a name in lower case, which all names are"
    if spelling is None or not grammar.accepts(spelling):
        return None
    return f"write {spelling!r} for {reading}"
