"""A registry is listed in words, in 80 columns, with equal settings said once."""

from __future__ import annotations

from dataclasses import replace

from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention, archive_then_expire
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.reporters.registry_listing import render_registry_listing

HERE = SourceLocation()
POLICY = render_lifecycle_policy(Retention(keep=["v*"], builds=["sha-*"], builds_days=90).policy())
REPOSITORY = Repository(
    source=HERE,
    name="prod/api",
    tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE),
    lifecycle_policy=POLICY,
)
REGISTRY = Registry(
    account="111122223333",
    region="eu-west-1",
    repositories=(REPOSITORY, replace(REPOSITORY, name="prod/web")),
    cache_rules=(
        CacheRule(
            source=HERE, prefix="docker-hub", upstream_registry_url="registry-1.docker.io", credential_arn="x"
        ),
    ),
    scanning=(
        ScanningConfiguration(
            source=HERE,
            scan_type=ScanType.ENHANCED,
            rules=(ScanningRule(frequency=ScanFrequency.CONTINUOUS_SCAN, filters=("prod/*",)),),
        ),
    ),
)


def words(registry: Registry) -> str:
    return " ".join(render_registry_listing(registry).split())


def test_repositories_of_the_same_settings_stand_under_them() -> None:
    text = words(REGISTRY)
    settings = "immutable, scanned continuously; keeps v*; drops sha-* after 90 d; untagged after 1 d"
    assert text.count(settings) == 1
    assert f"{settings} prod/api prod/web" in text
    assert "docker-hub/… of registry-1.docker.io, with a credential" in text
    assert text.endswith("2 repositories")


def test_what_differs_is_said() -> None:
    mutable = TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("latest"),)
    )
    archived = LifecyclePolicy.in_order(
        *archive_then_expire(["v*"], archive_after_days=180, expire_after_days=3650)
    )
    registry = replace(
        REGISTRY,
        repositories=(
            replace(REPOSITORY, name="dev/api", tag_mutability=mutable, lifecycle_policy=None),
            replace(REPOSITORY, lifecycle_policy=render_lifecycle_policy(archived)),
            replace(REPOSITORY, name="x", lifecycle_policy="{}", tag_mutability=Unresolved("Ref: M")),
            Repository(source=HERE, name="cdk-x-container-assets-1-eu-west-1", is_cdk_asset_repository=True),
        ),
    )
    text = words(registry)
    assert "immutable but for latest, not scanned; no lifecycle policy dev/api" in text
    assert "drops v* after 180 d (to the archive); v* after 3650 d in the archive prod/api" in text
    assert "tag mutability not known, not scanned; the lifecycle policy is not valid x" in text
    assert text.endswith("3 repositories, and 1 of the CDK's own for assets")


def test_no_line_is_wider_than_a_terminal() -> None:
    repositories = tuple(
        replace(REPOSITORY, name=f"prod/team-{number}/service-{number}") for number in range(50)
    )
    text = render_registry_listing(replace(REGISTRY, repositories=repositories))
    assert max(map(len, text.splitlines())) <= 80
