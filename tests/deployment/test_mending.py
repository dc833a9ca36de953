"""A stack that neither a second deployment nor a rollback mends, since a new repository has images already.

The commands of the page that mend it are run as they stand there.

Practices: OPS-1
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from deployment import Deployment
from docs_markdown import fenced_blocks
from local_cloud import ROOT, CloudError

PAGE = ROOT / "docs" / "how-to" / "mend-a-failed-deployment.md"
SECTION = "A repository has images already"
BLUEPRINT = """\
version: 1
model: centralized
convention: "{{stage}}/{{team}}/{{app}}"
stages: {{prod: {{production: true}}}}
registry: {{account: "{account}", regions: [eu-west-1]}}
teams: [{{team: {team}, repositories: {{{apps}}}}}]
"""


class Half:
    """A team's stack, of which a deployment makes ``invoices`` and fails at ``ledger``.

    Args:
        deployment: Where.
        team: The team.
    """

    def __init__(self, deployment: Deployment, team: str) -> None:
        self.deployment = deployment
        self.team = team
        self.stack = f"ecr-repositories-{team}-eu-west-1"
        self.taken, self.pushed = f"prod/{team}/ledger", f"prod/{team}/invoices"

    def synth(self, *apps: str) -> Path:
        """The assembly with some applications of the team."""
        declared = ", ".join(f"{app}: {{}}" for app in apps)
        text = BLUEPRINT.format(account=self.deployment.account, team=self.team, apps=declared)
        return self.deployment.synth_text(text)

    def status(self) -> str:
        """The stack's status."""
        (found,) = self.deployment.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        return str(found["StackStatus"])

    def settled(self) -> str | None:
        """The status in which the stack ends; None where it is gone."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                status = self.status()
            except ClientError:
                return None
            if not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(0.2)
        raise TimeoutError(self.stack)

    def logical_id(self, assembly: Path) -> str:
        """Of the repository that was pushed to."""
        resources = json.loads((assembly / f"{self.stack}.template.json").read_text())["Resources"]
        (found,) = (
            key for key, one in resources.items() if one["Properties"].get("RepositoryName") == self.pushed
        )
        return str(found)

    def fail(self, assembly: Path) -> str:
        """Fails half way, without a rollback, and has an image pushed then; gives the image's digest."""
        ecr = self.deployment.client("ecr")
        ecr.create_repository(repositoryName=self.taken)
        options = ("--exclusively", "--no-rollback", "--require-approval", "never", "--app", str(assembly))
        with pytest.raises(CloudError, match="already exists"):
            self.deployment.cdk("deploy", self.stack, *options)
        digest = self.deployment.push(self.pushed, "v1.0.0")
        ecr.delete_repository(repositoryName=self.taken)
        return digest

    def take_in(self, assembly: Path) -> None:
        """Imports what exists, by the answers that ``adopt --map`` has, and deploys the rest."""
        output = self.deployment.folder / f"import-{self.team}"
        mapped = self.deployment.adopt("--map", str(assembly), "--output", str(output))
        assert mapped.returncode == 0, (mapped.stdout, mapped.stderr)
        answers = ("--resource-mapping", str(output / f"{self.stack}.json"), "--force")
        self.deployment.cdk("import", self.stack, *answers, "--app", str(assembly))
        self.deployment.deploy(assembly, "--exclusively", self.stack)

    def held(self) -> set[str]:
        """The repositories of the stack."""
        client = self.deployment.client("cloudformation")
        return {
            one["PhysicalResourceId"]
            for one in client.describe_stack_resources(StackName=self.stack)["StackResources"]
            if one["ResourceType"] == "AWS::ECR::Repository"
        }


def commands() -> list[str]:
    """Those of the page's section."""
    blocks = [one for one in fenced_blocks(PAGE) if one.language == "sh" and one.headings[-1] == SECTION]
    return [line for one in blocks for line in one.text.splitlines()]


def test_a_repository_that_an_update_could_not_take_back_is_imported(deployment: Deployment) -> None:
    half = Half(deployment, "payments")
    deployment.deploy(half.synth("api"), "--exclusively", half.stack)
    assembly = half.synth("api", "invoices", "ledger")
    digest = half.fail(assembly)
    assert half.status() == "UPDATE_FAILED"
    deployment.cdk("rollback", half.stack, "--app", str(assembly))
    assert half.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert half.held() == {"prod/payments/api"}
    assert deployment.digests(half.pushed) == {digest}

    _, cdk_import, deploy, *_ = commands()
    assert cdk_import.split()[1:3] == ["import", half.stack]
    assert deploy.split()[1:3] == ["deploy", half.stack]
    half.take_in(assembly)
    assert half.held() == {"prod/payments/api", half.pushed, half.taken}
    assert deployment.digests(half.pushed) == {digest}


def test_a_creation_that_cannot_be_rolled_back_is_deleted_and_imported(deployment: Deployment) -> None:
    half = Half(deployment, "search")
    assembly = half.synth("invoices", "ledger")
    digest = half.fail(assembly)
    assert half.status() == "CREATE_FAILED"
    client = deployment.client("cloudformation")
    # As CloudFormation does by itself without --no-rollback.
    client.rollback_stack(StackName=half.stack)
    assert half.settled() == "ROLLBACK_FAILED"

    delete, retain = commands()[-2:]
    assert delete.split()[1:3] == retain.split()[1:3] == ["cloudformation", "delete-stack"]
    client.delete_stack(StackName=half.stack)
    if half.settled() == "DELETE_FAILED":
        assert "--retain-resources" in retain
        client.delete_stack(StackName=half.stack, RetainResources=[half.logical_id(assembly)])
    assert half.settled() is None
    assert deployment.digests(half.pushed) == {digest}
    half.take_in(assembly)
    assert half.held() == {half.pushed, half.taken}
    assert deployment.digests(half.pushed) == {digest}
