"""What a repository name gets from its registry: template, cache, scanning, signing, replication.

Pure functions over the read model. The constructs answer ``registry.template_for(name)`` with them,
the review's rules judge with them and the read-back of a live registry is compared with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ROOT, ReplicationFilter, ScanningFilter, SigningFilter
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.wildcard import covers, intersects
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationDestination, ReplicationRule
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = [
    "EffectiveScanning",
    "cache_for",
    "replication_for",
    "scanning_for",
    "scanning_under",
    "signing_for",
    "signing_under",
    "template_for",
]

_Matches: TypeAlias = Callable[[str], bool]


def template_for(
    registry: Registry, repository_name: str, applied_for: AppliedFor | None = None
) -> CreationTemplate | None:
    """The creation template that a name would get, were ECR to create the repository.

    Args:
        registry: The registry to look in.
        repository_name: The name that does not exist yet.
        applied_for: The mechanism that would create it. Default: whichever; the template is found
            by prefix alone.

    Returns:
        The template of the longest matching prefix, ``ROOT`` if no other matches, None if nothing
        does. With ``applied_for``, None too if the template that matches is not applied for that
        mechanism: that a less specific template would then step in is not documented, and
        treated here as if it did not (unverified).

    Source: facts §2, https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """
    best: CreationTemplate | None = None
    for template in registry.creation_templates:
        prefix = template.known_prefix
        if prefix is None or not _is_under(repository_name, prefix):
            continue
        if best is None or _specificity(prefix) > _specificity(best.known_prefix or ROOT):
            best = template
    if best is None or applied_for is None or isinstance(best.applied_for, Unresolved):
        return best
    return best if isinstance(best.applied_for, tuple) and applied_for in best.applied_for else None


def cache_for(registry: Registry, repository_name: str) -> CacheRule | None:
    """The pull-through cache rule that a name falls under, the most specific prefix first; or None."""
    best: CacheRule | None = None
    for rule in registry.cache_rules:
        prefix = rule.known_prefix
        if prefix is None or not _is_under(repository_name, prefix):
            continue
        if best is None or _specificity(prefix) > _specificity(best.known_prefix or ROOT):
            best = rule
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveScanning:
    """How images under a name are scanned.

    Attributes:
        scan_type: The registry's scan type.
        frequency: None if no rule covers the name: not scanned at all with ``ENHANCED``, only by
            hand with ``BASIC`` (facts §5).
    """

    scan_type: ScanType
    frequency: ScanFrequency | None


def scanning_for(registry: Registry, repository_name: str) -> EffectiveScanning | Unresolved | None:
    """How a repository of this name is scanned.

    Returns:
        None if the source declares no scanning configuration; Unresolved if the answer depends on
        what is not known.
    """
    return _scanning(registry, lambda text: ScanningFilter(text).matches(repository_name))


def scanning_under(registry: Registry, prefix: str) -> EffectiveScanning | Unresolved | None:
    """How every repository under a prefix is scanned, whatever its name will be.

    A frequency counts only if one filter covers all names below the prefix. ``ROOT`` stands for
    every name. The result is as of :func:`scanning_for`.
    """
    names = "*" if prefix == ROOT else f"{prefix.rstrip('/')}/*"
    return _scanning(registry, lambda text: covers(ScanningFilter(text).pattern, names))


def signing_for(registry: Registry, repository_name: str) -> tuple[SigningRule, ...] | Unresolved:
    """The rules by which an image pushed under a name is signed, one signature for each profile (facts §8).

    Returns:
        Empty if nothing signs it; Unresolved if the answer depends on what is not known.
    """
    return _signing(registry, lambda text: SigningFilter(text).matches(repository_name))


def signing_under(registry: Registry, names: str) -> tuple[SigningRule, ...] | Unresolved:
    """The rules by which an image pushed under some of these names is signed.

    Args:
        registry: The registry to look in.
        names: A name, or a pattern in which ``*`` is any run of characters.

    Returns:
        As of :func:`signing_for`, which it equals for a name.
    """
    return _signing(registry, lambda text: intersects(SigningFilter(text).pattern, names))


def _signing(registry: Registry, matches: _Matches) -> tuple[SigningRule, ...] | Unresolved:
    found: list[SigningRule] = []
    for configuration in registry.signing:
        if isinstance(configuration.rules, Unresolved):
            return configuration.rules
        for rule in configuration.rules:
            if isinstance(rule, Unresolved):
                return rule
            verdict = _selects(rule.filters, matches)
            if isinstance(verdict, Unresolved):
                return verdict
            if verdict:
                found.append(rule)
    return tuple(found)


def replication_for(
    registry: Registry, repository_name: str
) -> tuple[ReplicationDestination, ...] | Unresolved:
    """The registries to which what is pushed under a name is copied, each once (facts §7).

    Returns:
        Empty if it is copied nowhere; Unresolved if the answer depends on what is not known.
    """
    found: list[ReplicationDestination] = []
    for configuration in registry.replication:
        if isinstance(configuration.rules, Unresolved):
            return configuration.rules
        for rule in configuration.rules:
            if isinstance(rule, Unresolved):
                return rule
            verdict = _selects(rule.filters, lambda text: ReplicationFilter(text).matches(repository_name))
            if isinstance(verdict, Unresolved):
                return verdict
            if verdict:
                destinations = _known_destinations(rule)
                if isinstance(destinations, Unresolved):
                    return destinations
                found += destinations
    return tuple(dict.fromkeys(found))


def _known_destinations(rule: ReplicationRule) -> tuple[ReplicationDestination, ...] | Unresolved:
    if isinstance(rule.destinations, Unresolved):
        return rule.destinations
    known: list[ReplicationDestination] = []
    for destination in rule.destinations:
        if isinstance(destination, Unresolved):
            return destination
        known.append(destination)
    return tuple(known)


def _selects(filters: tuple[str | Unresolved, ...] | Unresolved, matches: _Matches) -> bool | Unresolved:
    """Whether one of a rule's filters matches; no filters select everything."""
    if isinstance(filters, Unresolved):
        return filters
    doubt: Unresolved | None = None
    for text in filters:
        if isinstance(text, Unresolved):
            doubt = text
            continue
        try:
            if matches(text):
                return True
        except InvalidValueError:
            continue  # An invalid filter selects nothing; it is reported for itself.
    return doubt if doubt is not None else not filters


def _scanning(registry: Registry, matches: _Matches) -> EffectiveScanning | Unresolved | None:
    found = {_scanning_by(configuration, matches) for configuration in registry.scanning}
    if len(found) > 1:
        # Of several only one is in force: the one whose condition holds, or the one deployed last.
        return Unresolved("ScanType", depends_on="which of its scanning configurations a registry has")
    return next(iter(found), None)


def _scanning_by(configuration: ScanningConfiguration, matches: _Matches) -> EffectiveScanning | Unresolved:
    if not isinstance(configuration.scan_type, ScanType):
        return _unknown(configuration)
    if isinstance(configuration.rules, Unresolved):
        return configuration.rules
    found: set[ScanFrequency] = set()
    doubt: Unresolved | None = None
    for rule in configuration.rules:
        verdict = _rule_matches(rule, matches)
        if isinstance(verdict, Unresolved):
            doubt = verdict
        elif verdict and isinstance(rule, ScanningRule) and isinstance(rule.frequency, ScanFrequency):
            found.add(rule.frequency)
    # Where both frequencies cover a repository, continuous scanning wins (facts §5).
    for frequency in (ScanFrequency.CONTINUOUS_SCAN, ScanFrequency.SCAN_ON_PUSH):
        if frequency in found:
            return EffectiveScanning(scan_type=configuration.scan_type, frequency=frequency)
    if doubt is not None:
        return doubt
    return EffectiveScanning(scan_type=configuration.scan_type, frequency=None)


def _rule_matches(rule: ScanningRule | Unresolved, matches: _Matches) -> bool | Unresolved:
    if isinstance(rule, Unresolved):
        return rule
    if isinstance(rule.filters, Unresolved):
        return rule.filters
    doubt: Unresolved | None = rule.frequency if isinstance(rule.frequency, Unresolved) else None
    for text in rule.filters:
        if isinstance(text, Unresolved):
            doubt = text
            continue
        try:
            if matches(text):
                return doubt if isinstance(rule.frequency, Unresolved) and doubt is not None else True
        except InvalidValueError:
            continue  # An invalid filter covers nothing; it is reported for itself.
    return doubt if doubt is not None else False


def _unknown(configuration: ScanningConfiguration) -> Unresolved:
    if isinstance(configuration.scan_type, Unresolved):
        return configuration.scan_type
    return Unresolved("ScanType", depends_on="a valid scan type")


def _is_under(name: str, prefix: str) -> bool:
    return prefix == ROOT or name.startswith(f"{prefix}/")


def _specificity(prefix: str) -> int:
    return -1 if prefix == ROOT else len(prefix)
