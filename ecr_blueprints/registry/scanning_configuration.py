"""The registry's scanning configuration, as a source declares it."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = ["ScanningConfiguration", "ScanningRule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningRule:
    """One rule: a frequency and the filters of the repositories that it covers.

    Attributes:
        frequency: How often a matching repository's images are scanned.
        filters: Wildcard filters as written; a filter without ``*`` means *contains* (facts §17).
    """

    frequency: Resolvable[ScanFrequency] | Malformed
    filters: tuple[Resolvable[str], ...] | Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningConfiguration:
    """One per account and Region (facts §5).

    Attributes:
        source: Where it was declared.
        scan_type: ``BASIC`` or ``ENHANCED``.
        rules: At most two.
    """

    source: SourceLocation
    scan_type: Resolvable[ScanType] | Malformed
    rules: tuple[ScanningRule | Unresolved, ...] | Unresolved = ()
