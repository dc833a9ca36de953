"""Which blueprint belongs to which operating model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint

__all__ = ["BLUEPRINTS", "AnyBlueprint"]

AnyBlueprint: TypeAlias = Annotated[
    CentralizedBlueprint | TenantManagedBlueprint | EnterpriseBlueprint, Field(discriminator="model")
]
"""A blueprint of one of the operating models."""

BLUEPRINTS: Final[Mapping[str, type[Blueprint]]] = MappingProxyType(
    {
        "centralized": CentralizedBlueprint,
        "tenant-managed": TenantManagedBlueprint,
        "enterprise": EnterpriseBlueprint,
    }
)
"""The value of ``model`` → the blueprint's type."""
