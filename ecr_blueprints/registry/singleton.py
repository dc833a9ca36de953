"""The resources of which an account and Region has one, and who declares them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["Singleton", "SingletonKind"]


class SingletonKind(StrEnum):
    """The registry-level resources that exist once per account and Region (facts §5, §6, §7, §8)."""

    SCANNING = "AWS::ECR::RegistryScanningConfiguration"
    REGISTRY_POLICY = "AWS::ECR::RegistryPolicy"
    REPLICATION = "AWS::ECR::ReplicationConfiguration"
    SIGNING = "AWS::ECR::SigningConfiguration"

    @property
    def words(self) -> str:
        """The resource as a person calls it."""
        return _WORDS[self]


_WORDS = {
    SingletonKind.SCANNING: "registry scanning configuration",
    SingletonKind.REGISTRY_POLICY: "registry policy",
    SingletonKind.REPLICATION: "replication configuration",
    SingletonKind.SIGNING: "signing configuration",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Singleton:
    """One declaration of a registry-level resource; a second one of the same kind is a conflict.

    Attributes:
        kind: Which resource.
        source: Where it was declared.
    """

    kind: SingletonKind
    source: SourceLocation
