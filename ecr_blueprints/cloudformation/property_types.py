"""Which properties CloudFormation takes for a resource of ECR, and of which type each value is.

A value that is decided at deployment has any type. A value that a rule of its own judges (a name, a policy, a
scan type) is left to that rule. A template that a macro rewrites is not judged.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECR.html; a test holds the
table against CloudFormation's resource schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.registry.property_fault import PropertyFault
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["PROPERTY_TYPES", "Kind", "Shape", "find_property_faults"]


class Kind(Enum):
    """A value that is no structure of named members."""

    TEXT = auto()
    """Also a number or a boolean, which CloudFormation turns into text."""
    BOOLEAN = auto()
    """Also the words true and false as text."""
    JUDGED = auto()
    """Any value: a rule of its own says whether it is right."""


Shape: TypeAlias = "Kind | tuple[str, ...] | list[Shape] | dict[str, Shape]"
"""A kind, one of several words, a list, or members by name."""

_TEXT, _BOOLEAN, _JUDGED = Kind.TEXT, Kind.BOOLEAN, Kind.JUDGED
_ENCRYPTION: Final[Shape] = {"EncryptionType": tuple(EncryptionType), "KmsKey": _TEXT}
_TAGS: Final[Shape] = [{"Key": _TEXT, "Value": _TEXT}]

PROPERTY_TYPES: Final[Mapping[str, dict[str, Shape]]] = MappingProxyType(
    {
        "AWS::ECR::Repository": {
            "EmptyOnDelete": _BOOLEAN,
            "EncryptionConfiguration": _ENCRYPTION,
            "ImageScanningConfiguration": {"ScanOnPush": _BOOLEAN},
            "ImageTagMutability": _JUDGED,
            "ImageTagMutabilityExclusionFilters": _JUDGED,
            "LifecyclePolicy": {"LifecyclePolicyText": _JUDGED, "RegistryId": _TEXT},
            "RepositoryName": _JUDGED,
            "RepositoryPolicyText": _JUDGED,
            "Tags": _TAGS,
        },
        "AWS::ECR::RepositoryCreationTemplate": {
            "AppliedFor": _JUDGED,
            "CustomRoleArn": _TEXT,
            "Description": _TEXT,
            "EncryptionConfiguration": _ENCRYPTION,
            "ImageTagMutability": _JUDGED,
            "ImageTagMutabilityExclusionFilters": _JUDGED,
            "LifecyclePolicy": _JUDGED,
            "Prefix": _JUDGED,
            "RepositoryPolicy": _JUDGED,
            "ResourceTags": _TAGS,
        },
        "AWS::ECR::PullThroughCacheRule": {
            "CredentialArn": _TEXT,
            "CustomRoleArn": _TEXT,
            "EcrRepositoryPrefix": _JUDGED,
            "UpstreamRegistry": _TEXT,
            "UpstreamRegistryUrl": _TEXT,
            "UpstreamRepositoryPrefix": _TEXT,
        },
        "AWS::ECR::RegistryScanningConfiguration": {
            "ScanType": _JUDGED,
            "Rules": [
                {
                    "ScanFrequency": _JUDGED,
                    "RepositoryFilters": [{"Filter": _TEXT, "FilterType": ("WILDCARD",)}],
                }
            ],
        },
        "AWS::ECR::RegistryPolicy": {"PolicyText": _JUDGED},
        "AWS::ECR::ReplicationConfiguration": {
            "ReplicationConfiguration": {
                "Rules": [
                    {
                        "Destinations": [{"Region": _TEXT, "RegistryId": _TEXT}],
                        "RepositoryFilters": [{"Filter": _TEXT, "FilterType": ("PREFIX_MATCH",)}],
                    }
                ]
            }
        },
        "AWS::ECR::SigningConfiguration": {
            "Rules": [
                {
                    "RepositoryFilters": [{"Filter": _TEXT, "FilterType": ("WILDCARD_MATCH",)}],
                    "SigningProfileArn": _TEXT,
                }
            ]
        },
    }
)
"""Resource type → the properties that a template may set."""


def find_property_faults(source: SourceLocation, properties: object) -> Iterator[PropertyFault]:
    """The properties of a resource that CloudFormation refuses for their names or types.

    Args:
        source: The resource.
        properties: Its resolved properties; Malformed where they are no mapping.
    """
    shape = PROPERTY_TYPES.get(str(source.resource_type))
    if shape is None:
        return
    if isinstance(properties, Malformed):
        yield PropertyFault(
            source=replace(source, property_path="Properties"),
            is_unknown=False,
            found=properties.value,
            expected="a mapping of properties",
        )
    elif isinstance(properties, dict):
        yield from _faults(source, properties, shape, "")


def _faults(source: SourceLocation, value: Any, shape: Shape, path: str) -> Iterator[PropertyFault]:
    if isinstance(value, Unresolved) or shape is Kind.JUDGED:
        return
    if isinstance(shape, dict) and isinstance(value, dict):
        for name, member in value.items():
            below = f"{path}.{name}" if path else name
            if name in shape:
                yield from _faults(source, member, shape[name], below)
            else:
                yield _unknown(source, name, shape, below)
    elif isinstance(shape, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(source, item, shape[0], f"{path}[{index}]")
    elif not _fits(value, shape):
        yield PropertyFault(
            source=replace(source, property_path=path),
            is_unknown=False,
            found=Malformed.of(value, "").value,
            expected=_expected(shape),
        )


def _unknown(source: SourceLocation, name: str, known: Mapping[str, Shape], path: str) -> PropertyFault:
    from difflib import get_close_matches

    by_lower_case = {one.lower(): one for one in known}
    nearest = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.7)
    return PropertyFault(
        source=replace(source, property_path=path),
        is_unknown=True,
        found=name,
        expected=", ".join(known),
        nearest=by_lower_case[nearest[0]] if nearest else None,
    )


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, tuple):
        return isinstance(value, str) and value in shape
    if shape is Kind.TEXT:
        return isinstance(value, str | int | float)
    if shape is Kind.BOOLEAN:
        return isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false"))
    return False


def _expected(shape: Shape) -> str:
    if isinstance(shape, tuple):
        return " or ".join(shape)
    if isinstance(shape, list):
        return "a list"
    if isinstance(shape, dict):
        return f"a mapping with {', '.join(shape)}"
    return "text" if shape is Kind.TEXT else "true or false"
