"""What a registry uses of ECR's quotas, and what is told from 80 %."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.quota_use import QuotaUse, near_quotas, quota_uses
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation

HERE = SourceLocation()
EMPTY = Registry(account="111122223333", region="eu-west-1")


def caches(count: int) -> tuple[CacheRule, ...]:
    return tuple(
        CacheRule(source=HERE, prefix=f"c{number}", upstream_registry_url="registry.k8s.io")
        for number in range(count)
    )


def signing(rules: int, filters: int) -> tuple[SigningConfiguration, ...]:
    rule = SigningRule(source=HERE, profile_arn="arn", filters=tuple(map(str, range(filters))))
    return (SigningConfiguration(source=HERE, rules=(rule,) * rules),)


def replication(rules: int, filters: int, destinations: int) -> tuple[ReplicationConfiguration, ...]:
    to = tuple(
        ReplicationDestination(region="eu-central-1", registry_id=str(number))
        for number in range(destinations)
    )
    rule = ReplicationRule(source=HERE, destinations=to, filters=tuple(map(str, range(filters))))
    return (ReplicationConfiguration(source=HERE, rules=(rule,) * rules),)


def scanning(filters: int) -> tuple[ScanningConfiguration, ...]:
    rule = ScanningRule(frequency=ScanFrequency.CONTINUOUS_SCAN, filters=tuple(map(str, range(filters))))
    return (ScanningConfiguration(source=HERE, scan_type=ScanType.ENHANCED, rules=(rule,)),)


def repository(**given: object) -> tuple[Repository, ...]:
    return (replace(Repository(source=HERE, name="prod/api"), **given),)  # type: ignore[arg-type]


def policy(patterns: int, length: int = 1) -> str:
    keep = [f"{'v' * length}{number}*" for number in range(patterns)]
    return render_lifecycle_policy(Retention(keep=keep).policy())


@pytest.mark.parametrize(
    ("below", "near", "name"),
    [
        ({"cache_rules": caches(39)}, {"cache_rules": caches(40)}, "pull-through-cache-rules"),
        ({"signing": signing(7, 1)}, {"signing": signing(8, 1)}, "signing-rules"),
        ({"signing": signing(1, 79)}, {"signing": signing(1, 80)}, "signing-filters"),
        ({"replication": replication(7, 1, 1)}, {"replication": replication(8, 1, 1)}, "replication-rules"),
        (
            {"replication": replication(1, 79, 1)},
            {"replication": replication(1, 80, 1)},
            "replication-filters",
        ),
        (
            {"replication": replication(1, 1, 19)},
            {"replication": replication(1, 1, 20)},
            "replication-destinations",
        ),
        ({"scanning": scanning(79)}, {"scanning": scanning(80)}, "scanning-filters"),
        (
            {"pull_time_exclusions": (PullTimeExclusion(source=HERE, principal_arn="arn"),) * 79},
            {"pull_time_exclusions": (PullTimeExclusion(source=HERE, principal_arn="arn"),) * 80},
            "pull-time-exclusions",
        ),
        (
            {"repositories": repository(tags={str(number): "" for number in range(39)})},
            {"repositories": repository(tags={str(number): "" for number in range(40)})},
            "repository-tags",
        ),
        (
            {"repositories": repository(lifecycle_policy=policy(38))},
            {"repositories": repository(lifecycle_policy=policy(39))},
            "lifecycle-rules",
        ),
    ],
)
def test_each_is_told_from_80_percent(below: dict[str, object], near: dict[str, object], name: str) -> None:
    assert list(near_quotas(replace(EMPTY, **below))) == []  # type: ignore[arg-type]
    assert [use.name for use in near_quotas(replace(EMPTY, **near))] == [name]  # type: ignore[arg-type]


def test_a_region_may_have_another_value() -> None:
    eight = replace(EMPTY, replication=replication(8, 1, 1))
    assert [use.limit for use in near_quotas(eight)] == [10]
    assert list(near_quotas(replace(eight, region="ca-central-1"))) == []


def test_thousands_of_repositories_and_the_length_of_policies() -> None:
    many = replace(EMPTY, repositories=repository() * 80_000)
    assert [(use.name, use.used, use.limit) for use in near_quotas(many)] == [
        ("repositories", 80_000, 100_000)
    ]
    assert [use.name for use in near_quotas(EMPTY, policy_length=8_192)] == ["registry-policy-length"]
    assert list(near_quotas(EMPTY, policy_length=8_191)) == []
    long = replace(EMPTY, repositories=repository(lifecycle_policy="x" * 24_576))
    assert [use.name for use in near_quotas(long)] == ["lifecycle-policy-length"]


def test_what_is_exceeded_is_an_error_of_its_own_and_no_warning() -> None:
    assert list(near_quotas(replace(EMPTY, cache_rules=caches(51)))) == []


def test_what_aws_raises_is_told_beyond_its_default_too() -> None:
    many = replace(EMPTY, repositories=repository() * 100_001)
    assert [use.name for use in near_quotas(many)] == ["repositories"]


def test_of_one_quota_the_largest_use_is_told() -> None:
    two = (
        *repository(tags={str(number): "" for number in range(41)}),
        *repository(name="prod/web", tags={str(number): "" for number in range(45)}),
    )
    (use,) = near_quotas(replace(EMPTY, repositories=two))
    assert (use.used, use.place) == (45, "prod/web")


def test_nothing_is_near_where_nothing_is() -> None:
    assert all(isinstance(use, QuotaUse) and use.used == 0 for use in quota_uses(EMPTY))
