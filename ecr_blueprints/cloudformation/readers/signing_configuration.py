"""``AWS::ECR::SigningConfiguration``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-signingconfiguration.html
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
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_signing_configuration"]

RESOURCE_TYPE: Final = "AWS::ECR::SigningConfiguration"


def read_signing_configuration(resource: Resource) -> SigningConfiguration:
    """Reads the registry's signing configuration."""
    return SigningConfiguration(source=resource.source, rules=_rules(resource))


def _rules(resource: Resource) -> tuple[SigningRule | Unresolved, ...] | Unresolved:
    items = as_items(resource.get("Rules"), "Rules")
    if items is None:
        return ()
    if isinstance(items, Malformed):
        return as_unresolved(items)
    if isinstance(items, Unresolved):
        return items
    return tuple(_rule(item, resource.source) for item in items)


def _rule(item: Any, source: SourceLocation) -> SigningRule | Unresolved:
    if isinstance(item, Unresolved):
        return item
    if not isinstance(item, dict):
        return as_unresolved(malformed(item, "an entry of Rules is no mapping"))
    arn = as_property_text(item.get("SigningProfileArn"), "SigningProfileArn")
    return SigningRule(
        source=source,
        profile_arn=malformed(item, "SigningProfileArn is missing") if arn is None else arn,
        filters=read_filters(item.get("RepositoryFilters")),
    )
