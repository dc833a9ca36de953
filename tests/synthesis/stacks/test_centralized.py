"""The centralized model on the example company: what is its own; tests/synthesis/examples has the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from synthesized import ROOT, Assembly, synthesize

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for

REGIONS = ("eu-west-1", "eu-central-1")


def resources(assembly: Assembly, resource_type: str) -> dict[str, dict[str, Any]]:
    """``stack/logical id`` → resource."""
    return {
        f"{stack}/{logical_id}": resource
        for stack, template in assembly.templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def test_every_team_has_a_stack_in_each_region(assembly: Assembly) -> None:
    teams = {"checkout", "data", "logistics", "payments", "platform", "search"}
    assert set(assembly.templates) == {
        *(f"ecr-registry-{region}" for region in REGIONS),
        *(f"ecr-repositories-{team}-{region}" for team in teams for region in REGIONS),
        "ecr-consumer-staging-222233334444",
        "ecr-consumer-production-333344445555",
        "ecr-consumer-production-555566667777",
        "ecr-endpoints-222233334444-eu-west-1",
        "ecr-endpoints-333344445555-eu-west-1",
        "ecr-endpoints-555566667777-eu-central-1",
        "ecr-units-stores",
    }


def test_every_repository_is_immutable_retained_and_has_an_owner_and_a_lifecycle(assembly: Assembly) -> None:
    repositories = resources(assembly, "AWS::ECR::Repository")
    assert len(repositories) == 2 * 41
    for place, repository in repositories.items():
        properties = repository["Properties"]
        assert properties["ImageTagMutability"].startswith("IMMUTABLE"), place
        assert repository["DeletionPolicy"] == "RetainExceptOnCreate", place
        assert repository["UpdateReplacePolicy"] == "Retain", place
        assert "EmptyOnDelete" not in properties, place
        assert properties["EncryptionConfiguration"]["EncryptionType"] == "KMS", place
        assert "owner" in {tag["Key"] for tag in properties["Tags"]}, place
        assert json.loads(properties["LifecyclePolicy"]["LifecyclePolicyText"])["rules"], place


def test_production_is_pulled_by_its_accounts_alone(assembly: Assembly) -> None:
    for place, repository in resources(assembly, "AWS::ECR::Repository").items():
        properties = repository["Properties"]
        accounts = set(re.findall(r":iam::(\d{12}):root", json.dumps(properties.get("RepositoryPolicyText"))))
        stage = properties["RepositoryName"].split("/")[0]
        expected = {
            "prod": {"333344445555", "555566667777"},
            "staging": {"222233334444"},
            "base": {"222233334444", "333344445555", "555566667777"},
        }.get(stage, set())
        assert accounts - {"111122223333"} == expected, place


def test_the_settings_of_the_registry_outlive_their_stack(assembly: Assembly) -> None:
    for resource_type in ("AWS::ECR::RegistryScanningConfiguration", "AWS::ECR::RegistryPolicy"):
        found = resources(assembly, resource_type)
        assert len(found) == len(REGIONS)
        for resource in found.values():
            assert resource["DeletionPolicy"] in ("Retain", "RetainExceptOnCreate")
            assert resource["UpdateReplacePolicy"] == "Retain"


def test_a_consumer_may_log_in_and_pull_what_is_named_and_nothing_else(assembly: Assembly) -> None:
    template = assembly.templates["ecr-consumer-production-333344445555"]
    (policy,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy")
    statements = {one["Sid"]: one for one in policy["Properties"]["PolicyDocument"]["Statement"]}
    assert statements["LogIn"]["Action"] == "ecr:GetAuthorizationToken"
    assert statements["LogIn"]["Resource"] == "*"
    for sid in ("Pull", "PullThroughCaches"):
        assert all("111122223333:repository/" in arn for arn in statements[sid]["Resource"])
        assert not any(arn.endswith(":repository/*") for arn in statements[sid]["Resource"])
    assert not any("docker-hub" in arn for arn in statements["PullThroughCaches"]["Resource"])


def test_production_bases_and_caches_are_scanned_continuously(assembly: Assembly) -> None:
    for registry in read_inputs([str(assembly.path)]).registries:
        for repository in registry.repositories:
            name = repository.known_name or ""
            scanning = scanning_for(registry, name)
            assert isinstance(scanning, EffectiveScanning)
            continuous = name.startswith(("prod/", "base/", "legacy/"))
            assert scanning.frequency == ("CONTINUOUS_SCAN" if continuous else "SCAN_ON_PUSH"), name


def test_a_wrong_blueprint_ends_with_a_message_and_leaves_no_assembly(tmp_path: Path) -> None:
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text("version: 1\nmodle: centralized\n")
    result = synthesize(blueprint, tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert f"{blueprint}:2: modle" in result.stderr
    assert "did you mean 'model'?" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_what_only_a_construct_can_refuse_ends_with_a_message_too(tmp_path: Path) -> None:
    role = "arn:aws:iam::444455556666:role/builders/with/a/path/that/is/not/short/builder-{}"
    roles = json.dumps([role.format(number) for number in range(140)])
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(
        "version: 1\nmodel: centralized\nstages: {prod: {production: true}}\n"
        'registry: {account: "111122223333", regions: [eu-west-1]}\n'
        f"teams: [{{team: payments, push: {{roles: {roles}}}, repositories: {{api: {{}}}}}}]\n"
    )
    result = synthesize(blueprint, tmp_path / "out")
    assert result.returncode == 1
    where = f"{blueprint}:5: teams[0].repositories.api"
    assert result.stderr.startswith(f"error: {where}: the repository policy has at least ")
    assert "fix: grant to organization paths" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_consumer_of_caches_alone_has_no_pull_of_repositories(tmp_path: Path) -> None:
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(
        "version: 1\nmodel: centralized\nstages: {prod: {production: true}}\n"
        'registry: {account: "111122223333", regions: [eu-west-1]}\ncaches: {k8s: {}}\n'
        'consumers: {edge: {accounts: ["222233334444"], caches: [k8s]}}\n'
        "teams: [{team: payments, repositories: {api: {}}}]\n"
    )
    result = synthesize(blueprint, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    template = json.loads((tmp_path / "out/ecr-consumer-edge-222233334444.template.json").read_text())
    (policy,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy")
    statements = {one["Sid"]: one for one in policy["Properties"]["PolicyDocument"]["Statement"]}
    assert statements["Pull"]["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/k8s/*"


def test_app_py_is_little_else_than_two_calls() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= 25
