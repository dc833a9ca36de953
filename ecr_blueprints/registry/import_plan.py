"""What of the templates exists already, and has to be imported instead of created."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.domain.resource_identifier import IMPORT_IDENTIFIERS
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.registry.difference import Drift, resource_label
from ecr_blueprints.registry.effective import cache_for
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import drifts
from ecr_blueprints.registry.singleton import SingletonKind
from ecr_blueprints.registry.stack_owner import StackOwner
from ecr_blueprints.registry.undetermined_key import with_undetermined_keys

__all__ = [
    "BlockedImport",
    "ImportPlan",
    "StackImport",
    "existing_resources",
    "plan_import",
    "possible_owners",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedImport:
    """A resource that exists and cannot be imported as its template stands.

    Attributes:
        candidate: The resource.
        reason: Why, as half a sentence.
    """

    candidate: ImportCandidate
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackImport:
    """What one stack imports.

    Attributes:
        stack: The stack.
        owned: What the stack holds already, from an import or a deployment before.
        imported: What exists, and is imported.
        blocked: What exists and cannot be imported.
        new: What does not exist; the deployment after the import creates it.
    """

    stack: str
    owned: tuple[ImportCandidate, ...] = ()
    imported: tuple[ImportCandidate, ...] = ()
    blocked: tuple[BlockedImport, ...] = ()
    new: tuple[ImportCandidate, ...] = ()

    @property
    def mapping(self) -> Mapping[str, Mapping[str, str]]:
        """What ``cdk import --resource-mapping`` takes: logical ID → identifier."""
        return {
            one.logical_id: {IMPORT_IDENTIFIERS[one.resource_type]: str(one.identifier)}
            for one in self.imported
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """How templates meet a registry that exists.

    Attributes:
        registry: The registry, as ``account/region``.
        stacks: Each stack that declares something of ECR.
        drifts: How what is imported differs from what is declared of it.
        undeclared: What exists and is in no template, as a person calls it.
        cached: The number of repositories that belong to pull-through caches, which declare none.
    """

    registry: str
    stacks: tuple[StackImport, ...]
    drifts: tuple[Drift, ...]
    undeclared: tuple[str, ...]
    cached: int = 0

    @property
    def loses(self) -> bool:
        """True if importing loses something, or something cannot be imported."""
        return any(one.loses for one in self.drifts) or any(one.blocked for one in self.stacks)


def possible_owners(live: Registry, candidates: Iterable[ImportCandidate] | None = None) -> frozenset[str]:
    """The stacks that may own what the templates declare: themselves, and those that its tags name.

    Args:
        live: The registry that exists.
        candidates: The resources of the templates. Default: everything that is there, and no templates.
    """
    listed = None if candidates is None else tuple(candidates)
    declared = None if listed is None else {one.identifier for one in listed}
    tagged = {
        one.tagged_stack
        for one in live.repositories
        if one.tagged_stack is not None
        and not one.is_cdk_asset_repository
        and (declared is None or one.known_name in declared)
    }
    return frozenset({*tagged, *(one.stack for one in listed or ())})


def plan_import(live: Registry, declared: Registry, candidates: Iterable[ImportCandidate]) -> ImportPlan:
    """Says what is imported, what is new, and what an import may make different.

    Args:
        live: The registry that exists, with its owners.
        declared: The one that the templates declare.
        candidates: The resources of those templates.

    Practices: REG-4, NAME-4
    """
    listed = tuple(candidates)
    there = existing_resources(live)
    by_stack: dict[str, list[ImportCandidate]] = {}
    for candidate in listed:
        by_stack.setdefault(candidate.stack, []).append(candidate)
    taken = {(one.resource_type, one.identifier) for one in listed}
    caches = [name for name in _names(live) if cache_for(live, name) is not None]
    stacks = tuple(_stack(stack, members, there, live.owners) for stack, members in by_stack.items())
    imported = {str(one.identifier) for stack in stacks for one in stack.imported if _is_repository(one)}
    differences = drifts(live, declared, rendered={one.source: one.properties for one in listed})
    return ImportPlan(
        registry=live.label,
        stacks=stacks,
        drifts=tuple(
            with_undetermined_keys(differences, live, declared, imported=imported, stacks=set(by_stack))
        ),
        undeclared=tuple(
            words
            for (resource_type, identifier), words in there.items()
            if (resource_type, identifier) not in taken
            and not (resource_type == "AWS::ECR::Repository" and identifier in caches)
        ),
        cached=sum(("AWS::ECR::Repository", name) not in taken for name in caches),
    )


def _is_repository(candidate: ImportCandidate) -> bool:
    return candidate.resource_type == "AWS::ECR::Repository"


def _names(live: Registry) -> Iterator[str]:
    for repository in live.repositories:
        if repository.known_name is not None and not repository.is_cdk_asset_repository:
            yield repository.known_name


def existing_resources(live: Registry) -> dict[tuple[str, str], str]:
    """Type and identifier → what a person calls it, of everything that the registry holds.

    The scanning configuration that every registry has from the beginning, basic without a rule, counts as
    none: there is nothing to lose.
    """
    account = str(live.account)
    found: list[tuple[str, str]] = [("AWS::ECR::Repository", name) for name in _names(live)]
    found += [
        ("AWS::ECR::RepositoryCreationTemplate", one.known_prefix or ROOT) for one in live.creation_templates
    ]
    found += [("AWS::ECR::PullThroughCacheRule", one.known_prefix or ROOT) for one in live.cache_rules]
    found += [
        ("AWS::ECR::PullTimeUpdateExclusion", str(one.principal_arn)) for one in live.pull_time_exclusions
    ]
    if live.policies:
        found.append((SingletonKind.REGISTRY_POLICY, account))
    if any(one.scan_type is not ScanType.BASIC or one.rules for one in live.scanning):
        found.append((SingletonKind.SCANNING, account))
    if live.replication:
        found.append((SingletonKind.REPLICATION, account))
    if live.signing:
        found.append((SingletonKind.SIGNING, account))
    return {(str(kind), identifier): resource_label(kind, identifier) for kind, identifier in found}


def _stack(
    stack: str,
    members: list[ImportCandidate],
    there: Mapping[tuple[str, str], str],
    owners: Mapping[tuple[str, str], StackOwner],
) -> StackImport:
    found = [one for one in members if (one.resource_type, one.identifier) in there]
    blocked: list[BlockedImport] = []
    owned = {
        one.logical_id: one
        for one in found
        if _owner(one, owners) == StackOwner(stack=stack, logical_id=one.logical_id)
    }
    possible = {one.logical_id: one for one in found if one.logical_id not in owned}
    while True:
        # What cannot come in takes with it what refers to it.
        refused = [
            BlockedImport(candidate=one, reason=reason)
            for one in possible.values()
            if (reason := _obstacle(one, {*possible, *owned}, _owner(one, owners))) is not None
        ]
        if not refused:
            break
        blocked += refused
        for one in refused:
            del possible[one.candidate.logical_id]
    return StackImport(
        stack=stack,
        owned=tuple(owned.values()),
        imported=tuple(possible.values()),
        blocked=tuple(blocked),
        new=tuple(one for one in members if one not in found),
    )


def _owner(candidate: ImportCandidate, owners: Mapping[tuple[str, str], StackOwner]) -> StackOwner | None:
    if not isinstance(candidate.identifier, str):
        return None
    return owners.get((candidate.resource_type, candidate.identifier))


def _obstacle(candidate: ImportCandidate, present: Collection[str], owner: StackOwner | None) -> str | None:
    if owner is not None and owner.stack == candidate.stack:
        return (
            f"the stack holds it already, as {owner.logical_id}: keep that logical ID, or release it first, "
            "with DeletionPolicy: Retain"
        )
    if owner is not None:
        return f"the stack {owner.stack} owns it: release it there first, with DeletionPolicy: Retain"
    if not candidate.has_deletion_policy:
        return "its template has no DeletionPolicy, without which CloudFormation imports nothing"
    missing = sorted(candidate.refers_to.difference(present))
    if missing:
        return f"it refers to {', '.join(missing)}, which is not there before the stack is deployed"
    return None
