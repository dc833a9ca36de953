"""``AWS::ECR::ReplicationConfiguration``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-replicationconfiguration.html
"""

from __future__ import annotations

from typing import Any, Final

from ecr_blueprints.cloudformation.readers.repository_filters import read_filters
from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_items,
    as_property_text,
    as_unresolved,
    malformed,
)
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_replication_configuration"]

RESOURCE_TYPE: Final = "AWS::ECR::ReplicationConfiguration"


def read_replication_configuration(resource: Resource) -> ReplicationConfiguration:
    """Reads the registry's replication configuration."""
    configuration = resource.get("ReplicationConfiguration")
    if isinstance(configuration, Unresolved):
        return ReplicationConfiguration(source=resource.source, rules=configuration)
    if not isinstance(configuration, dict):
        found = malformed(configuration, "ReplicationConfiguration is no mapping")
        return ReplicationConfiguration(source=resource.source, rules=as_unresolved(found))
    return ReplicationConfiguration(
        source=resource.source, rules=_rules(configuration.get("Rules"), resource.source)
    )


def _rules(value: Any, source: SourceLocation) -> tuple[ReplicationRule | Unresolved, ...] | Unresolved:
    items = as_items(value, "Rules")
    if items is None:
        return ()
    if isinstance(items, Malformed):
        return as_unresolved(items)
    if isinstance(items, Unresolved):
        return items
    return tuple(_rule(item, source) for item in items)


def _rule(item: Any, source: SourceLocation) -> ReplicationRule | Unresolved:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return as_unresolved(malformed(item, "an entry of Rules is no mapping"))
    return ReplicationRule(
        source=source,
        destinations=_destinations(item.get("Destinations")),
        filters=read_filters(item.get("RepositoryFilters")),
    )


def _destinations(value: Any) -> tuple[ReplicationDestination | Unresolved, ...] | Unresolved:
    items = as_items(value, "Destinations")
    if items is None:
        return ()
    if isinstance(items, Malformed):
        return as_unresolved(items)
    return items if isinstance(items, Unresolved) else tuple(map(_destination, items))


def _destination(item: Any) -> ReplicationDestination | Unresolved:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return as_unresolved(malformed(item, "an entry of Destinations is no mapping"))
    return ReplicationDestination(region=_text(item, "Region"), registry_id=_text(item, "RegistryId"))


def _text(item: dict[str, Any], name: str) -> str | Unresolved:
    text = as_property_text(item.get(name), name)
    if text is None:
        return as_unresolved(malformed(item, f"{name} is missing"))
    return as_unresolved(text) if isinstance(text, Malformed) else text
