"""Disaster recovery on the example company: both sides of replication, and a Region for recovery alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from example_assemblies import run_app
from synthesized import Assembly, example_assembly

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.longer import rule_that_loses
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.registry import Registry

MAIN, SECOND, RECOVERY = "eu-west-1", "eu-central-1", "eu-north-1"


@pytest.fixture(scope="module")
def recovery() -> Assembly:
    return example_assembly("centralized-disaster-recovery")


@pytest.fixture(scope="module")
def registries(recovery: Assembly) -> dict[str, Registry]:
    return {str(one.region): one for one in read_inputs([str(recovery.path)]).registries}


def of_type(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == resource_type]


def test_one_line_copies_production_and_bases_into_both_regions(recovery: Assembly) -> None:
    (configuration,) = of_type(
        recovery.templates[f"ecr-registry-{MAIN}"], "AWS::ECR::ReplicationConfiguration"
    )
    assert configuration["ReplicationConfiguration"] == {
        "Rules": [
            {
                "Destinations": [
                    {"Region": SECOND, "RegistryId": "111122223333"},
                    {"Region": RECOVERY, "RegistryId": "111122223333"},
                ],
                "RepositoryFilters": [
                    {"Filter": "prod/", "FilterType": "PREFIX_MATCH"},
                    {"Filter": "base/", "FilterType": "PREFIX_MATCH"},
                ],
            }
        ]
    }
    for region in (SECOND, RECOVERY):
        assert not of_type(recovery.templates[f"ecr-registry-{region}"], "AWS::ECR::ReplicationConfiguration")


def test_a_recovery_region_has_settings_and_caches_and_no_repositories(
    recovery: Assembly, registries: dict[str, Registry]
) -> None:
    assert [name for name in recovery.templates if name.endswith(RECOVERY)] == [f"ecr-registry-{RECOVERY}"]
    main = recovery.templates[f"ecr-registry-{MAIN}"]["Resources"].values()
    there = recovery.templates[f"ecr-registry-{RECOVERY}"]["Resources"].values()
    only_main = {one["Type"] for one in main} - {one["Type"] for one in there}
    # IAM's providers are the account's; the rule is the source's.
    assert only_main == {"AWS::ECR::ReplicationConfiguration", "AWS::IAM::OIDCProvider"}
    assert len(registries[RECOVERY].cache_rules) == 3


def test_every_copy_is_kept_as_long_as_its_original_and_pulled_by_the_same_accounts(
    registries: dict[str, Registry],
) -> None:
    copied = [
        one for one in registries[MAIN].repositories if str(one.known_name).startswith(("prod/", "base/"))
    ]
    assert len(copied) == 10
    for original in copied:
        template = template_for(registries[RECOVERY], str(original.known_name), AppliedFor.REPLICATION)
        assert template is not None
        policy, kept = (parse_lifecycle_policy(str(one.lifecycle_policy)) for one in (template, original))
        assert rule_that_loses(policy, kept) is None, original.known_name
        assert template.tag_mutability.mode == original.tag_mutability.mode, original.known_name  # type: ignore[union-attr]
        assert _pulling_accounts(template.policy) == _pulling_accounts(original.policy)


def _pulling_accounts(policy: object) -> set[str]:
    """The workload accounts that a repository policy lets pull."""
    return {
        account for account in ("222233334444", "333344445555", "444455556666") if account in repr(policy)
    }


def test_the_destination_is_there_before_the_rule_and_its_repositories_before_the_first_push(
    recovery: Assembly,
) -> None:
    artifacts = json.loads((recovery.path / "manifest.json").read_text())["artifacts"]
    before_the_rule = set(artifacts[f"ecr-registry-{MAIN}"]["dependencies"])
    teams = ("cards", "ledger", "platform")
    assert {
        f"ecr-registry-{SECOND}",
        f"ecr-registry-{RECOVERY}",
        *(f"ecr-repositories-{team}-{SECOND}" for team in teams),
    } <= before_the_rule
    for team in teams:
        assert (
            f"ecr-repositories-{team}-{SECOND}"
            in artifacts[f"ecr-repositories-{team}-{MAIN}"]["dependencies"]
        )


def test_consumers_may_pull_in_every_region(recovery: Assembly) -> None:
    template = recovery.templates["ecr-consumer-audit-444455556666"]
    text = json.dumps(template["Resources"])
    for region in (MAIN, SECOND, RECOVERY):
        assert f"arn:aws:ecr:{region}:111122223333:repository/prod/ledger/*" in text
    uris = {output["Value"] for output in template["Outputs"].values() if isinstance(output["Value"], str)}
    assert f"111122223333.dkr.ecr.{RECOVERY}.amazonaws.com" in uris


def test_a_retired_repository_stands_in_nobodys_way(tmp_path: Path) -> None:
    """Nothing is pushed to it and so nothing copied, whatever its lifecycle policy was."""
    (tmp_path / "blueprint.yaml").write_text(
        "version: 1\nmodel: centralized\nstages: {dev: {}, live: {production: true}}\n"
        'registry: {account: "111122223333", regions: [eu-west-1]}\nreplication: {to: [eu-south-1]}\n'
        "teams: [{team: shop, repositories: {web: {}, old: {state: frozen}, gone: {state: retired}}}]\n"
    )
    result = run_app(tmp_path / "blueprint.yaml", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "deprecated" not in result.stderr
    template = json.loads((tmp_path / "out/ecr-repositories-shop-eu-west-1.template.json").read_text())
    names = {one["RepositoryName"] for one in of_type(template, "AWS::ECR::Repository")}
    assert names == {"dev/shop/web", "live/shop/web", "dev/shop/old", "live/shop/old"}
