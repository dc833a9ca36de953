"""How much of ECR's quotas a registry uses, as far as its declarations grow with what a company has.

Not told: quotas of two and five that are used up by design (scanning rules, tags that may move), and those of
images, which a declaration does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_blueprints.domain.quotas import (
    FILTERS_PER_REPLICATION_RULE,
    FILTERS_PER_SCANNING_RULE,
    FILTERS_PER_SIGNING_RULE,
    LIFECYCLE_POLICY_LENGTH,
    LIFECYCLE_RULES,
    NEARLY_FULL,
    POLICY_LENGTH,
    PULL_THROUGH_CACHE_RULES,
    PULL_TIME_UPDATE_EXCLUSIONS,
    REPLICATION_DESTINATIONS,
    REPLICATION_RULES,
    REPOSITORIES,
    REPOSITORY_TAGS,
    SIGNING_RULES,
    Quota,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationRule
from ecr_blueprints.registry.scanning_configuration import ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningRule

__all__ = ["QuotaUse", "near_quotas", "quota_uses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """What is used of one quota.

    Attributes:
        name: A name for programs, of lower-case words with hyphens.
        quota: The quota.
        used: How much of it.
        limit: Its value in the registry's Region.
        place: What uses it where that is not the registry as a whole: a repository, a rule.
    """

    name: str
    quota: Quota
    used: int
    limit: int
    place: str = ""

    @property
    def is_near(self) -> bool:
        """Whether 80 % are used. What AWS does not raise is not exceeded: that is an error of its own."""
        return NEARLY_FULL * self.limit <= self.used and (self.quota.adjustable or self.used <= self.limit)


def near_quotas(registry: Registry, *, policy_length: int = 0) -> Iterator[QuotaUse]:
    """What is used from 80 %; of one quota the largest use.

    Args:
        registry: The registry.
        policy_length: As for `quota_uses`.

    Practices: REG-5
    """
    largest: dict[str, QuotaUse] = {}
    for use in quota_uses(registry, policy_length=policy_length):
        if use.is_near and (use.name not in largest or use.used > largest[use.name].used):
            largest[use.name] = use
    yield from largest.values()


def quota_uses(registry: Registry, *, policy_length: int = 0) -> Iterator[QuotaUse]:
    """What a registry uses of each quota.

    Args:
        registry: The registry.
        policy_length: Characters of its registry policy, which the read model does not keep.
    """

    def use(name: str, quota: Quota, used: int, place: str = "") -> QuotaUse:
        limit = quota.value if registry.region is None else quota.value_in(registry.region)
        return QuotaUse(name=name, quota=quota, used=used, limit=limit, place=place)

    yield use("repositories", REPOSITORIES, len(registry.repositories))
    yield use("pull-through-cache-rules", PULL_THROUGH_CACHE_RULES, len(registry.cache_rules))
    yield use("pull-time-exclusions", PULL_TIME_UPDATE_EXCLUSIONS, len(registry.pull_time_exclusions))
    yield use("registry-policy-length", POLICY_LENGTH, policy_length)
    scanning = [rule for one in registry.scanning if isinstance(one.rules, tuple) for rule in one.rules]
    for scanning_rule in scanning:
        if isinstance(scanning_rule, ScanningRule) and isinstance(scanning_rule.filters, tuple):
            place = f"the rule {scanning_rule.frequency}"
            yield use("scanning-filters", FILTERS_PER_SCANNING_RULE, len(scanning_rule.filters), place)
    signing = [rule for one in registry.signing if isinstance(one.rules, tuple) for rule in one.rules]
    yield use("signing-rules", SIGNING_RULES, len(signing))
    for signing_rule in signing:
        if isinstance(signing_rule, SigningRule) and isinstance(signing_rule.filters, tuple):
            place = str(signing_rule.source)
            yield use("signing-filters", FILTERS_PER_SIGNING_RULE, len(signing_rule.filters), place)
    rules = [rule for one in registry.replication if isinstance(one.rules, tuple) for rule in one.rules]
    yield use("replication-rules", REPLICATION_RULES, len(rules))
    destinations: set[object] = set()
    for rule in rules:
        if isinstance(rule, ReplicationRule):
            if isinstance(rule.destinations, tuple):
                destinations.update(rule.destinations)
            if isinstance(rule.filters, tuple):
                place = str(rule.source)
                yield use("replication-filters", FILTERS_PER_REPLICATION_RULE, len(rule.filters), place)
    yield use("replication-destinations", REPLICATION_DESTINATIONS, len(destinations))
    yield from _of_repositories(registry)


def _of_repositories(registry: Registry) -> Iterator[QuotaUse]:
    texts: dict[str, str] = {}
    for repository in registry.repositories:
        if isinstance(repository.tags, dict):
            yield QuotaUse(
                name="repository-tags",
                quota=REPOSITORY_TAGS,
                used=len(repository.tags),
                limit=REPOSITORY_TAGS.value,
                place=repository.label,
            )
        if isinstance(repository.lifecycle_policy, str):
            texts.setdefault(repository.lifecycle_policy, repository.label)
    for text, place in texts.items():
        quota = LIFECYCLE_POLICY_LENGTH
        yield QuotaUse(
            name="lifecycle-policy-length", quota=quota, used=len(text), limit=quota.value, place=place
        )
        try:
            rules = len(parse_lifecycle_policy(text).rules)
        except InvalidValueError:
            continue
        yield QuotaUse(
            name="lifecycle-rules",
            quota=LIFECYCLE_RULES,
            used=rules,
            limit=LIFECYCLE_RULES.value,
            place=place,
        )
