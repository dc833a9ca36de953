"""The books of a registry: what was contributed, and how it is scanned in consequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecr_blueprints.constructs.declared_name import excepting, raise_conflicts
from ecr_blueprints.constructs.registry_policy import policy_document, read_access_policy
from ecr_blueprints.constructs.registry_scanning import (
    RegistryScanning,
    ScanningPlan,
    find_unscanned,
    plan_scanning,
)
from ecr_blueprints.constructs.repository_declaration import replacing_repository
from ecr_blueprints.domain.quotas import PULL_THROUGH_CACHE_RULES
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["RegistryContribution", "RegistryLedger"]

RegistryContribution = Repository | CreationTemplate | CacheRule
"""What constructs contribute to a registry."""


class RegistryLedger:
    """What a registry holds so far, as the read model; pure, nothing is rendered here.

    Args:
        registry: The registry before anything is contributed.
        scanning: How its images are scanned.
        scanning_source: The place of the scanning configuration; None if another party owns it.

    Raises:
        InvalidValueError: The choice of scanning cannot be.

    Practices: REG-5
    """

    def __init__(
        self,
        registry: Registry,
        *,
        scanning: RegistryScanning,
        scanning_source: SourceLocation | None,
    ) -> None:
        self._scanning = scanning
        self._scanning_source = scanning_source
        self._plan = self._plan_for(registry)
        self._registry = self._with_plan(registry)

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
        raise_conflicts(self._registry, contribution)
        quota, rules = PULL_THROUGH_CACHE_RULES, self._registry.cache_rules
        if isinstance(contribution, CacheRule) and len(rules) >= quota.value:
            raise InvalidValueError(
                f"the registry would have {len(rules) + 1} {quota.name}",
                where=str(contribution.source),
                allowed=f"at most {quota.value}",
            )
        if self._changes_rules(contribution):
            self._plan_for(_with(self._registry, contribution))

    def add(self, contribution: RegistryContribution) -> None:
        """Enter what `check` let pass."""
        changes_rules = self._changes_rules(contribution)
        self._registry = _with(self._registry, contribution)
        if changes_rules:
            self._plan = self._plan_for(self._registry)
            self._registry = self._with_plan(self._registry)

    def except_name(self, repository: Repository, reason: str | None) -> None:
        """Record why a repository's name need not follow the convention; nothing without a reason."""
        self._registry = excepting(self._registry, repository, reason)

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        """Put a repository in the place of one that was entered, of the same name."""
        self._registry = replacing_repository(self._registry, earlier, later)

    def replace_creation_template(self, earlier: CreationTemplate, later: CreationTemplate) -> None:
        """Put a creation template in the place of one that was entered, of the same prefix."""
        templates = tuple(later if one is earlier else one for one in self._registry.creation_templates)
        self._registry = replace(self._registry, creation_templates=templates)

    def set_policy(self, source: SourceLocation, statements: Sequence[Mapping[str, Any]]) -> None:
        """Enter the registry policy's statements in place of the earlier ones."""
        policy = RegistryPolicy(source=source, policy=read_access_policy(policy_document(statements)))
        self._registry = self._registry.with_policy(policy)

    def _changes_rules(self, contribution: RegistryContribution) -> bool:
        """Most repositories do not, and a registry may have hundreds."""
        match contribution:
            case Repository():
                return self._plan.lacks(self._registry, contribution)
            case CreationTemplate():
                return False
            case CacheRule():
                return True

    def _plan_for(self, registry: Registry) -> ScanningPlan:
        return plan_scanning(self._scanning, registry)

    def _with_plan(self, registry: Registry) -> Registry:
        if self._scanning_source is None:
            return registry
        return registry.with_scanning(
            ScanningConfiguration(
                source=self._scanning_source, scan_type=self._plan.scan_type, rules=self._plan.rules
            )
        )


def _with(registry: Registry, contribution: RegistryContribution) -> Registry:
    match contribution:
        case Repository():
            return registry.with_repository(contribution)
        case CreationTemplate():
            return registry.with_creation_template(contribution)
        case CacheRule():
            return registry.with_cache_rule(contribution)
