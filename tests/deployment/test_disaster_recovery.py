"""Replication is deployed into a Region with repositories and one without, read back, and changed.

The endpoint copies nothing: what is shown is that both sides are as declared, before the first push.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deployment import MAIN_REGION, OTHER_REGION, Deployment

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.source_location import SourceLocation

RECOVERY_REGION = "eu-north-1"
NOWHERE = SourceLocation()


def replicating(*regions: str) -> str:
    return f"replication: {{to: [{', '.join(regions)}]}}\n"


def rules(registry: Registry) -> set[tuple[str, ...]]:
    """Each rule's prefixes and Regions."""
    return {
        (*rule.filters, *(str(one.region) for one in rule.destinations))  # type: ignore[union-attr]
        for configuration in registry.replication
        for rule in configuration.rules  # type: ignore[union-attr]
    }


def template_of_copies(registry: Registry) -> CreationTemplate:
    found = template_for(registry, "prod/payments/api", AppliedFor.REPLICATION)
    assert found is not None
    return replace(found, source=NOWHERE)


@pytest.fixture(scope="module")
def first(deployment: Deployment) -> Path:
    deployment.cloud.install_toolkit({deployment.account: (RECOVERY_REGION,)}, trusted=deployment.account)
    assembly = deployment.synth(more=replicating(OTHER_REGION, RECOVERY_REGION))
    # The order is for what is pushed in between; nothing of the other Regions is needed.
    deployment.deploy(assembly, "--exclusively", f"ecr-registry-{MAIN_REGION}")
    deployment.deploy(assembly)
    return assembly


def test_the_rule_is_the_main_region_s_and_has_both_destinations(deployment: Deployment, first: Path) -> None:
    assert rules(deployment.live()) == {("prod/", "base/", OTHER_REGION, RECOVERY_REGION)}
    assert rules(deployment.live(OTHER_REGION)) == rules(deployment.live(RECOVERY_REGION)) == set()


@pytest.mark.parametrize("region", [OTHER_REGION, RECOVERY_REGION])
def test_the_templates_of_copies_are_as_declared(deployment: Deployment, first: Path, region: str) -> None:
    live = template_of_copies(deployment.live(region))
    declared = template_of_copies(deployment.declared(first, region))
    assert live.prefix == declared.prefix == "prod"
    assert live.applied_for == declared.applied_for == (AppliedFor.REPLICATION,)
    assert live.tag_mutability == declared.tag_mutability
    assert live.lifecycle_policy == declared.lifecycle_policy
    assert live.policy == declared.policy
    assert deployment.consumer in str(live.policy)
    assert "ou-ab12-11111111" in str(live.policy)


def test_a_region_for_recovery_has_caches_and_scanning_and_no_repositories(
    deployment: Deployment, first: Path
) -> None:
    there = deployment.live(RECOVERY_REGION)
    assert [one.label for one in there.repositories if not one.is_cdk_asset_repository] == []
    assert sorted(str(one.known_prefix) for one in there.cache_rules) == ["docker-hub", "k8s"]
    assert there.scanning[0].scan_type == deployment.live().scanning[0].scan_type


def test_an_update_takes_a_destination_away_and_changes_how_long_copies_are_kept(
    deployment: Deployment, first: Path
) -> None:
    assert '"countNumber":60' not in str(
        template_of_copies(deployment.live(RECOVERY_REGION)).lifecycle_policy
    )
    assembly = deployment.synth(builds_days=60, more=replicating(RECOVERY_REGION))
    deployment.deploy(assembly)
    assert rules(deployment.live()) == {("prod/", "base/", RECOVERY_REGION)}
    assert '"countNumber":60' in str(template_of_copies(deployment.live(RECOVERY_REGION)).lifecycle_policy)
    # The second Region keeps its repositories, and no template is left for copies that do not come.
    there = deployment.live(OTHER_REGION)
    assert "prod/payments/api" in {one.known_name for one in there.repositories}
    found = template_for(there, "prod/payments/api", AppliedFor.REPLICATION)
    assert found is not None
    assert found.prefix == "ROOT"
