"""A registry made by hand becomes a blueprint's, and nothing of it is lost that was not announced."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aws_commands import AwsCommand, parse_commands
from deployment import MAIN_REGION, Deployment
from legacy_registry import LEGACY_NAMES, make_legacy_registry
from local_cloud import run_cdk, tool_environment

from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.registry import Registry

STACK, STACKED = "their-own", "legacy/stacked"
OWN = (*(name for name in LEGACY_NAMES if not name.startswith(("docker-hub/", "k8s/"))), STACKED)
SERVICES = ("ecr", "iam", "kms", "secretsmanager", "signer")
SYNTHESIZED = "cdk.out"
REPOSITORY = "AWS::ECR::Repository"


class Adoption:
    """One registry on its way, step by step; what each step said is kept for the tests."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.folder = deployment.folder
        self.assembly = self.folder / SYNTHESIZED

    def adopt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the program as a person does."""
        return self.deployment.adopt(*arguments)

    def synth(self) -> None:
        blueprint = self.folder / "registry" / "blueprint.yaml"
        run_cdk(
            [
                "synth",
                "--quiet",
                "--no-validation",
                "--output",
                str(self.assembly),
                "-c",
                f"blueprint={blueprint}",
            ],
            env={**tool_environment(CDK_VALIDATION="false"), "AWS_REGION": MAIN_REGION},
        )


@pytest.fixture(scope="module")
def adoption(deployment: Deployment) -> Adoption:
    """Thirty repositories, one more of a stack, and the registry level, with an image in two of them."""
    clients = {service: deployment.client(service) for service in SERVICES}
    make_legacy_registry(
        clients, account=deployment.account, consumer=deployment.consumer, region=MAIN_REGION
    )
    repository = {
        "Type": REPOSITORY,
        "DeletionPolicy": "Retain",
        "Properties": {"RepositoryName": STACKED, "ImageTagMutability": "IMMUTABLE"},
    }
    cloudformation = deployment.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=json.dumps({"Resources": {"Theirs": repository}})
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK)
    for name in ("prod/payments/api", "legacy/batch"):
        deployment.push(name, "v1")
    return Adoption(deployment)


def settings(live: Registry) -> dict[str, tuple[object, ...]]:
    """What an adoption must not lose, by repository."""
    return {
        str(one.name): (one.tag_mutability, one.lifecycle_policy, _allowed(one.policy), one.encryption)
        for one in live.repositories
        if one.name in LEGACY_NAMES
    }


def _allowed(policy: object) -> frozenset[object] | None:
    """What a policy says, whatever its statements are called and in whatever order they are."""
    if policy is None:
        return None
    assert isinstance(policy, AccessPolicy)
    return frozenset(
        (one.effect, frozenset(one.principals), frozenset(one.actions), one.conditions)
        for one in policy.statements
    )


def test_a_registry_is_adopted_and_nothing_is_lost_unannounced(adoption: Adoption) -> None:
    deployment, folder = adoption.deployment, adoption.folder
    before = settings(deployment.live())
    assert set(before) == set(LEGACY_NAMES)

    # 1. The blueprint.
    written = adoption.adopt(
        "--stages", "dev,staging,prod", "--production", "prod", "--output", str(folder / "registry")
    )
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert {str(path.relative_to(folder / "registry")) for path in (folder / "registry").rglob("*.*")} == {
        "blueprint.yaml",
        "existing-repositories.json",
        "teams/outside-the-convention.yaml",
        "teams/payments.yaml",
        "teams/search.yaml",
    }
    outside = (folder / "registry" / "teams" / "outside-the-convention.yaml").read_text()
    assert f"the stack {STACK} owns it: release it there before the import" in outside
    adoption.synth()

    # 2. What is imported, and what that would change. What a stack releases is free, whatever its tag says.
    owned = adoption.adopt("--map", str(adoption.assembly), "--format", "json")
    assert [one["reason"] for stack in json.loads(owned.stdout)["stacks"] for one in stack["blocked"]] == [
        f"the stack {STACK} owns it: release it there first, with DeletionPolicy: Retain"
    ]
    cloudformation = deployment.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK)
    assert STACK in [one.tagged_stack for one in deployment.live().repositories]
    mapped = adoption.adopt(
        "--map", str(adoption.assembly), "--output", str(folder / "import"), "--format", "json"
    )
    assert mapped.returncode == 1, mapped.stderr
    plan = json.loads(mapped.stdout)
    _meets(plan, "import-plan")
    assert all(stack["blocked"] == [] for stack in plan["stacks"])
    imported = [
        identifier
        for stack in plan["stacks"]
        for one in stack["mapping"].values()
        for identifier in one.items()
    ]
    assert {value for key, value in imported if key == "RepositoryName"} == set(OWN)
    assert sorted(value for key, value in imported if key == "EcrRepositoryPrefix") == ["docker-hub", "k8s"]
    assert [value for key, value in imported if key == "RegistryId"] == [deployment.account] * 2
    assert sorted(plan["undeclared"]) == ["replication configuration", "signing configuration"]
    assert plan["cachedRepositories"] == 2
    announced = {(one["type"], one["identifier"]): one["differences"] for one in plan["differences"]}
    batch = announced[REPOSITORY, "legacy/batch"]
    assert _losing(batch, "RepositoryPolicyText") == [
        "lambda.amazonaws.com may ecr:BatchGetImage, ecr:GetDownloadUrlForLayer under conditions "
        "(LambdaECRImageRetrievalPolicy) no longer"
    ]
    assert _losing(batch, "LifecyclePolicy") == ["from then on: delete the untagged images after 1 day"]
    (push,) = _losing(announced[REPOSITORY, "prod/payments/api"], "RepositoryPolicyText")
    assert push.endswith("from then on only if a policy of its own allows it too")
    assert not any(_losing(announced[REPOSITORY, name]) for name in ("vault", "base/python", "legacy/report"))
    (replication,) = _losing(announced["AWS::ECR::RegistryPolicy", deployment.account])
    assert "(Replication) no longer" in replication

    # 3. The import writes what was announced of policy, mutability and tags. What it does to a lifecycle
    # policy was not measured on AWS: the emulator leaves it.
    for mapping in sorted((folder / "import").iterdir()):
        deployment.cdk(
            "import",
            mapping.stem,
            "--app",
            str(adoption.assembly),
            "--resource-mapping",
            str(mapping),
            "--force",
        )
    imported_settings = settings(deployment.live())
    assert imported_settings["legacy/batch"][0] == TagMutability(mode=MutabilityMode.IMMUTABLE)
    assert imported_settings["legacy/batch"][2] is None
    for name, (mutability, lifecycle, policy, encryption) in imported_settings.items():
        may_change = {one["property"] for one in announced.get((REPOSITORY, name), ())} if name in OWN else ()
        assert (lifecycle, encryption) == (before[name][1], before[name][3]), name
        assert mutability == before[name][0] or "ImageTagMutability" in may_change, name
        assert policy == before[name][2] or "RepositoryPolicyText" in may_change, name
    again = json.loads(adoption.adopt("--map", str(adoption.assembly), "--format", "json").stdout)
    left = {
        one["property"]
        for drift in again["differences"]
        if drift["type"] == REPOSITORY
        for one in drift["differences"]
    }
    assert left == {"LifecyclePolicy"}
    assert [stack["mapping"] for stack in again["stacks"] if stack["mapping"]] == []
    assert sum(len(stack["owned"]) for stack in again["stacks"]) == len(imported)
    deployment.deploy(adoption.assembly)
    after = deployment.live()
    for name, kept in settings(after).items():
        unannounced = {
            "ImageTagMutability",
            "LifecyclePolicy",
            "RepositoryPolicyText",
            "EncryptionConfiguration",
        }
        unannounced -= {one["property"] for one in announced.get((REPOSITORY, name), ())}
        for property_name, now, then in zip(
            ("ImageTagMutability", "LifecyclePolicy", "RepositoryPolicyText", "EncryptionConfiguration"),
            before[name],
            kept,
            strict=True,
        ):
            assert property_name not in unannounced or now == then, (name, property_name)
    assert deployment.digests("prod/payments/api")
    assert deployment.digests("legacy/batch")
    assert [one.known_prefix for one in after.cache_rules] == ["docker-hub", "k8s"]
    assert after.replication
    assert after.signing
    assert {one.known_prefix for one in after.creation_templates} >= {"ROOT", "docker-hub", "k8s"}

    # 4. The audit: its commands, run, leave nothing that a command could do.
    found = adoption.adopt("--audit", str(adoption.assembly))
    assert found.returncode == 1, found.stderr
    _meets(json.loads(adoption.adopt("--audit", str(adoption.assembly), "--format", "json").stdout), "audit")
    commands = parse_commands(found.stdout)
    operations = {command.operation for command in commands}
    assert operations >= {"PutLifecyclePolicy", "PutRegistryPolicy"}
    assert not operations & {"PutImageTagMutability", "TagResource"}
    assert not any(command.operation.startswith(("Delete", "BatchDelete")) for command in commands)
    client = deployment.client("ecr")
    for command in commands:
        _run(command, client)
    clean = adoption.adopt("--audit", str(adoption.assembly))
    assert clean.returncode == 0, clean.stdout
    assert "everything is as it is declared" in clean.stdout


def _meets(document: dict[str, Any], schema: str) -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "reference" / f"{schema}-schema.json"
    jsonschema.validate(document, json.loads(path.read_text()))


def _losing(differences: list[dict[str, str]], name: str | None = None) -> list[str]:
    return [
        one["message"] for one in differences if one["impact"] == "loses" and name in (None, one["property"])
    ]


def _run(command: AwsCommand, client: Any) -> None:
    assert command.options == {"region": MAIN_REGION}
    command.run(client)


def test_nothing_is_overwritten(adoption: Adoption, tmp_path: Path) -> None:
    refused = adoption.adopt("--stages", "dev", "--output", str(tmp_path))

    assert refused.returncode == 2
    assert "nothing is overwritten" in refused.stderr
