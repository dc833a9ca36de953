"""The books of a registry: what was contributed, and how it is scanned in consequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ecr_blueprints.constructs.declared_name import excepting, raise_conflicts
from ecr_blueprints.constructs.registry_policy import policy_document, read_access_policy
from ecr_blueprints.constructs.registry_scanning import (
    RegistryScanning,
    ScanningPlan,
    find_unscanned,
    plan_scanning,
)
from ecr_blueprints.constructs.repository_declaration import replacing_repository
from ecr_blueprints.domain.quotas import (
    FILTERS_PER_REPLICATION_RULE,
    FILTERS_PER_SIGNING_RULE,
    PULL_THROUGH_CACHE_RULES,
    PULL_TIME_UPDATE_EXCLUSIONS,
    REPLICATION_DESTINATIONS,
    REPLICATION_RULES_OF_API,
    REPOSITORIES,
    SIGNING_RULES,
    Quota,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationRule,
    ReplicationSource,
)
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["RegistryContribution", "RegistryLedger", "SingletonSources"]

RegistryContribution = (
    Repository
    | CreationTemplate
    | CacheRule
    | SigningRule
    | ReplicationRule
    | ReplicationSource
    | PullTimeExclusion
    | BuildCache
)
"""What constructs contribute to a registry."""

_FIXES: Final[Mapping[Quota, str]] = {
    REPOSITORIES: "put some into the registry of another Region or account",
    PULL_THROUGH_CACHE_RULES: "let teams share the cache of an upstream: who may pull what is a matter of "
    "grants; or put some caches into another Region or account",
    PULL_TIME_UPDATE_EXCLUSIONS: "exclude one role that all scanners assume",
    SIGNING_RULES: "bring what one profile signs together in one rule, which takes "
    f"{FILTERS_PER_SIGNING_RULE.value} filters",
    REPLICATION_RULES_OF_API: "bring what goes to the same destinations together in one rule, which takes "
    f"{FILTERS_PER_REPLICATION_RULE.value} filters",
    REPLICATION_DESTINATIONS: "replicate to fewer Regions and accounts: what several rules name counts once",
}
"""What to do where a quota is used up; AWS raises none of them but that of repositories."""

_UNMANAGED: Final = SourceLocation()
"""The place of rules whose configuration another party owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingletonSources:
    """The places of the settings that a registry has once; None where another party owns one.

    Attributes:
        scanning: Of the scanning configuration.
        replication: Of the replication configuration.
        signing: Of the signing configuration.
    """

    scanning: SourceLocation | None = None
    replication: SourceLocation | None = None
    signing: SourceLocation | None = None


class RegistryLedger:
    """What a registry holds so far, as the read model; pure, nothing is rendered here.

    Args:
        registry: The registry before anything is contributed.
        scanning: How its images are scanned.
        sources: The places of the settings that it has once.

    Raises:
        InvalidValueError: The choice of scanning cannot be.

    Practices: REG-5
    """

    def __init__(
        self,
        registry: Registry,
        *,
        scanning: RegistryScanning,
        sources: SingletonSources,
    ) -> None:
        self._scanning = scanning
        self._sources = sources
        self._plan = self._plan_for(registry)
        self._registry = self._with_plan(registry)
        # There may be thousands: each name is looked up, not looked for.
        self._named: defaultdict[str, list[Repository]] = defaultdict(list)
        for repository in registry.repositories:
            self._enter_name(repository)

    @property
    def registry(self) -> Registry:
        """What the registry holds."""
        return self._registry

    @property
    def scanning_plan(self) -> ScanningPlan:
        """The scanning rules that follow from what it holds, whoever owns the configuration."""
        return self._plan

    @property
    def unscanned(self) -> tuple[str, ...]:
        """What the scanning rules leave unscanned."""
        return find_unscanned(self._plan, self._registry)

    def check(self, contribution: RegistryContribution) -> None:
        """Refuse what the registry cannot hold beside what it holds.

        Raises:
            RegistryConflictError: With both parties.
            InvalidValueError: A quota of the registry would be exceeded.
        """
        raise_conflicts(self._registry, contribution, namesakes=self._namesakes(contribution))
        for quota, count in self._counts(contribution):
            if count > quota.value:
                raise InvalidValueError(
                    f"the registry would have {count:,} {quota.name}",
                    where=str(contribution.source),
                    allowed=f"at most {quota.value:,}",
                    fix=_FIXES[quota],
                )
        if self._changes_rules(contribution):
            try:
                self._plan_for(self._with(contribution))
            except InvalidValueError as error:
                raise InvalidValueError(
                    error.what, where=str(contribution.source), allowed=error.allowed, fix=error.fix
                ) from None

    def add(self, contribution: RegistryContribution) -> None:
        """Enter what `check` let pass."""
        changes_rules = self._changes_rules(contribution)
        self._registry = self._with(contribution)
        if isinstance(contribution, Repository):
            self._enter_name(contribution)
        if changes_rules:
            self._plan = self._plan_for(self._registry)
            self._registry = self._with_plan(self._registry)

    def except_name(self, repository: Repository, reason: str | None) -> None:
        """Record why a repository's name need not follow the convention; nothing without a reason."""
        self._registry = excepting(self._registry, repository, reason)

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        """Put a repository in the place of one that was entered, of the same name."""
        self._registry = replacing_repository(self._registry, earlier, later)
        if later.known_name is not None:
            named = self._named[later.known_name]
            named[:] = [later if one is earlier else one for one in named]

    def replace_creation_template(self, earlier: CreationTemplate, later: CreationTemplate) -> None:
        """Put a creation template in the place of one that was entered, of the same prefix."""
        templates = tuple(later if one is earlier else one for one in self._registry.creation_templates)
        self._registry = replace(self._registry, creation_templates=templates)

    def set_policy(self, source: SourceLocation, statements: Sequence[Mapping[str, Any]]) -> None:
        """Enter the registry policy's statements in place of the earlier ones."""
        policy = RegistryPolicy(source=source, policy=read_access_policy(policy_document(statements)))
        self._registry = self._registry.with_policy(policy)

    @property
    def signing_rules(self) -> tuple[SigningRule, ...]:
        """The signing rules that were contributed, whoever owns the configuration."""
        found = self._registry.signing[0].rules if self._registry.signing else ()
        return tuple(one for one in found if isinstance(one, SigningRule)) if isinstance(found, tuple) else ()

    @property
    def replication_rules(self) -> tuple[ReplicationRule, ...]:
        """The replication rules that were contributed, whoever owns the configuration."""
        found = self._registry.replication[0].rules if self._registry.replication else ()
        if not isinstance(found, tuple):
            return ()
        return tuple(one for one in found if isinstance(one, ReplicationRule))

    def _namesakes(self, contribution: RegistryContribution) -> Sequence[Repository]:
        name = contribution.known_name if isinstance(contribution, Repository) else None
        return () if name is None else self._named.get(name, ())

    def _enter_name(self, repository: Repository) -> None:
        if repository.known_name is not None:
            self._named[repository.known_name].append(repository)

    def _changes_rules(self, contribution: RegistryContribution) -> bool:
        """Whether the scanning rules may change; most repositories change none, and there may be hundreds."""
        if isinstance(contribution, Repository):
            return self._plan.lacks(self._registry, contribution)
        return isinstance(contribution, CacheRule | BuildCache)

    def _counts(self, contribution: RegistryContribution) -> list[tuple[Quota, int]]:
        """How many of a thing there would be, for each quota that a contribution counts against."""
        held = self._registry
        match contribution:
            case Repository():
                return [(REPOSITORIES, len(held.repositories) + 1)]
            case CacheRule():
                return [(PULL_THROUGH_CACHE_RULES, len(held.cache_rules) + 1)]
            case PullTimeExclusion():
                return [(PULL_TIME_UPDATE_EXCLUSIONS, len(held.pull_time_exclusions) + 1)]
            case SigningRule():
                return [(SIGNING_RULES, len(self.signing_rules) + 1)]
            case ReplicationRule():
                rules = (*self.replication_rules, contribution)
                destinations = {
                    one for rule in rules if isinstance(rule.destinations, tuple) for one in rule.destinations
                }
                return [
                    (REPLICATION_RULES_OF_API, len(rules)),
                    (REPLICATION_DESTINATIONS, len(destinations)),
                ]
            case _:
                return []

    def _with(self, contribution: RegistryContribution) -> Registry:
        held = self._registry
        match contribution:
            case Repository():
                return held.with_repository(contribution)
            case CreationTemplate():
                return held.with_creation_template(contribution)
            case CacheRule():
                return held.with_cache_rule(contribution)
            case SigningRule():
                return self._with_signing((*self.signing_rules, contribution))
            case ReplicationRule():
                return self._with_replication((*self.replication_rules, contribution))
            case ReplicationSource():
                return held.with_replication_source(contribution)
            case PullTimeExclusion():
                return held.with_pull_time_exclusion(contribution)
            case BuildCache():
                return held.with_build_cache(contribution)

    def _with_signing(self, rules: tuple[SigningRule, ...]) -> Registry:
        source = self._sources.signing
        if source is None:
            return replace(self._registry, signing=(SigningConfiguration(source=_UNMANAGED, rules=rules),))
        return self._registry.with_signing(SigningConfiguration(source=source, rules=rules))

    def _with_replication(self, rules: tuple[ReplicationRule, ...]) -> Registry:
        source = self._sources.replication
        if source is None:
            configuration = ReplicationConfiguration(source=_UNMANAGED, rules=rules)
            return replace(self._registry, replication=(configuration,))
        return self._registry.with_replication(ReplicationConfiguration(source=source, rules=rules))

    def _plan_for(self, registry: Registry) -> ScanningPlan:
        return plan_scanning(self._scanning, registry)

    def _with_plan(self, registry: Registry) -> Registry:
        if self._sources.scanning is None:
            return registry
        return registry.with_scanning(
            ScanningConfiguration(
                source=self._sources.scanning, scan_type=self._plan.scan_type, rules=self._plan.rules
            )
        )
