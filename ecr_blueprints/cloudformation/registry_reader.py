"""From templates and cloud assemblies to the read model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.dangling import find_dangling_references
from ecr_blueprints.cloudformation.inputs import find_documents
from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.property_types import find_property_faults
from ecr_blueprints.cloudformation.readers import (
    pull_through_cache_rule,
    pull_time_update_exclusion,
    registry_policy,
    registry_scanning_configuration,
    replication_configuration,
    repository,
    repository_creation_template,
    signing_configuration,
)
from ecr_blueprints.cloudformation.readers.resource import Resource
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.dangling_reference import DanglingReference
from ecr_blueprints.registry.property_fault import PropertyFault
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.replication_configuration import ReplicationConfiguration
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.signing_configuration import SigningConfiguration
from ecr_blueprints.registry.singleton import Singleton, SingletonKind

__all__ = ["Inputs", "read_inputs", "read_registries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that was given to a review.

    Attributes:
        registries: The registries that the inputs declare something of.
        sources: The templates that were read, as they were given or found.
    """

    registries: tuple[Registry, ...]
    sources: tuple[str, ...]


def read_inputs(paths: Sequence[str | Path], stdin: TextIO | None = None) -> Inputs:
    """Reads what a person names: cloud assemblies, directories, templates, ``-`` for standard input.

    Args:
        paths: See :func:`~ecr_blueprints.cloudformation.inputs.find_documents`.
        stdin: Standard input. Default: there is none.

    Raises:
        UnusableInputError: One of them cannot be used; nothing is returned then.
    """
    stacks = tuple(_stacks(find_documents(paths, stdin)))
    return Inputs(registries=_read(stacks), sources=tuple(dict.fromkeys(_sources(stacks))))


def read_registries(documents: Iterable[Template | Stack | CloudAssembly]) -> tuple[Registry, ...]:
    """Reads templates into one registry for each account and Region.

    The stacks of all stages and their nested stacks that go to the same account and Region make one registry.
    Where either is left to the deployment, the stacks of one stage make one, and so does each template that
    comes alone. A registry of which nothing is declared is left out.

    A resource whose condition is known to be false is not read; one whose condition depends on the
    deployment is read as if it were there, since it may be.

    Args:
        documents: Templates, stacks, assemblies. Whatever their values are, reading them raises nothing.
    """
    return _read(_stacks(documents))


def _stacks(documents: Iterable[Template | Stack | CloudAssembly]) -> Iterator[Stack]:
    for document in documents:
        if isinstance(document, CloudAssembly):
            yield from document.stacks
        else:
            yield document if isinstance(document, Stack) else Stack.of(document)


def _sources(stacks: Iterable[Stack]) -> Iterator[str]:
    for stack in stacks:
        yield stack.template.name
        yield from _sources(stack.nested.values())


@dataclass(slots=True)
class _Contents:
    """A registry while it is being read."""

    repositories: list[Repository] = field(default_factory=list)
    creation_templates: list[CreationTemplate] = field(default_factory=list)
    cache_rules: list[CacheRule] = field(default_factory=list)
    scanning: list[ScanningConfiguration] = field(default_factory=list)
    policies: list[RegistryPolicy] = field(default_factory=list)
    replication: list[ReplicationConfiguration] = field(default_factory=list)
    signing: list[SigningConfiguration] = field(default_factory=list)
    pull_time_exclusions: list[PullTimeExclusion] = field(default_factory=list)
    build_caches: list[BuildCache] = field(default_factory=list)
    singletons: list[Singleton] = field(default_factory=list)
    dangling: list[DanglingReference] = field(default_factory=list)
    property_faults: list[PropertyFault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """True if nothing was found. A singleton always stands among the singletons, too."""
        return not (
            self.repositories
            or self.creation_templates
            or self.cache_rules
            or self.pull_time_exclusions
            or self.singletons
            or self.dangling
        )


_SINGLETONS: Final = {str(kind): kind for kind in SingletonKind}
_NAMESPACE: Final = "AWS::ECR::"
_READ_TYPES: Final = frozenset(
    {
        repository.RESOURCE_TYPE,
        repository_creation_template.RESOURCE_TYPE,
        pull_through_cache_rule.RESOURCE_TYPE,
        pull_time_update_exclusion.RESOURCE_TYPE,
        *_SINGLETONS,
    }
)


def _read(stacks: Iterable[Stack]) -> tuple[Registry, ...]:
    found: dict[tuple[str | None, str | None, str], _Contents] = {}
    for stack in stacks:
        known = stack.account is not None and stack.region is not None
        key = (stack.account, stack.region, "" if known else stack.scope)
        _read_stack(Resolver(stack), found.setdefault(key, _Contents()))
    return tuple(
        Registry(
            account=account,
            region=region,
            scope=scope,
            repositories=tuple(contents.repositories),
            creation_templates=tuple(contents.creation_templates),
            cache_rules=tuple(contents.cache_rules),
            scanning=tuple(contents.scanning),
            policies=tuple(contents.policies),
            replication=tuple(contents.replication),
            signing=tuple(contents.signing),
            pull_time_exclusions=tuple(contents.pull_time_exclusions),
            build_caches=tuple(contents.build_caches),
            singletons=tuple(contents.singletons),
            dangling_references=tuple(contents.dangling),
            property_faults=tuple(contents.property_faults),
        )
        for (account, region, scope), contents in found.items()
        if not contents.is_empty
    )


def _read_stack(resolver: Resolver, contents: _Contents) -> None:
    if _concerns_ecr(resolver):
        contents.dangling.extend(find_dangling_references(resolver))
    for logical_id, declaration in resolver.stack.template.resources.items():
        if not isinstance(declaration, dict):
            continue
        nested = resolver.nested.get(logical_id)
        resource_type = declaration.get("Type")
        if nested is None and (not isinstance(resource_type, str) or resource_type not in _READ_TYPES):
            continue
        if _is_absent(declaration, resolver):
            continue
        if nested is not None:
            _read_stack(nested, contents)
        else:
            _read_resource(Resource.of(logical_id, declaration, resolver), resolver, contents)


def _concerns_ecr(resolver: Resolver) -> bool:
    """Whether the template, or one that it nests, declares something of ECR."""
    return any(map(_concerns_ecr, resolver.nested.values())) or any(
        isinstance(declaration, dict) and str(declaration.get("Type")).startswith(_NAMESPACE)
        for declaration in resolver.stack.template.resources.values()
    )


def _is_absent(declaration: dict[str, Any], resolver: Resolver) -> bool:
    condition = declaration.get("Condition")
    return isinstance(condition, str) and resolver.condition(condition) is False


def _read_resource(resource: Resource, resolver: Resolver, contents: _Contents) -> None:
    resource_type = resource.source.resource_type
    if not resolver.stack.template.survey.uses_macros:
        contents.property_faults.extend(find_property_faults(resource.source, resource.properties))
    if resource_type in _SINGLETONS:
        contents.singletons.append(Singleton(kind=_SINGLETONS[resource_type], source=resource.source))
    if resource_type == repository.RESOURCE_TYPE:
        read = repository.read_repository(resource, resolver)
        contents.repositories.append(read)
        if read.kind is RepositoryKind.BUILD_CACHE and read.known_name is not None:
            contents.build_caches.append(BuildCache(source=read.source, names=read.known_name))
    elif resource_type == repository_creation_template.RESOURCE_TYPE:
        contents.creation_templates.append(repository_creation_template.read_creation_template(resource))
    elif resource_type == pull_through_cache_rule.RESOURCE_TYPE:
        contents.cache_rules.append(pull_through_cache_rule.read_cache_rule(resource))
    elif resource_type == registry_scanning_configuration.RESOURCE_TYPE:
        contents.scanning.append(registry_scanning_configuration.read_scanning_configuration(resource))
    elif resource_type == registry_policy.RESOURCE_TYPE:
        contents.policies.append(registry_policy.read_registry_policy(resource))
    elif resource_type == replication_configuration.RESOURCE_TYPE:
        contents.replication.append(replication_configuration.read_replication_configuration(resource))
    elif resource_type == signing_configuration.RESOURCE_TYPE:
        contents.signing.append(signing_configuration.read_signing_configuration(resource))
    elif resource_type == pull_time_update_exclusion.RESOURCE_TYPE:
        contents.pull_time_exclusions.append(pull_time_update_exclusion.read_pull_time_exclusion(resource))
