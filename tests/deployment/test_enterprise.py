"""A bridge is deployed, read back, and crossed as Harbor does: what it creates gets the defaults.

The emulator authorizes nothing and sends no event: Harbor's calls are made with the account's credential, and
the function is invoked with the event as CloudTrail delivers it. What the role may do is read back here and
judged by tests/synthesis.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import event_samples
import pytest
from deployment import MAIN_REGION, OTHER_REGION, Deployment

REGIONS = (MAIN_REGION, OTHER_REGION)
ROLE = "harbor-bridge"
ISSUER = "oidc.example.com/id/A1B2"

BLUEPRINT = """\
version: 1
model: enterprise
convention: "{{stage}}/{{team}}/{{app}}"
stages: {{prod: {{production: true}}}}
registry: {{account: "{account}", regions: [eu-west-1, eu-central-1]}}
enterprise:
  product: harbor
  url: https://harbor.example.com
  prefix: prod
  projects: [payments, search]
  undeclared: baseline
  role_name: harbor-bridge
  identity:
    oidc: {{issuer: oidc.example.com/id/A1B2, subject: "system:serviceaccount:harbor:replication"}}
signing: {{production: true}}
retention: {{keep: ["v*"], untagged_days: {untagged_days}}}
consumers:
  production: {{accounts: ["{consumer}"], pull: ["prod/*"]}}
tags: {{managed-by: ecr-blueprints}}
teams:
  - team: payments
    repositories: {{api: {{}}}}
"""


class Harbor:
    """What Harbor calls of ECR before it pushes, in its order and with its arguments; and what follows."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def prepare(self, name: str, region: str = MAIN_REGION) -> bool:
        """Looks for a repository, and creates it where there is none; gives whether it did."""
        ecr = self._deployment.client("ecr", region)
        try:
            ecr.describe_repositories(repositoryNames=[name])
        except ecr.exceptions.RepositoryNotFoundException:
            ecr.create_repository(repositoryName=name)
            return True
        return False

    def announce(self, name: str, region: str = MAIN_REGION) -> str:
        """Invokes the Region's function with the event of the creation; gives its error, if any."""
        sample = event_samples.REPOSITORY_CREATED
        event = {**sample, "detail": {**sample["detail"], "requestParameters": {"repositoryName": name}}}
        function = self._deployment.client("lambda", region)
        (found,) = (
            one["FunctionName"]
            for one in function.list_functions()["Functions"]
            if one["FunctionName"].startswith("ecr-bridge-")
        )
        answer = function.invoke(FunctionName=found, Payload=json.dumps(event).encode())
        return str(answer.get("FunctionError", ""))


@pytest.fixture(scope="module")
def harbor(deployment: Deployment) -> Harbor:
    return Harbor(deployment)


def blueprint(deployment: Deployment, *, untagged_days: int) -> str:
    return BLUEPRINT.format(
        account=deployment.account, consumer=deployment.consumer, untagged_days=untagged_days
    )


@pytest.fixture(scope="module")
def first(deployment: Deployment) -> Path:
    assembly = deployment.synth_text(blueprint(deployment, untagged_days=7))
    deployment.deploy(assembly)
    return assembly


def settings_of(deployment: Deployment, name: str, region: str = MAIN_REGION) -> dict[str, Any]:
    """Everything that a repository is set to."""
    ecr = deployment.client("ecr", region)
    (repository,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]

    def text(operation: Any, member: str, missing: Any) -> Any:
        try:
            return json.loads(operation(repositoryName=name)[member])
        except missing:
            return None

    errors = ecr.exceptions
    tags = ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
    return {
        "mutability": repository["imageTagMutability"],
        "encryption": repository["encryptionConfiguration"]["encryptionType"],
        "lifecycle": text(
            ecr.get_lifecycle_policy, "lifecyclePolicyText", errors.LifecyclePolicyNotFoundException
        ),
        "policy": text(ecr.get_repository_policy, "policyText", errors.RepositoryPolicyNotFoundException),
        "tags": {one["Key"]: one["Value"] for one in tags if not one["Key"].startswith("aws:")},
    }


def test_the_role_is_there_once_with_a_policy_for_each_region(deployment: Deployment, first: Path) -> None:
    iam = deployment.client("iam")
    trust = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    assert f"{ISSUER}:sub" in json.dumps(trust)
    documents = [
        iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    ]
    by_sid = [
        {one["Sid"]: one for one in document["Statement"] if "Sid" in one}
        for document in (json.loads(one) if isinstance(one, str) else one for one in documents)
    ]
    assert {one["BringImages"]["Resource"] for one in by_sid} == {
        f"arn:aws:ecr:{region}:{deployment.account}:repository/prod/*" for region in REGIONS
    }
    assert {one["CreateRepositories"]["Action"] for one in by_sid} == {"ecr:CreateRepository"}
    assert "Delete" not in json.dumps(by_sid)
    assert all("signer:SignPayload" in json.dumps(document) for document in documents)


def test_the_outputs_are_the_settings_of_harbor(deployment: Deployment, first: Path) -> None:
    settings = json.loads((first / "bridge.json").read_text())
    assert settings["roleArn"] == f"arn:aws:iam::{deployment.account}:role/{ROLE}"
    for region in REGIONS:
        stack = f"ecr-bridge-{region}"
        (described,) = deployment.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
        assert json.loads(outputs["HarborRegistry"]) == settings["regions"][region]["registry"]
        assert json.loads(outputs["HarborPolicy"]) == settings["regions"][region]["policy"]
        assert outputs["BridgeRoleArn"] == settings["roleArn"]


def test_a_declared_repository_is_there_and_harbor_creates_nothing(
    deployment: Deployment, harbor: Harbor, first: Path
) -> None:
    assert [harbor.prepare("prod/payments/api", region) for region in REGIONS] == [False, False]
    # Whoever sends an event of it changes nothing, either: a stack declares it.
    before = settings_of(deployment, "prod/payments/api")
    assert harbor.announce("prod/payments/api") == ""
    assert settings_of(deployment, "prod/payments/api") == before


@pytest.mark.parametrize("region", REGIONS)
def test_what_harbor_creates_becomes_what_a_declared_one_is(
    deployment: Deployment, harbor: Harbor, first: Path, region: str
) -> None:
    assert harbor.prepare("prod/search/query", region)
    assert settings_of(deployment, "prod/search/query", region) == {
        "mutability": "MUTABLE",
        "encryption": "AES256",
        "lifecycle": None,
        "policy": None,
        "tags": {},
    }
    assert harbor.announce("prod/search/query", region) == ""
    now = settings_of(deployment, "prod/search/query", region)
    declared = settings_of(deployment, "prod/payments/api", region)
    assert now["mutability"] == declared["mutability"] == "IMMUTABLE"
    assert now["lifecycle"] == declared["lifecycle"]
    assert now["tags"] == {"managed-by": "ecr-blueprints"}
    assert f"arn:aws:iam::{deployment.consumer}:root" in json.dumps(now["policy"])
    # A second delivery changes nothing, and a tag cannot be moved any more.
    assert harbor.announce("prod/search/query", region) == ""
    assert settings_of(deployment, "prod/search/query", region) == now
    ecr = deployment.client("ecr", region)
    deployment.push("prod/search/query", "v1.0.0", region)
    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        deployment.push("prod/search/query", "v1.0.0", region)


def test_nothing_outside_the_prefix_is_touched(deployment: Deployment, harbor: Harbor, first: Path) -> None:
    deployment.client("ecr").create_repository(repositoryName="sandbox/api")
    before = settings_of(deployment, "sandbox/api")
    assert harbor.announce("sandbox/api") == ""
    assert settings_of(deployment, "sandbox/api") == before


def test_what_is_gone_again_is_no_failure(deployment: Deployment, harbor: Harbor, first: Path) -> None:
    assert harbor.announce("prod/search/gone") == ""


def test_an_update_changes_the_defaults_and_a_destroy_loses_no_image(
    deployment: Deployment, harbor: Harbor, first: Path
) -> None:
    assembly = deployment.synth_text(blueprint(deployment, untagged_days=3))
    deployment.deploy(assembly)
    assert harbor.prepare("prod/search/suggest")
    assert harbor.announce("prod/search/suggest") == ""
    days = [
        rule["selection"]["countNumber"]
        for rule in settings_of(deployment, "prod/search/suggest")["lifecycle"]["rules"]
    ]
    assert 3 in days
    deployment.destroy(assembly)
    assert deployment.digests("prod/search/query")
    assert settings_of(deployment, "prod/search/query")["mutability"] == "IMMUTABLE"
    iam = deployment.client("iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=ROLE)
