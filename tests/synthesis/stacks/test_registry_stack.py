"""What exists at the registry level comes in by an import: nothing stands in its way."""

from __future__ import annotations

from typing import Any

import pytest
from synthesized import Assembly, read_assembly, synthesize

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.import_candidates import read_import_candidates
from ecr_blueprints.registry.import_candidate import ImportCandidate

ACCOUNT, REGION = "111122223333", "eu-west-1"
BLUEPRINT = f"""\
version: 1
model: centralized
stages: {{prod: {{production: true}}}}
registry: {{account: "{ACCOUNT}", regions: [{REGION}]}}
manage: {{pull_time_exclusions: import}}
alerts: {{findings: [], operations: false}}
caches:
  docker-hub: {{existing: true, secret: ecr-pullthroughcache/hub}}
  github-container-registry: {{secret: ecr-pullthroughcache/ghcr}}
  k8s: {{existing: true, prefix: kubernetes}}
pull_time_exclusions: ["arn:aws:iam::{ACCOUNT}:role/scanner", "arn:aws:iam::222233334444:role/scanner"]
"""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = tmp_path_factory.mktemp("existing")
    path = folder / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    output = folder / "cdk.out"
    synthesize(path, output)
    return read_assembly(output)


@pytest.fixture(scope="module")
def candidates(assembly: Assembly) -> dict[str, ImportCandidate]:
    found = read_import_candidates(CloudAssembly.read(assembly.path), account=ACCOUNT, region=REGION)
    return {f"{one.resource_type.rpartition('::')[2]} {one.identifier}": one for one in found}


@pytest.mark.parametrize(
    "name",
    [
        "PullThroughCacheRule docker-hub",
        "PullThroughCacheRule kubernetes",
        "RepositoryCreationTemplate docker-hub",
        f"PullTimeUpdateExclusion arn:aws:iam::{ACCOUNT}:role/scanner",
        "PullTimeUpdateExclusion arn:aws:iam::222233334444:role/scanner",
    ],
)
def test_cloudformation_takes_what_exists(candidates: dict[str, ImportCandidate], name: str) -> None:
    assert candidates[name].has_deletion_policy
    assert candidates[name].refers_to == frozenset()


def test_the_secret_of_an_existing_cache_stays_its_owner_s(assembly: Assembly) -> None:
    (template,) = assembly.templates.values()
    resources: list[dict[str, Any]] = list(template["Resources"].values())
    secrets = [one["Properties"]["Name"] for one in resources if one["Type"] == "AWS::SecretsManager::Secret"]
    rules = {
        one["Properties"]["EcrRepositoryPrefix"]: one["Properties"].get("CredentialArn")
        for one in resources
        if one["Type"] == "AWS::ECR::PullThroughCacheRule"
    }

    assert secrets == ["ecr-pullthroughcache/ghcr"]
    assert rules["docker-hub"] == f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub"
    assert rules["kubernetes"] is None


def test_a_cache_that_is_made_waits_for_its_template(candidates: dict[str, ImportCandidate]) -> None:
    template = candidates["RepositoryCreationTemplate github-container-registry"]

    assert template.logical_id in candidates["PullThroughCacheRule github-container-registry"].refers_to
