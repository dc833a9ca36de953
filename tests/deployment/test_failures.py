"""What fails or is interrupted leaves nothing that the next deployment does not mend, in each model.

A stack of each kind of one example of each operating model goes through it, deployed with ``--exclusively``.
What fails, fails by change sets as the CDK CLI makes them; what is interrupted, is the CLI, killed; what
mends it, is the CLI. The tests of this file run in order, each with what the one before has left.

Practices: OPS-1
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from example_deployment import ADDED, ExampleDeployment, Place
from failing_stacks import InTheWay, change, status_of, taken_names
from local_cloud import CloudError, LocalCloud
from registry_comparison import comparable, own_repositories
from synthesized import Assembly

Changes = Callable[[dict[str, Any]], None]
KIND = re.compile(r"ecr-(registry|repositories|consumer|endpoints|units|bridge|platform-[a-z]+)\b")


OTHER_ACCOUNT = "999999999999"


class Interrupted(Exception):
    """The test has killed the CDK CLI."""


def more_of_the_centralized(blueprint: dict[str, Any]) -> None:
    """A cache, and roles in a workload account."""
    blueprint["caches"]["quay"] = {}
    blueprint["consumers"]["staging"]["pull_roles"] = {"tasks": {}, "nodes": {}}


def more_of_the_enterprise(blueprint: dict[str, Any]) -> None:
    """A cache, another role of the bridge, and roles in a workload account."""
    blueprint["caches"] = {"quay": {}}
    blueprint["enterprise"]["role_name"] = "ecr-bridge-2"
    blueprint["consumers"]["operations"]["pull_roles"]["pods"] = {}


def less_of_the_platform(blueprint: dict[str, Any]) -> None:
    """Partners are others, and findings of another severity."""
    blueprint["guardrails"]["partners"] = ["900000000019"]
    blueprint["security"]["findings"] = ["CRITICAL", "HIGH", "MEDIUM"]


EXAMPLES: dict[str, Changes] = {
    "centralized": more_of_the_centralized,
    "enterprise-harbor": more_of_the_enterprise,
    "tenant-managed": less_of_the_platform,
}


UPDATED = {
    "centralized": {"registry", "repositories", "consumer"},
    "enterprise-harbor": {"registry", "repositories", "bridge", "consumer"},
    "tenant-managed": {"repositories"},
}
"""The kinds of stacks whose updates make something with a name of its own."""


@dataclass(kw_only=True)
class Life:
    """An example, of which one stack of each kind is deployed, with the images that were pushed."""

    deployment: ExampleDeployment
    stacks: tuple[str, ...]
    pushed: dict[tuple[Place, str], str] = field(default_factory=dict)

    @property
    def first(self) -> Assembly:
        return self.deployment.first

    def status(self, stack: str) -> str | None:
        return status_of(self.deployment, self.first, stack)

    def repositories(self, assembly: Assembly) -> dict[str, list[str]]:
        """Stack → the names of its repositories, of those stacks that have some."""
        found = {
            stack: [
                str(one["Properties"]["RepositoryName"])
                for one in assembly.templates[stack]["Resources"].values()
                if one["Type"] == "AWS::ECR::Repository"
            ]
            for stack in self.stacks
        }
        return {stack: names for stack, names in found.items() if names}

    def check_deployed(self, assembly: Assembly) -> None:
        """Every stack is whole, and each registry holds what is declared for it."""
        for stack in self.stacks:
            assert self.status(stack) in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), stack
        names = {name for found in self.repositories(assembly).values() for name in found}
        for place, declared in self.deployment.declared(assembly).items():
            if not any(assembly.environments[stack] == place for stack in self.repositories(assembly)):
                continue
            live, ours = comparable(self.deployment.live(place)), comparable(declared)
            assert live["repositories"] == [one for one in ours["repositories"] if one["name"] in names]
            if any(
                stack.startswith("ecr-registry-") and assembly.environments[stack] == place
                for stack in self.stacks
            ):
                assert live["caches"] == ours["caches"]

    def check_images(self) -> None:
        """Every image that was ever pushed is in its repository."""
        for (place, name), digest in self.pushed.items():
            assert self.deployment.digests(place, name) == {digest}


def kind_of(stack: str) -> str:
    """Such as ``repositories``."""
    kind = KIND.match(stack)
    assert kind is not None, f"{stack} is of a kind that nothing here knows"
    return kind[1]


def one_of_each_kind(assembly: Assembly) -> tuple[str, ...]:
    """The first stack of each kind, in the order of the assembly."""
    found: dict[str, str] = {}
    for stack in assembly.templates:
        found.setdefault(kind_of(stack), stack)
    return tuple(found.values())


@pytest.fixture(scope="module", params=EXAMPLES)
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp(request.param)
    with LocalCloud(log=folder / "emulator.log") as cloud:
        deployment = ExampleDeployment(request.param, cloud, folder)
        life = Life(deployment=deployment, stacks=one_of_each_kind(deployment.first))
        deployment.bootstrap(*life.stacks)
        yield life


def killing_at(text: str) -> Callable[[str], None]:
    """Kills the CLI when it prints something, while CloudFormation goes on."""

    def look(line: str) -> None:
        if text in line:
            raise Interrupted

    return look


def test_each_kind_of_stack_that_cannot_be_created_is_created_then(life: Life) -> None:
    deployment, first = life.deployment, life.first
    ways = {
        stack: InTheWay(deployment, first.environments[stack], one)
        for stack in life.stacks
        for one in taken_names(first.templates[stack]).values()
    }
    with other_administrator(life) as inspected:
        failed = {stack: change(deployment, first, stack, "CREATE") for stack in life.stacks}
    for stack, status in failed.items():
        # Endpoints have no names that could be taken.
        expected = "ROLLBACK_COMPLETE" if stack in (*ways, *inspected) else "CREATE_COMPLETE"
        assert status == expected, stack
        if status == "ROLLBACK_COMPLETE":
            assert left_of(deployment, first, stack) == []
    assert profiles_of(life) == []
    for one in ways.values():
        one.remove()

    # As after a CLI that was killed before it executed its change set.
    begun = next(stack for stack in life.stacks if failed[stack] == "ROLLBACK_COMPLETE")
    deployment.client("cloudformation", first.environments[begun]).delete_stack(StackName=begun)
    assert change(deployment, first, begun, "CREATE", execute=False) == "REVIEW_IN_PROGRESS"
    with pytest.raises(Interrupted):
        deployment.deploy(first, *life.stacks, on_line=killing_at("✅"))
    deployment.deploy(first, *life.stacks)
    life.check_deployed(first)


@contextlib.contextmanager
def other_administrator(life: Life) -> Iterator[list[str]]:
    """Has another account administer Inspector: what configures it fails; gives the stacks that do."""
    inspected = [stack for stack in life.stacks if "-inspector-" in stack]
    clients = [life.deployment.client("inspector2", life.first.environments[one]) for one in inspected]
    for client in clients:
        client.enable_delegated_admin_account(delegatedAdminAccountId=OTHER_ACCOUNT)
    yield inspected
    for client in clients:
        client.disable_delegated_admin_account(delegatedAdminAccountId=OTHER_ACCOUNT)


def left_of(deployment: ExampleDeployment, assembly: Assembly, stack: str) -> list[str]:
    """The types of the resources that a stack still has; scanning is a setting that is written over."""
    client = deployment.client("cloudformation", assembly.environments[stack])
    return [
        one["ResourceType"]
        for one in client.describe_stack_resources(StackName=stack)["StackResources"]
        if one["ResourceStatus"] not in ("DELETE_COMPLETE", "CREATE_FAILED")
        and one["ResourceType"] != "AWS::ECR::RegistryScanningConfiguration"
    ]


def profiles_of(life: Life) -> list[str]:
    """The signing profiles that there are: their names are never free again."""
    found = []
    for stack in life.stacks:
        client = life.deployment.client("signer", life.first.environments[stack])
        for one in life.first.templates[stack]["Resources"].values():
            if one["Type"] == "AWS::Signer::SigningProfile":
                with contextlib.suppress(client.exceptions.ResourceNotFoundException):
                    found.append(
                        client.get_signing_profile(profileName=one["Properties"]["ProfileName"])["arn"]
                    )
    return found


@pytest.fixture(scope="module")
def second(life: Life) -> Assembly:
    """The example with a change of each kind of stack that can change, and images in what is deployed."""
    for stack, names in life.repositories(life.first).items():
        place = life.first.environments[stack]
        life.pushed[place, names[0]] = life.deployment.push(place, names[0])
    assert life.pushed
    return life.deployment.update(EXAMPLES[life.deployment.name])


def test_each_kind_of_stack_that_cannot_be_updated_is_updated_then(life: Life, second: Assembly) -> None:
    deployment, first = life.deployment, life.first
    ways = {
        stack: InTheWay(deployment, second.environments[stack], one)
        for stack in life.stacks
        for one in taken_names(second.templates[stack], first.templates[stack]).values()
    }
    assert any(ADDED in name for names in life.repositories(second).values() for name in names)
    assert {kind_of(stack) for stack in ways} >= UPDATED[deployment.name]
    before = registries(life)
    for stack in ways:
        assert change(deployment, second, stack, "UPDATE") == "UPDATE_ROLLBACK_COMPLETE", stack
    life.check_images()
    assert registries(life) == before
    for one in ways.values():
        one.remove()

    with pytest.raises(Interrupted):
        deployment.deploy(second, *life.stacks, on_line=killing_at("✅"))
    life.check_images()
    deployment.deploy(second, *life.stacks)
    life.check_deployed(second)
    life.check_images()


def registries(life: Life) -> list[dict[str, Any]]:
    """What each registry holds, its repositories by name."""
    places = {life.first.environments[stack] for stack in life.stacks if "-repositories-" in stack}
    return [comparable(life.deployment.live(place)) for place in sorted(places)]


def test_a_destruction_that_fails_and_one_that_is_interrupted_keep_every_image(
    life: Life, second: Assembly
) -> None:
    """What is in the way is somebody else's role with the pull policy, or a function that is gone."""
    deployment = life.deployment
    kept = {place: own_repositories(deployment.live(place)) for place, _ in life.pushed}
    in_the_way = next((one for one in life.stacks if "-consumer-" in one or "-inspector-" in one), "")
    place = second.environments[in_the_way]
    resource, physical = in_the_way_of_deletion(life, in_the_way)
    if resource == "AWS::IAM::ManagedPolicy":
        iam = deployment.client("iam", place)
        iam.create_role(RoleName="somebody-elses", AssumeRolePolicyDocument="{}")
        iam.attach_role_policy(RoleName="somebody-elses", PolicyArn=physical)
    else:
        deployment.client("lambda", place).delete_function(FunctionName=physical)

    with pytest.raises(CloudError, match="DELETE_FAILED"):
        deployment.destroy(second, in_the_way)
    assert life.status(in_the_way) == "DELETE_FAILED"
    life.check_images()
    if resource == "AWS::IAM::ManagedPolicy":
        iam.detach_role_policy(RoleName="somebody-elses", PolicyArn=physical)
    else:
        retain_what_failed(deployment, second, in_the_way)

    with pytest.raises(Interrupted):
        deployment.destroy(second, *life.stacks, on_line=killing_at("✅"))
    life.check_images()
    deployment.destroy(second, *life.stacks)
    assert [stack for stack in life.stacks if life.status(stack) is not None] == []
    life.check_images()
    assert {one: own_repositories(deployment.live(one)) for one in kept} == kept
    # Once more, with nothing left to destroy.
    deployment.destroy(second, *life.stacks)


def in_the_way_of_deletion(life: Life, stack: str) -> tuple[str, str]:
    """The type and the physical id of what will not be deleted, or of what would delete it."""
    client = life.deployment.client("cloudformation", life.first.environments[stack])
    kinds = ("AWS::IAM::ManagedPolicy", "AWS::Lambda::Function")
    (found,) = (
        one
        for one in client.describe_stack_resources(StackName=stack)["StackResources"]
        if one["ResourceType"] in kinds
    )
    return found["ResourceType"], found["PhysicalResourceId"]


def retain_what_failed(deployment: ExampleDeployment, assembly: Assembly, stack: str) -> None:
    """What the page on failed deployments says of a function that is gone."""
    client = deployment.client("cloudformation", assembly.environments[stack])
    failed = [
        one["LogicalResourceId"]
        for one in client.describe_stack_resources(StackName=stack)["StackResources"]
        if one["ResourceStatus"] == "DELETE_FAILED"
    ]
    client.delete_stack(StackName=stack, RetainResources=failed)
    assert status_of(deployment, assembly, stack) is None
