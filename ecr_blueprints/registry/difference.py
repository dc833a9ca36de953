"""Where something that exists is not as it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["Difference", "Drift", "Impact", "resource_label"]


class Impact(StrEnum):
    """What it means to bring the one in line with the other."""

    LOSES = "loses"
    """Images, access or a protection that are there now would go."""
    CHANGES = "changes"
    """Something changes, and nothing goes."""
    CANNOT = "cannot"
    """It is fixed at creation: CloudFormation could only replace the resource."""
    OPEN = "open"
    """Only deployment determines what is declared, so that it cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property that differs.

    Attributes:
        property: CloudFormation's name of it, such as ``RepositoryPolicyText``.
        impact: What bringing it in line would mean.
        message: What would happen, as half a sentence.
        undeclared: Whether it is there without anything being declared in its place, as a tag of somebody
            else's.
    """

    property: str
    impact: Impact
    message: str
    undeclared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that exists, and how it differs from what is declared of it.

    Attributes:
        resource_type: Its CloudFormation type.
        identifier: Its name, prefix, principal or registry id.
        source: Where it is declared.
        by_template: Whether nothing declares it, so that a creation template speaks for it.
        differences: At least one.
    """

    resource_type: str
    identifier: str
    source: SourceLocation
    by_template: bool = False
    differences: tuple[Difference, ...]

    @property
    def label(self) -> str:
        """The thing as a person calls it: ``repository prod/payments/api``."""
        return resource_label(self.resource_type, self.identifier)

    @property
    def loses(self) -> bool:
        """True if something would go, or only a replacement could do it."""
        return any(one.impact in (Impact.LOSES, Impact.CANNOT) for one in self.differences)


def resource_label(resource_type: str, identifier: object) -> str:
    """A resource as a person calls it.

    Args:
        resource_type: Its CloudFormation type.
        identifier: Its name, prefix or principal; what exists once in a registry is called without.
    """
    words = _WORDS.get(resource_type, resource_type)
    return words if resource_type in _ONE_OF_EACH else f"{words} {identifier}"


_ONE_OF_EACH = {
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::SigningConfiguration",
}
_WORDS = {
    "AWS::ECR::PullThroughCacheRule": "pull-through cache",
    "AWS::ECR::PullTimeUpdateExclusion": "pull-time exclusion",
    "AWS::ECR::RegistryPolicy": "registry policy",
    "AWS::ECR::RegistryScanningConfiguration": "scanning configuration",
    "AWS::ECR::ReplicationConfiguration": "replication configuration",
    "AWS::ECR::Repository": "repository",
    "AWS::ECR::RepositoryCreationTemplate": "creation template",
    "AWS::ECR::SigningConfiguration": "signing configuration",
}
