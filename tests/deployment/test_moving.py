"""The commands of the pages on moving, freezing and retiring, run as they stand there; images must stay.

Blueprints and files of teams are written where a page shows them, with this test's accounts in the place of
the page's. What the AWS CLI and skopeo would do is done through ECR's API: neither is needed for the tests.
The questions of ``cdk import`` are answered by what ``adopt --map`` writes, since nobody is there to say yes.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_commands import parse_commands
from deployment import MAIN_REGION, Deployment
from docs_markdown import FencedBlock, fenced_blocks
from local_cloud import ROOT, LocalCloud, run_cdk
from synthesized import synthesize

from ecr_blueprints.domain.repository_name import RepositoryName

HOW_TO = ROOT / "docs" / "how-to"
TAG = "v1.4.0"


class PageOnCloud:
    """One page, run in accounts of its own.

    Args:
        page: The file's name.
        deployment: Where.
    """

    def __init__(self, page: str, deployment: Deployment) -> None:
        self.deployment = deployment
        self.folder = deployment.folder
        self._blocks = fenced_blocks(HOW_TO / page)
        self._pushed: dict[str, set[str]] = {}

    def steps(self) -> Iterator[str]:
        """Runs block after block; stops after each that had commands, with its heading."""
        for block in self._blocks:
            if block.language == "yaml":
                self._write(block)
            elif block.language == "sh":
                for line in self._own(block.text).splitlines():
                    self._run(line)
                yield block.headings[-1]

    def push_everywhere(self) -> None:
        """Puts an image into every repository that has none yet."""
        for name in self.repositories() - self._pushed.keys():
            self._pushed[name] = {self.deployment.push(name, TAG)}

    def repositories(self) -> set[str]:
        """The names of the repositories, without the bootstrap's."""
        found = self.deployment.client("ecr").describe_repositories()["repositories"]
        return {one["repositoryName"] for one in found if not one["repositoryName"].startswith("cdk-")}

    def check_images(self) -> None:
        """Every image that was ever pushed is in its repository."""
        assert self._pushed
        for name, digests in self._pushed.items():
            assert digests <= self.deployment.digests(name), name

    def managed(self) -> dict[str, str]:
        """The stack that manages each repository."""
        client = self.deployment.client("cloudformation")
        held: dict[str, str] = {}
        for stack in client.describe_stacks()["Stacks"]:
            if stack["StackStatus"].startswith("DELETE"):
                continue
            for one in client.describe_stack_resources(StackName=stack["StackName"])["StackResources"]:
                if one["ResourceType"] == "AWS::ECR::Repository":
                    held[one["PhysicalResourceId"]] = stack["StackName"]
        return {name: stack for name, stack in held.items() if not name.startswith("cdk-")}

    def policy_of(self, name: str) -> Mapping[str, Any]:
        """The statements of a repository's policy, by their ids."""
        text = self.deployment.client("ecr").get_repository_policy(repositoryName=name)["policyText"]
        return {one["Sid"]: one for one in json.loads(text)["Statement"]}

    def _own(self, text: str) -> str:
        return text.replace("111122223333", self.deployment.account).replace(
            "222233334444", self.deployment.consumer
        )

    def _write(self, block: FencedBlock) -> None:
        text = self._own(block.text)
        first = text.splitlines()[0]
        path = self.folder / (first.removeprefix("# ") if first.startswith("# ") else "blueprint.yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def _run(self, line: str) -> None:
        program, *arguments = shlex.split(line)
        match program:
            case "cdk" if arguments[0] == "synth":
                assert arguments[1:3] == ["-c", "blueprint=blueprint.yaml"]
                context = dict(one.split("=") for one in arguments[4::2])
                output = self.folder / "cdk.out"
                shutil.rmtree(output, ignore_errors=True)
                result = synthesize(self.folder / "blueprint.yaml", output, **context)
                assert result.returncode == 0, result.stderr
            case "cdk" if arguments[0] == "import":
                answers = ["--resource-mapping", str(self._answers(arguments[1])), "--force"]
                run_cdk([*arguments, *answers], env=self.deployment.environment(), cwd=self.folder)
            case "cdk":
                approved = ["--require-approval", "never"] if arguments[0] == "deploy" else []
                run_cdk([*arguments, *approved], env=self.deployment.environment(), cwd=self.folder)
            case "aws" if arguments[:2] == ["cloudformation", "delete-stack"]:
                self._delete_stack(arguments[arguments.index("--stack-name") + 1])
            case "aws":
                (command,) = parse_commands(line)
                command.run(self.deployment.client("ecr"))
            case "skopeo":
                self._copy(*arguments[-2:])
            case _:
                pytest.fail(f"a command that nothing here knows: {line}")

    def _delete_stack(self, name: str) -> None:
        """As the workload account, to which the stack's name says that it belongs."""
        assert name.endswith(self.deployment.consumer)
        client = self.of_consumer("cloudformation")
        client.delete_stack(StackName=name)
        client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})

    def of_consumer(self, service: str) -> Any:
        """A client of the workload account."""
        return self.deployment.cloud.client(service, account=self.deployment.consumer, region=MAIN_REGION)

    def _answers(self, stack_name: str) -> Path:
        """What ``adopt --map`` finds: what ``cdk import`` proposes, the name of each that the stack lacks."""
        held = {name for name, one in self.managed().items() if one == stack_name}
        template = json.loads((self.folder / "cdk.out" / f"{stack_name}.template.json").read_text())
        proposed = {
            logical_id: {"RepositoryName": one["Properties"]["RepositoryName"]}
            for logical_id, one in template["Resources"].items()
            if one["Type"] == "AWS::ECR::Repository" and one["Properties"]["RepositoryName"] not in held
        }
        output = self.folder / "import"
        mapped = self.deployment.adopt("--map", str(self.folder / "cdk.out"), "--output", str(output))
        assert mapped.returncode == 0, (mapped.stdout, mapped.stderr)
        path = output / f"{stack_name}.json"
        assert json.loads(path.read_text()) == proposed, mapped.stdout
        return path

    def _copy(self, source: str, target: str) -> None:
        host = f"docker://{self.deployment.account}.dkr.ecr.{MAIN_REGION}.amazonaws.com/"
        name, _, digest = source.removeprefix(host).partition("@")
        new_name, _, tag = target.removeprefix(host).partition(":")
        client = self.deployment.client("ecr")
        (image,) = client.batch_get_image(
            repositoryName=RepositoryName(name), imageIds=[{"imageDigest": digest}]
        )["images"]
        client.put_image(
            repositoryName=RepositoryName(new_name),
            imageManifest=image["imageManifest"],
            imageManifestMediaType=image["imageManifestMediaType"],
            imageTag=tag,
            imageDigest=digest,
        )
        self._pushed[new_name] = {digest}


@pytest.fixture(scope="module")
def accounts() -> Iterator[int]:
    return iter(range(600000000000, 600000000100, 10))


@pytest.fixture
def on_cloud(cloud: LocalCloud, accounts: Iterator[int], tmp_path: Path) -> Any:
    def run(page: str) -> PageOnCloud:
        account = next(accounts)
        deployment = Deployment(cloud, tmp_path, account=str(account), consumer=str(account + 1))
        trusted = deployment.account
        cloud.install_toolkit({trusted: (MAIN_REGION,), deployment.consumer: (MAIN_REGION,)}, trusted=trusted)
        return PageOnCloud(page, deployment)

    return run


def stack(key: str) -> str:
    return f"ecr-repositories-{key}-{MAIN_REGION}"


def test_moving_loses_no_image(on_cloud: Any) -> None:
    page = on_cloud("move-a-repository.md")
    seen = []
    for heading in page.steps():
        seen.append(heading)
        if len(seen) == 1:
            page.push_everywhere()
        page.check_images()
        managed = page.managed()
        match seen.count(heading), heading:
            case 1, "Hand it over":
                assert managed["prod/payments/ledger"] == stack("payments")
                tags = page.deployment.client("ecr").list_tags_for_resource(
                    resourceArn=f"arn:aws:ecr:{MAIN_REGION}:{page.deployment.account}:repository/prod/payments/ledger"
                )["tags"]
                assert {"Key": "owner", "Value": "search"} in tags
                assert "ci-search" in str(page.policy_of("prod/payments/ledger")["PushByRoles"])
            case 1, "Move it between stacks":
                assert "prod/payments/api" not in managed
                assert page.policy_of("prod/payments/api")
            case 2, "Move it between stacks":
                assert managed["prod/payments/api"] == managed["dev/payments/api"] == stack("payments-2")
            case 1, "Rename it":
                assert "NobodyPushes" in page.policy_of("prod/payments/ledger")
                assert "PushByRoles" not in page.policy_of("prod/payments/ledger")
            case 2, "Rename it":
                old, new = (
                    page.deployment.digests(name) for name in ("prod/payments/ledger", "prod/search/accounts")
                )
                assert old <= new
            case 3, "Rename it":
                assert "prod/payments/ledger" not in managed
                assert "prod/payments/ledger" in page.repositories()
            case 1, "Change the convention":
                assert managed["prod/payments/api"] == stack("payments-2")
                assert managed["prod/search/query"] == stack("search")
                assert managed["payments/prod/invoices"] == stack("payments")
    assert seen.count("Move it between stacks") == 2
    assert seen.count("Rename it") == 3


def test_freezing_and_retiring_loses_no_image(on_cloud: Any) -> None:
    page = on_cloud("freeze-and-retire.md")
    seen = []
    for heading in page.steps():
        seen.append(heading)
        if len(seen) == 1:
            page.push_everywhere()
        page.check_images()
        policy = page.policy_of("legacy/batch")
        match heading:
            case "Freeze":
                assert policy["NobodyPushes"]["Effect"] == "Deny"
                assert "PushByRoles" not in policy
                assert "PullByAccounts" in policy
            case "Retire":
                assert "legacy/batch" not in page.managed()
                assert "NobodyPushes" in policy
            case "Take it back":
                assert page.managed()["legacy/batch"] == stack("payments")
                assert "NobodyPushes" in policy
            case "Thaw":
                assert "NobodyPushes" not in policy
                assert "ci-payments" in str(policy["PushByRoles"])
    assert seen[-4:] == ["Freeze", "Retire", "Take it back", "Thaw"]


def test_moving_in_a_tenants_account_loses_no_image(on_cloud: Any) -> None:
    page = on_cloud("move-in-a-tenants-account.md")
    seen = []
    for heading in page.steps():
        seen.append(heading)
        if len(seen) == 1:
            page.push_everywhere()
        page.check_images()
        managed = page.managed()
        match seen.count(heading), heading:
            case 1, "Rename the team":
                tags = page.deployment.client("ecr").list_tags_for_resource(
                    resourceArn=f"arn:aws:ecr:{MAIN_REGION}:{page.deployment.account}:repository/prod/claims/intake"
                )["tags"]
                assert {"Key": "owner", "Value": "customer-care"} in tags
                assert managed["prod/claims/intake"] == managed["prod/claims/letters"] == stack("claims")
            case 1, "Move it between stacks":
                assert "prod/claims/letters" not in managed
            case 2, "Move it between stacks":
                assert managed["prod/claims/letters"] == stack("claims-2")
                assert managed["prod/claims/intake"] == stack("claims")
    assert seen[1:] == ["Rename the team", "Move it between stacks", "Move it between stacks"]


def test_renaming_a_project_or_the_prefix_loses_no_image(on_cloud: Any) -> None:
    page = on_cloud("rename-a-project.md")
    seen = []
    for heading in page.steps():
        seen.append(heading)
        if len(seen) < 3:
            page.push_everywhere()
        page.check_images()
        managed = page.managed()
        access = bridge_access(page)
        match heading:
            case "Another project":
                assert managed["prod/booking/web"] == stack("booking")
                assert "NobodyPushes" in page.policy_of("prod/booking/web")
                assert managed["prod/reservations/web"] == stack("reservations")
                assert "repository/prod/" in access
            case "Another prefix":
                assert managed["prod/booking/web"] == stack("booking")
                assert managed["prod/reservations/web"] == stack("reservations")
                assert managed["release/reservations/web"] == stack("reservations")
                assert "repository/release/" in access
                assert "repository/prod/" not in access
    assert seen[1:] == ["Another project", "Another prefix"]


def bridge_access(page: PageOnCloud) -> str:
    """What the role of the bridge may do."""
    iam = page.deployment.client("iam")
    name = "ecr-enterprise-bridge"
    return "".join(
        json.dumps(iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"])
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]
    )


def test_renaming_a_consumer_has_both_roles_until_the_old_one_goes(on_cloud: Any) -> None:
    page = on_cloud("rename-a-consumer.md")
    seen, policies = [], []
    for heading in page.steps():
        seen.append(heading)
        if len(seen) == 1:
            page.push_everywhere()
        page.check_images()
        policies.append(page.policy_of("prod/payments/api"))
        roles = {one["RoleName"] for one in page.of_consumer("iam").list_roles()["Roles"]}
        old, new = "ecr-pull-production-nodes", "ecr-pull-shops-nodes"
        match heading:
            case "Both names":
                assert {old, new} <= roles
            case "The old name goes":
                assert roles & {old, new} == {new}
    assert seen[1:] == ["Both names", "The old name goes"]
    assert policies[0] == policies[1] == policies[2]
