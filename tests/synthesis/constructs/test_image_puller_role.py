"""The puller role: prefixes, repositories and caches, and nothing else of the registry."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.image_puller_role import ImagePullerRole
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.pipeline_identity import GitHubActions
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

BASE = "arn:aws:ecr:eu-west-1:111122223333:repository"
CUSTOMER = TrustedAccounts(accounts=["222233334444"], external_id="customer-4711")
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    registry = PrivateRegistry(stack, "Registry")
    registry.add_pull_through_cache("ecr-public")
    return registry


def role_resources(stack: cdk.Stack) -> dict[str, Any]:
    resources = Template.from_stack(stack).to_json()["Resources"]
    return {key: one for key, one in resources.items() if one["Type"].startswith("AWS::IAM::")}


def allowed(stack: cdk.Stack) -> list[dict[str, Any]]:
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


def test_defaults(
    stack: cdk.Stack, registry: PrivateRegistry, lint: Any, snapshot: SnapshotAssertion
) -> None:
    made = ImagePullerRole(stack, "Customer", registry=registry, assumed_by=CUSTOMER, prefixes=["products"])
    assert made.provider is None
    assert allowed(stack) == [
        {"Sid": "LogIn", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Sid": "Pull", "Effect": "Allow", "Action": PULL, "Resource": f"{BASE}/products/*"},
    ]
    assert lint(Template.from_stack(stack).to_json()) == []
    assert role_resources(stack) == snapshot(extension_class=JSONSnapshotExtension)


def test_everything_set(
    stack: cdk.Stack, registry: PrivateRegistry, lint: Any, snapshot: SnapshotAssertion
) -> None:
    api = ImageRepository(stack, "Api", repository_name="shared/api")
    made = ImagePullerRole(
        stack,
        "Scanner",
        registry=registry,
        assumed_by=GitHubActions("acme/scanner", branch="main"),
        prefixes=["prod", "base"],
        repositories=[api],
        caches=["ecr-public", registry.cache("ecr-public")],
        create_provider=True,
        role_name="scanner",
        max_session_duration=cdk.Duration.hours(1),
    )
    assert made.provider is not None
    _, pull, caches = allowed(stack)
    assert pull["Resource"][:2] == [f"{BASE}/prod/*", f"{BASE}/base/*"]
    assert pull["Resource"][3:] == [f"{BASE}/ecr-public/*"]
    assert caches == {
        "Sid": "PullThroughCaches",
        "Effect": "Allow",
        "Action": ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
        "Resource": f"{BASE}/ecr-public/*",
    }
    assert lint(Template.from_stack(stack).to_json()) == []
    assert role_resources(stack) == snapshot(extension_class=JSONSnapshotExtension)


def test_caches_alone_without_making_repositories(stack: cdk.Stack, registry: PrivateRegistry) -> None:
    ImagePullerRole(
        stack, "Customer", registry=registry, assumed_by=CUSTOMER, caches=["ecr-public"], create=False
    )
    assert allowed(stack)[2]["Action"] == "ecr:BatchImportUpstreamImage"


def test_a_name_of_the_deployment(stack: cdk.Stack, registry: PrivateRegistry) -> None:
    name = cdk.CfnParameter(stack, "Name").value_as_string
    ImagePullerRole(stack, "Customer", registry=registry, assumed_by=CUSTOMER, repositories=[name])
    assert allowed(stack)[1]["Resource"] == {"Fn::Join": ["", [f"{BASE}/", {"Ref": "Name"}]]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "nothing is named that the role could pull"),
        ({"prefixes": ["*"]}, "would be the whole registry"),
        ({"caches": ["docker-hub"]}, "docker-hub"),
        ({"caches": [1]}, "a cache is of the type int"),
        ({"caches": "ecr-public"}, "caches is 'ecr-public'"),
        ({"prefixes": ["a"], "create": None}, "create is None"),
        ({"prefixes": ["a"], "assumed_by": iter(())}, "assumed_by is of the type"),
    ],
)
def test_what_is_refused(
    stack: cdk.Stack, registry: PrivateRegistry, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ImagePullerRole(stack, "Customer", **{"registry": registry, "assumed_by": CUSTOMER, **arguments})
    assert message in str(caught.value)
