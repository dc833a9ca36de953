"""A registry is deployed, read back, updated, fails safely, and goes without losing an image.

The tests of this file run in order: they are the life of one registry.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from deployment import MAIN_REGION, OTHER_REGION, Deployment
from registry_comparison import comparable

NAMES = ["base/python", "dev/payments/api", "prod/payments/api"]


@pytest.fixture(scope="module")
def first(deployment: Deployment) -> Path:
    assembly = deployment.synth()
    deployment.deploy(assembly)
    return assembly


@pytest.mark.parametrize("region", [MAIN_REGION, OTHER_REGION])
def test_what_is_declared_is_what_the_registry_holds(
    deployment: Deployment, first: Path, region: str
) -> None:
    live = comparable(deployment.live(region))
    assert live == comparable(deployment.declared(first, region))
    assert [one["name"] for one in live["repositories"]] == NAMES
    assert len(live["templates"]) == 3
    assert [prefix for prefix, *_ in live["caches"]] == ["docker-hub", "k8s"]


def test_the_credential_has_ecrs_name_and_keys_and_no_real_value(deployment: Deployment, first: Path) -> None:
    secrets = deployment.client("secretsmanager")
    value = json.loads(secrets.get_secret_value(SecretId="ecr-pullthroughcache/docker-hub")["SecretString"])
    assert set(value) == {"username", "accessToken"}
    assert value["accessToken"]
    assert value["accessToken"] not in (first / f"ecr-registry-{MAIN_REGION}.template.json").read_text()


def test_rotating_the_credential_changes_no_rule(deployment: Deployment, first: Path) -> None:
    secrets = deployment.client("secretsmanager")
    rules = deployment.live().cache_rules
    secrets.put_secret_value(
        SecretId="ecr-pullthroughcache/docker-hub", SecretString='{"username": "u", "accessToken": "rotated"}'
    )
    deployment.deploy(first, f"ecr-registry-{MAIN_REGION}")
    assert deployment.live().cache_rules == rules
    value = json.loads(secrets.get_secret_value(SecretId="ecr-pullthroughcache/docker-hub")["SecretString"])
    assert value["accessToken"] == "rotated"


def test_the_workload_account_has_its_pull_policy(deployment: Deployment, first: Path) -> None:
    iam: Any = deployment.cloud.client("iam", account=deployment.consumer, region=MAIN_REGION)
    policies = iam.list_policies(Scope="Local")["Policies"]
    documents = [
        iam.get_policy_version(PolicyArn=one["Arn"], VersionId=one["DefaultVersionId"])["PolicyVersion"][
            "Document"
        ]
        for one in policies
    ]
    statements = {
        statement.get("Sid"): statement
        for document in documents
        for statement in (document if isinstance(document, dict) else json.loads(document))["Statement"]
    }
    assert (
        f"arn:aws:ecr:{MAIN_REGION}:{deployment.account}:repository/prod/*" in statements["Pull"]["Resource"]
    )
    assert "ecr:CreateRepository" in statements["PullThroughCaches"]["Action"]


def test_an_immutable_tag_cannot_be_moved_and_an_excluded_one_can(
    deployment: Deployment, first: Path
) -> None:
    ecr = deployment.client("ecr")
    deployment.push("prod/payments/api", "v1.0.0")
    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        deployment.push("prod/payments/api", "v1.0.0")
    before = deployment.push("base/python", "3.12")
    manifest = ecr.batch_get_image(repositoryName="base/python", imageIds=[{"imageDigest": before}])[
        "images"
    ][0]
    moved = manifest["imageManifest"].replace('"tag":"3.12"', '"tag":"3.12, patched"')
    after = ecr.put_image(repositoryName="base/python", imageManifest=moved, imageTag="3.12")
    assert after["image"]["imageId"]["imageDigest"] != before


MORE = """\
  - team: search
    repositories: {query: {stages: [prod]}}
"""


@pytest.fixture(scope="module")
def second(deployment: Deployment, first: Path) -> Path:
    assembly = deployment.synth(builds_days=60, more=MORE)
    deployment.deploy(assembly)
    return assembly


def test_an_update_adds_a_repository_and_changes_a_lifecycle(deployment: Deployment, second: Path) -> None:
    live = comparable(deployment.live())
    assert live == comparable(deployment.declared(second))
    assert [one["name"] for one in live["repositories"]] == [*NAMES, "prod/search/query"]
    numbers = [rule["selection"]["countNumber"] for rule in live["repositories"][1]["lifecycle"]["rules"]]
    assert 60 in numbers
    assert 90 not in numbers


def test_a_failing_update_leaves_everything_as_it_was(deployment: Deployment, second: Path) -> None:
    deployment.client("ecr").create_repository(repositoryName="prod/payments/taken")
    before = deployment.live()
    # The same stack as the existing repositories: its update has to be undone.
    more = MORE + "  - team: extra\n    repositories: {taken: {name: prod/payments/taken, stack: payments}}\n"
    assembly = deployment.synth(builds_days=30, more=more)
    code, output = deployment.deploy(assembly, f"ecr-repositories-payments-{MAIN_REGION}", check=False)
    assert code != 0
    assert "prod/payments/taken" in output
    assert "already exists" in output
    assert deployment.live() == before
    deployment.client("ecr").delete_repository(repositoryName="prod/payments/taken")


def test_a_creation_that_is_rolled_back_leaves_no_name_in_the_way(
    deployment: Deployment, second: Path
) -> None:
    """The first repository is made before the second is refused; it has to be gone for the next attempt."""
    ecr = deployment.client("ecr")
    ecr.create_repository(repositoryName="dev/fresh/taken")
    more = MORE + "  - team: fresh\n    repositories: {aaa: {stages: [dev]}, taken: {stages: [dev]}}\n"
    assembly = deployment.synth(builds_days=60, more=more)
    stack = f"ecr-repositories-fresh-{MAIN_REGION}"
    code, output = deployment.deploy(assembly, stack, check=False)
    assert code != 0
    assert "already exists" in output
    assert "dev/fresh/aaa" not in [one.name for one in deployment.live().repositories]
    ecr.delete_repository(repositoryName="dev/fresh/taken")
    deployment.deploy(assembly, stack)
    assert {"dev/fresh/aaa", "dev/fresh/taken"} <= {one.known_name for one in deployment.live().repositories}
    deployment.cdk("destroy", stack, "--force", "--app", str(assembly))
    for name in ("dev/fresh/aaa", "dev/fresh/taken"):
        ecr.delete_repository(repositoryName=name)


def test_a_second_owner_fails_at_deploy(deployment: Deployment, second: Path, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        "from aws_cdk import App, Environment, Stack\n"
        "from ecr_blueprints import PrivateRegistry\n"
        "app = App()\n"
        f"env = Environment(account='{deployment.account}', region='{MAIN_REGION}')\n"
        "PrivateRegistry(Stack(app, 'another-team', env=env), 'Registry')\n"
        "app.synth()\n"
    )
    code, output = deployment.cdk(
        "deploy",
        "--all",
        "--app",
        f"python3 {app}",
        "--output",
        str(tmp_path / "out"),
        "--require-approval",
        "never",
        check=False,
    )
    assert code != 0
    assert "/ecr-blueprints/registry/owner" in output
    assert comparable(deployment.live()) == comparable(deployment.declared(second))


def test_destroying_keeps_repositories_images_and_settings(deployment: Deployment, second: Path) -> None:
    pushed = deployment.digests("prod/payments/api")
    before = comparable(deployment.live())
    deployment.destroy(second)
    after = comparable(deployment.live())
    assert pushed
    assert deployment.digests("prod/payments/api") == pushed
    assert after["repositories"] == before["repositories"]
    assert after["scanning"] == before["scanning"]
    assert after["policies"] == before["policies"]


def test_deploying_again_is_refused_and_importing_takes_the_repositories_back(
    deployment: Deployment, second: Path
) -> None:
    stack = f"ecr-repositories-payments-{MAIN_REGION}"
    pushed = deployment.digests("prod/payments/api")
    code, output = deployment.deploy(second, stack, check=False)
    assert code != 0
    assert "already exists" in output
    # What the failed creation left: CloudFormation imports into no stack that was rolled back.
    deployment.cdk("destroy", stack, "--force", "--app", str(second))
    template = json.loads((second / f"{stack}.template.json").read_text())
    mapping = {
        logical_id: {"RepositoryName": resource["Properties"]["RepositoryName"]}
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ECR::Repository"
    }
    path = deployment.folder / "import.json"
    path.write_text(json.dumps(mapping))
    deployment.cdk("import", stack, "--app", str(second), "--resource-mapping", str(path), "--force")
    deployment.deploy(second, stack)
    stacks = deployment.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert stacks[0]["StackStatus"].endswith("_COMPLETE")
    assert deployment.digests("prod/payments/api") == pushed
