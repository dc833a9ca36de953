"""``AWS::ECR::RegistryScanningConfiguration``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-registryscanningconfiguration.html
"""

from __future__ import annotations

from typing import Any, Final

from ecr_blueprints.cloudformation.readers.repository_filters import read_filters
from ecr_blueprints.cloudformation.readers.resource import (
    Resource,
    as_items,
    as_member,
    as_unresolved,
    malformed,
)
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_scanning_configuration"]

RESOURCE_TYPE: Final = "AWS::ECR::RegistryScanningConfiguration"


def read_scanning_configuration(resource: Resource) -> ScanningConfiguration:
    """Reads the registry's scanning configuration."""
    scan_type = as_member(ScanType, resource.get("ScanType"), "ScanType")
    return ScanningConfiguration(
        source=resource.source,
        scan_type=malformed(None, "ScanType is missing") if scan_type is None else scan_type,
        rules=_rules(resource),
    )


def _rules(resource: Resource) -> tuple[ScanningRule | Unresolved, ...] | Unresolved:
    items = as_items(resource.get("Rules"), "Rules")
    if items is None:
        return ()
    if isinstance(items, Malformed):
        return as_unresolved(items)
    return items if isinstance(items, Unresolved) else tuple(map(_rule, items))


def _rule(item: Any) -> ScanningRule | Unresolved:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return as_unresolved(malformed(item, "an entry of Rules is no mapping"))
    frequency = as_member(ScanFrequency, item.get("ScanFrequency"), "ScanFrequency")
    return ScanningRule(
        frequency=malformed(item, "ScanFrequency is missing") if frequency is None else frequency,
        filters=read_filters(item.get("RepositoryFilters")),
    )
