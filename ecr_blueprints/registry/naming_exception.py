"""A name that need not follow the registry's naming convention."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.domain.wildcard import matches_wildcard

__all__ = ["NamingException"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingException:
    """A recorded exception.

    Attributes:
        names: A repository's full name, or a pattern with ``*`` such as ``base/*``.
        reason: Why, in a person's words.
    """

    names: str
    reason: str

    def covers(self, repository_name: str) -> bool:
        """Whether the exception is for this name."""
        return matches_wildcard(self.names, repository_name)
