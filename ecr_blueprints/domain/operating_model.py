"""The arrangements of registries and accounts that the library builds."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["OperatingModel"]


class OperatingModel(StrEnum):
    """Who owns the registry, and where the images live."""

    CENTRALIZED = "centralized"
    """One registry account serves every workload account."""

    TENANT_MANAGED = "tenant-managed"
    """Each tenant account owns its registry; a platform supplies settings and shared images."""

    ENTERPRISE = "enterprise"
    """Registries for build, production and regions, joined by replication."""
