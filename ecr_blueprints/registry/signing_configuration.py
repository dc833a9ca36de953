"""The registry's signing configuration, as a source declares it."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = ["SigningConfiguration", "SigningRule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRule:
    """One rule: a profile, and the repositories whose images are signed with it (facts §8).

    Attributes:
        source: Where it was declared.
        profile_arn: The signing profile's ARN.
        filters: Wildcard filters, anchored at both ends. Empty: every repository.
    """

    source: SourceLocation
    profile_arn: Resolvable[str] | Malformed
    filters: tuple[Resolvable[str], ...] | Unresolved = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningConfiguration:
    """One per account and Region (facts §8).

    Attributes:
        source: Where it was declared.
        rules: At most ten.
    """

    source: SourceLocation
    rules: tuple[SigningRule | Unresolved, ...] | Unresolved = ()
