"""How the settings that a registry has once differ from what is declared of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationConfiguration, ReplicationRule
from ecr_blueprints.registry.repository_drift import policy_differences
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["singleton_drifts"]

_EVERYTHING = "*"


def singleton_drifts(live: Registry, declared: Registry) -> Iterator[Drift]:
    """The registry policy, scanning, replication and signing that both have and that differ.

    Args:
        live: The registry that exists.
        declared: The one that the templates declare.
    """
    identifier = str(live.account)
    if live.policies and declared.policies:
        yield from _drift(
            "AWS::ECR::RegistryPolicy",
            identifier,
            declared.policies[0].source,
            policy_differences(live.policies[0].policy, declared.policies[0].policy, "PolicyText"),
        )
    if live.scanning and declared.scanning:
        yield from _drift(
            "AWS::ECR::RegistryScanningConfiguration",
            identifier,
            declared.scanning[0].source,
            _scanning(live.scanning[0], declared.scanning[0]),
        )
    if live.replication and declared.replication:
        yield from _drift(
            "AWS::ECR::ReplicationConfiguration",
            identifier,
            declared.replication[0].source,
            _pairs(
                "ReplicationConfiguration", _copies(live.replication[0]), _copies(declared.replication[0])
            ),
        )
    if live.signing and declared.signing:
        yield from _drift(
            "AWS::ECR::SigningConfiguration",
            identifier,
            declared.signing[0].source,
            _pairs("Rules", _signatures(live.signing[0]), _signatures(declared.signing[0])),
        )


def _drift(
    resource_type: str, identifier: str, source: SourceLocation, differences: Iterator[Difference]
) -> Iterator[Drift]:
    found = tuple(differences)
    if found:
        yield Drift(resource_type=resource_type, identifier=identifier, source=source, differences=found)


def _scanning(live: ScanningConfiguration, declared: ScanningConfiguration) -> Iterator[Difference]:
    if not isinstance(declared.scan_type, ScanType) or isinstance(live.scan_type, Unresolved | Malformed):
        yield Difference(
            property="ScanType", impact=Impact.OPEN, message="cannot be compared: the template leaves it open"
        )
    elif live.scan_type is not declared.scan_type:
        weaker = declared.scan_type is ScanType.BASIC
        yield Difference(
            property="ScanType",
            impact=Impact.LOSES if weaker else Impact.CHANGES,
            message=f"{live.scan_type} becomes {declared.scan_type}",
        )
    yield from _pairs("Rules", _scans(live), _scans(declared))


def _pairs(
    name: str,
    live: Collection[tuple[str, str]] | Unresolved,
    declared: Collection[tuple[str, str]] | Unresolved,
) -> Iterator[Difference]:
    """The differences of rules, each taken apart into what is done and the filter of names."""
    if isinstance(live, Unresolved) or isinstance(declared, Unresolved):
        value = live if isinstance(live, Unresolved) else declared
        assert isinstance(value, Unresolved)
        yield Difference(
            property=name,
            impact=Impact.OPEN,
            message=f"cannot be compared: {value.depends_on or value.expression}",
        )
        return
    for what, names in live:
        if (what, names) not in declared:
            yield Difference(property=name, impact=Impact.LOSES, message=f"no longer {what}: {names}")
    for what, names in declared:
        if (what, names) not in live:
            yield Difference(property=name, impact=Impact.CHANGES, message=f"from then on {what}: {names}")


def _scans(configuration: ScanningConfiguration) -> dict[tuple[str, str], None] | Unresolved:
    found: dict[tuple[str, str], None] = {}
    if isinstance(configuration.rules, Unresolved):
        return configuration.rules
    for rule in configuration.rules:
        if not isinstance(rule, ScanningRule):
            return rule
        filters = _filters(rule.filters)
        if isinstance(filters, Unresolved):
            return filters
        found.update(dict.fromkeys((f"scanned by {rule.frequency}", one) for one in filters))
    return found


def _copies(configuration: ReplicationConfiguration) -> dict[tuple[str, str], None] | Unresolved:
    found: dict[tuple[str, str], None] = {}
    if isinstance(configuration.rules, Unresolved):
        return configuration.rules
    for rule in configuration.rules:
        if not isinstance(rule, ReplicationRule):
            return rule
        filters = _filters(rule.filters)
        if isinstance(filters, Unresolved):
            return filters
        if isinstance(rule.destinations, Unresolved):
            return rule.destinations
        for destination in rule.destinations:
            if isinstance(destination, Unresolved):
                return destination
            place = f"copied to {destination.registry_id}/{destination.region}"
            found.update(dict.fromkeys((place, one) for one in filters))
    return found


def _signatures(configuration: SigningConfiguration) -> dict[tuple[str, str], None] | Unresolved:
    found: dict[tuple[str, str], None] = {}
    if isinstance(configuration.rules, Unresolved):
        return configuration.rules
    for rule in configuration.rules:
        if not isinstance(rule, SigningRule):
            return rule
        filters = _filters(rule.filters)
        if isinstance(filters, Unresolved):
            return filters
        profile = rule.profile_arn
        who = profile if isinstance(profile, str) else "a profile that the stack makes"
        found.update(dict.fromkeys((f"signed with {who}", one) for one in filters))
    return found


def _filters(filters: object) -> tuple[str, ...] | Unresolved:
    """The filters as texts; none at all select everything."""
    if isinstance(filters, Unresolved):
        return filters
    assert isinstance(filters, tuple)
    for one in filters:
        if isinstance(one, Unresolved):
            return one
    return filters or (_EVERYTHING,)
