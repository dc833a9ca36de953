"""A repository of this app as the read model's `Repository`, for the registry's ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.registry.registry import Registry

__all__ = ["declared_repository", "named_repository", "plain_properties", "replacing_repository"]


def declared_repository(
    *,
    construct_path: str,
    properties: Mapping[str, Any],
    deletion_policy: DeletionPolicy,
    lifecycle_policy: str,
    tags: Mapping[str, str],
    kind: RepositoryKind = RepositoryKind.APPLICATION,
) -> Repository:
    """The declaration of a repository.

    Args:
        construct_path: The path of the construct.
        properties: What its resource renders, resolved, with CDK's names of the properties. What only
            deployment determines is carried as `Unresolved`.
        deletion_policy: What happens to it when it leaves the template or is replaced.
        lifecycle_policy: The lifecycle policy's text.
        tags: The tags that the construct sets.
        kind: What it is for.
    """
    return Repository(
        source=_source(construct_path),
        name=_text(properties.get("repositoryName")),
        tag_mutability=_mutability(properties),
        lifecycle_policy=lifecycle_policy,
        encryption=_encryption(properties.get("encryptionConfiguration")),
        scan_on_push=(properties.get("imageScanningConfiguration") or {}).get("scanOnPush"),
        empty_on_delete=bool(properties.get("emptyOnDelete")),
        deletion_policy=deletion_policy,
        kind=kind,
        tags={key: Unresolved(value) if is_token(value) else value for key, value in tags.items()},
    )


def named_repository(
    construct_path: str,
    repository_name: str | None,
    kind: RepositoryKind = RepositoryKind.APPLICATION,
) -> Repository:
    """What is known of a repository before it exists: where it will be, and its name.

    Args:
        construct_path: The path that the construct will have.
        repository_name: The name as given; it may be a token.
        kind: What it is for.
    """
    name = (
        repository_name
        if repository_name is None or not is_token(repository_name)
        else Unresolved(repository_name)
    )
    return Repository(source=_source(construct_path), name=name, kind=kind)


def plain_properties(
    *,
    mutability: ecr.TagMutability,
    exclusions: object,
    name: str | None,
    removal_policy: cdk.RemovalPolicy | None,
    scan_on_push: bool | None,
) -> dict[str, Any] | None:
    """What ``ecr.Repository`` renders of plain arguments, without asking it.

    Returns:
        The resource's properties with CDK's names; None if only CDK can tell.
    """
    if exclusions is not None or is_token(name) or removal_policy is cdk.RemovalPolicy.DESTROY:
        return None
    return {
        "imageTagMutability": mutability.value,
        **({} if name is None else {"repositoryName": name}),
        **({} if scan_on_push is None else {"imageScanningConfiguration": {"scanOnPush": scan_on_push}}),
    }


def replacing_repository(registry: Registry, earlier: Repository, later: Repository) -> Registry:
    """The registry with a repository in the place of one that it holds.

    Args:
        registry: The registry.
        earlier: The declaration, the very one that was entered.
        later: The same repository, as it is now.
    """
    held = registry.repositories
    # Most are changed right after they were entered, and there may be thousands: look from the end.
    at = next((index for index in range(len(held) - 1, -1, -1) if held[index] is earlier), None)
    return registry if at is None else replace(registry, repositories=(*held[:at], later, *held[at + 1 :]))


def _source(construct_path: str) -> SourceLocation:
    return SourceLocation(construct_path=construct_path, resource_type="AWS::ECR::Repository")


def _text(value: object) -> str | Unresolved | None:
    if value is None or isinstance(value, str):
        return value
    return _unresolved(value)


def _unresolved(value: object) -> Unresolved:
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, argument),) = value.items()
        shown = argument if isinstance(argument, str) else json.dumps(argument, separators=(",", ":"))
        return Unresolved(f"{name}: {shown}", depends_on=argument if isinstance(argument, str) else "")
    return Unresolved(json.dumps(value, separators=(",", ":")))


def _mutability(properties: Mapping[str, Any]) -> TagMutability | Unresolved:
    mode = properties.get("imageTagMutability", MutabilityMode.MUTABLE.value)
    filters = properties.get("imageTagMutabilityExclusionFilters") or []
    if not isinstance(mode, str):
        return _unresolved(mode)
    patterns = [one.get("imageTagMutabilityExclusionFilterValue") for one in filters]
    if not all(isinstance(pattern, str) for pattern in patterns):
        return _unresolved(filters)
    return TagMutability(
        mode=MutabilityMode(mode), exclusions=tuple(ExclusionFilter(pattern) for pattern in patterns)
    )


def _encryption(configuration: Mapping[str, Any] | None) -> Encryption:
    if configuration is None:
        return Encryption()
    return Encryption(
        type=EncryptionType(configuration["encryptionType"]), kms_key=_text(configuration.get("kmsKey"))
    )
