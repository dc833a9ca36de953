"""A registry that exists, held against what its templates declare."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.registry.alignment import (
    align_cache,
    align_policy,
    align_replication,
    align_repository,
    align_scanning,
    align_signing,
    align_template,
)
from ecr_blueprints.registry.api_call import ApiCall
from ecr_blueprints.registry.difference import Difference, Drift, resource_label
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import existing_resources
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import drifts, template_drifts, template_of, templated
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["Audit", "AuditedDrift", "audit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedDrift:
    """One thing that is not as it is declared, and the calls that make it so.

    Attributes:
        drift: How it differs.
        calls: The calls, each with the property that it brings in line.
    """

    drift: Drift
    calls: tuple[tuple[str, ApiCall], ...]

    @property
    def without_call(self) -> tuple[Difference, ...]:
        """The differences that no call brings in line."""
        settled = {name for name, _ in self.calls}
        if self.drift.resource_type in _WHOLE and self.calls:
            return ()
        return tuple(one for one in self.drift.differences if one.property not in settled)


_WHOLE = {
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::ECR::SigningConfiguration",
}
"""Types of which one call sets everything that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found.

    Attributes:
        registry: The registry, as ``account/region``.
        region: Its Region.
        found: What differs.
        missing: What is declared and does not exist, with its stack; a deployment creates it.
        undeclared: What exists at the registry level and is in no template.
    """

    registry: str
    region: str
    found: tuple[AuditedDrift, ...]
    missing: tuple[tuple[str, str], ...] = ()
    undeclared: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """True if everything that is declared is there, as it is declared."""
        return not self.found and not self.missing


def audit(live: Registry, declared: Registry, candidates: Iterable[ImportCandidate]) -> Audit:
    """Compares what exists with what is declared, and finds the calls that bring it in line.

    Repositories that nothing declares are held against the creation template that their name has: a template
    never reaches a repository that exists (facts §2).

    Args:
        live: The registry that exists.
        declared: The one that the templates declare.
        candidates: The resources of those templates.

    Practices: TMPL-4, REG-4
    """
    listed = tuple(candidates)
    there = existing_resources(live)
    rendered: Mapping[SourceLocation, Collection[str]] = {one.source: one.properties for one in listed}
    taken = {(one.resource_type, one.identifier) for one in listed}
    found = [*drifts(live, declared, rendered=rendered), *template_drifts(live, declared)]
    there_by_name = {one.known_name: one for one in live.repositories}
    wanted_by_name = {one.known_name: one for one in declared.repositories}
    return Audit(
        registry=live.label,
        region=str(live.region),
        found=tuple(
            AuditedDrift(drift=one, calls=tuple(_calls(one, declared, there_by_name, wanted_by_name)))
            for one in _declared_only(found)
        ),
        missing=tuple(
            (resource_label(one.resource_type, one.identifier), one.stack)
            for one in listed
            if isinstance(one.identifier, str)
            and (one.resource_type, one.identifier) not in there
            and one.resource_type != "AWS::ECR::RegistryScanningConfiguration"
        ),
        undeclared=tuple(
            words
            for (resource_type, identifier), words in there.items()
            if resource_type != "AWS::ECR::Repository" and (resource_type, identifier) not in taken
        ),
    )


def _declared_only(found: Iterable[Drift]) -> Iterator[Drift]:
    """Without what is merely there besides: somebody else's tag is no drift."""
    for drift in found:
        kept = tuple(one for one in drift.differences if not one.undeclared)
        if kept:
            yield replace(drift, differences=kept)


def _calls(
    drift: Drift,
    declared: Registry,
    repositories: Mapping[str | None, Repository],
    wanted_repositories: Mapping[str | None, Repository],
) -> Iterator[tuple[str, ApiCall]]:
    properties = [one.property for one in drift.differences]
    name = drift.identifier
    if drift.resource_type == "AWS::ECR::Repository":
        there = repositories[name]
        if drift.by_template:
            template = template_of(declared, name)
            assert template is not None
            wanted = templated(there, template)
        else:
            wanted = wanted_repositories[name]
        yield from align_repository(there, wanted, properties)
    elif drift.resource_type == "AWS::ECR::RepositoryCreationTemplate":
        (made,) = [one for one in declared.creation_templates if (one.known_prefix or ROOT) == name][:1]
        yield from align_template(made, properties)
    elif drift.resource_type == "AWS::ECR::PullThroughCacheRule":
        (rule,) = [one for one in declared.cache_rules if (one.known_prefix or ROOT) == name][:1]
        yield from align_cache(rule, properties)
    elif drift.resource_type == "AWS::ECR::RegistryPolicy":
        yield from align_policy(declared.policies[0].policy)
    elif drift.resource_type == "AWS::ECR::RegistryScanningConfiguration":
        yield from align_scanning(declared.scanning[0])
    elif drift.resource_type == "AWS::ECR::ReplicationConfiguration":
        yield from align_replication(declared.replication[0])
    elif drift.resource_type == "AWS::ECR::SigningConfiguration":
        yield from align_signing(declared.signing[0])
