"""What a name gets from its registry."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import (
    EffectiveScanning,
    cache_for,
    scanning_for,
    scanning_under,
    template_for,
)
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

HERE = SourceLocation()
CACHE, REPLICATION = AppliedFor.PULL_THROUGH_CACHE, AppliedFor.REPLICATION


def templates(**applied_for: tuple[AppliedFor, ...]) -> Registry:
    return Registry(
        creation_templates=tuple(
            CreationTemplate(source=HERE, prefix=prefix.replace("_", "/"), applied_for=mechanisms)
            for prefix, mechanisms in applied_for.items()
        )
    )


REGISTRY = templates(ROOT=(REPLICATION, CACHE), prod=(REPLICATION,), prod_team=(CACHE,))


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("prod/api", "prod"),
        ("prod/team/api", "prod/team"),
        ("prod", "ROOT"),
        ("production/api", "ROOT"),
        ("prod-x/api", "ROOT"),
        ("anything", "ROOT"),
    ],
)
def test_the_longest_prefix_wins_and_root_takes_the_rest(name: str, prefix: str) -> None:
    found = template_for(REGISTRY, name)
    assert found is not None
    assert found.known_prefix == prefix


def test_a_template_that_is_not_applied_for_the_mechanism_gives_nothing() -> None:
    assert template_for(REGISTRY, "prod/api", CACHE) is None
    assert template_for(REGISTRY, "prod/api", REPLICATION) is not None
    assert template_for(Registry(), "prod/api") is None


def test_the_cache_of_a_name_is_the_most_specific_one() -> None:
    registry = Registry(
        cache_rules=tuple(CacheRule(source=HERE, prefix=one) for one in ("ROOT", "k8s", "quay/"))
    )
    for name, prefix in {"k8s/coredns": "k8s", "quay/x/y": "quay", "k8s": "ROOT", "other": "ROOT"}.items():
        found = cache_for(registry, name)
        assert found is not None
        assert found.known_prefix == prefix
    assert cache_for(Registry(), "k8s/coredns") is None


def scanned(
    *rules: tuple[str, tuple[str | Unresolved, ...]], scan_type: ScanType = ScanType.ENHANCED
) -> Registry:
    return Registry(
        scanning=(
            ScanningConfiguration(
                source=HERE,
                scan_type=scan_type,
                rules=tuple(
                    ScanningRule(frequency=ScanFrequency(one), filters=filters) for one, filters in rules
                ),
            ),
        )
    )


def frequency(registry: Registry, name: str) -> str | None:
    found = scanning_for(registry, name)
    assert isinstance(found, EffectiveScanning)
    return found.frequency


def test_continuous_scanning_wins_over_on_push_and_no_rule_means_no_scanning() -> None:
    registry = scanned(("SCAN_ON_PUSH", ("*",)), ("CONTINUOUS_SCAN", ("prod/*",)))
    assert frequency(registry, "prod/api") == "CONTINUOUS_SCAN"
    assert frequency(registry, "dev/api") == "SCAN_ON_PUSH"
    assert frequency(scanned(("CONTINUOUS_SCAN", ("prod/*",))), "dev/api") is None


def test_a_filter_without_wildcard_means_contains() -> None:
    registry = scanned(("CONTINUOUS_SCAN", ("prod",)))
    assert frequency(registry, "team/reprodution") == "CONTINUOUS_SCAN"
    assert frequency(registry, "team/dev") is None


def test_a_filter_that_is_not_valid_covers_nothing() -> None:
    assert frequency(scanned(("CONTINUOUS_SCAN", ("prod/",))), "prod/api") is None


def test_what_is_not_known_stays_open_only_where_it_matters() -> None:
    unknown = Unresolved("Ref: Filter", depends_on="parameter Filter")
    registry = scanned(("CONTINUOUS_SCAN", ("prod/*", unknown)))
    assert frequency(registry, "prod/api") == "CONTINUOUS_SCAN"
    assert scanning_for(registry, "dev/api") == unknown
    assert scanning_for(Registry(), "dev/api") is None


@pytest.mark.parametrize(
    ("filters", "prefix", "covered"),
    [
        (("*",), "k8s", True),
        (("k8s/*",), "k8s", True),
        (("k8s",), "k8s", True),
        (("k8s*",), "k8s", True),
        (("k8s/core*",), "k8s", False),
        (("*/coredns",), "k8s", False),
        (("prod/*", "k8s/*"), "k8s/", True),
        (("k8s/*",), "ROOT", False),
        (("*",), "ROOT", True),
    ],
)
def test_a_prefix_is_covered_only_if_every_name_below_it_is(
    filters: tuple[str, ...], prefix: str, covered: bool
) -> None:
    found = scanning_under(scanned(("CONTINUOUS_SCAN", filters)), prefix)
    assert isinstance(found, EffectiveScanning)
    assert (found.frequency is not None) is covered
