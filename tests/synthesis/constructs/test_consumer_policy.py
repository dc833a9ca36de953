"""The consumer's side of a pull from another account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

REGISTRY = "444455556666"
BASE = f"arn:aws:ecr:eu-west-1:{REGISTRY}:repository"


def policy(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy").values()
    return dict(found["Properties"])


def test_defaults(stack: cdk.Stack, lint: Any, snapshot: SnapshotAssertion) -> None:
    ConsumerPolicy(stack, "Pull", account=REGISTRY, pull=["prod/*"])
    template = Template.from_stack(stack).to_json()
    assert policy(stack)["PolicyDocument"]["Statement"] == [
        {"Sid": "LogIn", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": f"{BASE}/prod/*",
        },
    ]
    assert lint(template) == []
    assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)


def test_everything_set(stack: cdk.Stack, lint: Any, snapshot: SnapshotAssertion) -> None:
    node = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    made = ConsumerPolicy(
        stack,
        "Pull",
        account=REGISTRY,
        regions=["eu-west-1", "eu-central-1"],
        pull=["prod/*", "base/python"],
        caches=["docker-hub", "ROOT"],
        create=False,
        description="Pull from the shared registry.",
        managed_policy_name="pull",
        roles=[node],
    )
    properties = policy(stack)
    assert properties["ManagedPolicyName"] == "pull"
    assert len(properties["Roles"]) == 1
    _, pull, caches = properties["PolicyDocument"]["Statement"]
    other = BASE.replace("eu-west-1", "eu-central-1")
    cached = [f"{BASE}/docker-hub/*", f"{BASE}/*", f"{other}/docker-hub/*", f"{other}/*"]
    names = [f"{BASE}/prod/*", f"{BASE}/base/python", f"{other}/prod/*", f"{other}/base/python"]
    assert pull["Resource"] == [*names, *cached]
    assert caches["Action"] == "ecr:BatchImportUpstreamImage"
    assert caches["Resource"] == cached
    assert isinstance(made.policy, iam.ManagedPolicy)
    template = Template.from_stack(stack).to_json()
    assert lint(template) == []
    assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)


def test_it_takes_the_logical_id_of_a_managed_policy_in_its_place(stack: cdk.Stack) -> None:
    statement = iam.PolicyStatement(actions=["ecr:BatchGetImage"], resources=[f"{BASE}/x"])
    before = cdk.Stack(cdk.App(), "Stack")
    iam.ManagedPolicy(before, "Pull", statements=[statement])
    ConsumerPolicy(stack, "Pull", account=REGISTRY, pull=["x/y"])
    found = [
        set(Template.from_stack(one).find_resources("AWS::IAM::ManagedPolicy")) for one in (before, stack)
    ]
    assert found[0] == found[1]


def test_a_registry_by_its_contract(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path / "registry"))
    env = cdk.Environment(account=REGISTRY, region="eu-west-1")
    PrivateRegistry(cdk.Stack(app, "Owner", env=env), "Registry").add_pull_through_cache("ecr-public")
    app.synth()
    workload = cdk.Environment(account="222233334444", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "Workload", env=workload)
    registry = PrivateRegistry.from_contract(stack, "Registry", tmp_path / "registry/registry.json")
    caches = ["public.ecr.aws", registry.cache("ecr-public")]
    ConsumerPolicy(stack, "Pull", registry=registry, pull=["prod/*"], caches=caches)
    statements = policy(stack)["PolicyDocument"]["Statement"]
    assert statements[2]["Resource"] == f"{BASE}/ecr-public/*"
    with pytest.raises(InvalidValueError, match="the registry is given, and so is its account"):
        ConsumerPolicy(stack, "Twice", registry=registry, account=REGISTRY, pull=["prod/*"])


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_in_other_partitions(stack: cdk.Stack, region: str, partition: str) -> None:
    ConsumerPolicy(stack, "Pull", account=REGISTRY, regions=[region], pull=["prod/*"])
    resource = policy(stack)["PolicyDocument"]["Statement"][1]["Resource"]
    assert resource == f"arn:{partition}:ecr:{region}:{REGISTRY}:repository/prod/*"


def test_in_a_stack_without_an_environment(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Anywhere")
    account = cdk.CfnParameter(stack, "Registry").value_as_string
    ConsumerPolicy(stack, "Pull", account=account, pull=["prod/*"])
    assert policy(stack)["PolicyDocument"]["Statement"][1]["Resource"]["Fn::Join"][1] == [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":ecr:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "Registry"},
        ":repository/prod/*",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pull": ["prod/*"]}, "nothing says in which account the registry is"),
        ({"account": "1", "pull": ["prod/*"]}, "is not an AWS account id"),
        ({"account": REGISTRY}, "nothing is pulled"),
        ({"account": REGISTRY, "pull": "prod/*"}, "fix: write pull=['prod/*']"),
        ({"account": REGISTRY, "pull": ["Prod/*"]}, "is no name of repositories"),
        ({"account": REGISTRY, "pull": ["prod/"]}, "is no name of repositories"),
        ({"account": REGISTRY, "regions": ["Ireland"], "pull": ["a"]}, "is not the name of an AWS Region"),
        ({"account": REGISTRY, "caches": ["*"]}, "is not a cache prefix"),
        ({"account": REGISTRY, "caches": [1]}, "a cache is of the type int"),
        ({"account": REGISTRY, "pull": ["a"], "roles": ["node"]}, "a role is of the type str"),
        ({"account": REGISTRY, "pull": ["a"], "create": "no"}, "create is 'no'"),
        ({"account": REGISTRY, "pull": ["a"], "managed_policy_name": ""}, "managed_policy_name is ''"),
        ({"account": REGISTRY, "pull": ["a"], "managed_policy_name": "ünï"}, "managed_policy_name is 'ünï'"),
        ({"account": REGISTRY, "pull": ["a"], "managed_policy_name": "a" * 129}, "129 characters long"),
        ({"account": REGISTRY, "pull": ["a"], "description": "a" * 1001}, "at most 1,000"),
        ({"registry": "registry.json", "pull": ["a"]}, "the registry is of the type str"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ConsumerPolicy(stack, "Pull", **arguments)
    assert message in str(caught.value)
    assert stack.node.try_find_child("Pull") is None


def test_a_policy_that_iam_would_not_take_is_refused(stack: cdk.Stack) -> None:
    names = [f"prod/payments/service-{number:03}" for number in range(79)]
    ConsumerPolicy(stack, "Pull", account=REGISTRY, pull=names)
    with pytest.raises(InvalidValueError, match=r"the policy would have 12,\d{3} characters") as caught:
        ConsumerPolicy(stack, "Pulls", account=REGISTRY, regions=["eu-west-1", "eu-central-1"], pull=names)
    assert caught.value.allowed == "at most 6,144"
    assert stack.node.try_find_child("Pulls") is None
