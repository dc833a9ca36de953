"""The stacks of the tenant-managed operating model."""

from __future__ import annotations

from aws_cdk import App

from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint

__all__ = ["build_tenant_managed"]


def build_tenant_managed(app: App, blueprint: TenantManagedBlueprint) -> None:
    """Adds the stacks of the tenant-managed model."""
