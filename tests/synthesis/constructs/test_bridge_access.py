"""What a bridge's role may do: bring images under its prefix, sign them where rules say so, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.bridge_access import BridgeAccess
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]

UNDER = "arn:aws:ecr:eu-west-1:111122223333:repository/prod/*"
PUSH = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


@pytest.fixture
def role(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))


def allowed(template: Template, of_type: OfType) -> list[dict[str, Any]]:
    (policy,) = of_type(template, "AWS::IAM::Policy")
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


@pytest.mark.parametrize(
    ("product", "more"), [("harbor", "ecr:DescribeRepositories"), ("artifactory", "ecr:ListImages")]
)
def test_it_pushes_and_looks_under_its_prefix_alone(
    stack: cdk.Stack,
    registry: PrivateRegistry,
    role: iam.Role,
    template_of: TemplateOf,
    of_type: OfType,
    product: str,
    more: str,
) -> None:
    made = BridgeAccess(stack, "Access", registry=registry, role=role, product=product, prefix="prod/")
    assert made.repository_arn == UNDER
    assert allowed(template_of(stack), of_type) == [
        {"Sid": "LogIn", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Sid": "BringImages", "Effect": "Allow", "Action": sorted([*PUSH, more]), "Resource": UNDER},
    ]


def test_it_creates_under_its_prefix_if_it_may(
    stack: cdk.Stack, registry: PrivateRegistry, role: iam.Role, template_of: TemplateOf, of_type: OfType
) -> None:
    BridgeAccess(
        stack, "Access", registry=registry, role=role, product="harbor", prefix="prod", may_create=True
    )
    assert allowed(template_of(stack), of_type)[2:] == [
        {
            "Sid": "CreateRepositories",
            "Effect": "Allow",
            "Action": "ecr:CreateRepository",
            "Resource": UNDER,
        }
    ]


@pytest.mark.parametrize("is_first", [True, False], ids=["the rule first", "the bridge first"])
def test_it_signs_where_a_rule_covers_the_prefix(
    stack: cdk.Stack,
    registry: PrivateRegistry,
    role: iam.Role,
    template_of: TemplateOf,
    of_type: OfType,
    is_first: bool,
) -> None:
    if is_first:
        ManagedSigning(stack, "Sign", registry=registry, repositories=["prod/*"])
    BridgeAccess(stack, "Access", registry=registry, role=role, product="harbor", prefix="prod")
    if not is_first:
        ManagedSigning(stack, "Sign", registry=registry, repositories=["prod/*"])
    signs = [one for one in allowed(template_of(stack), of_type) if one["Action"] == "signer:SignPayload"]
    assert len(signs) == 1
    assert signs[0]["Resource"] != "*"


def test_it_signs_nothing_where_no_rule_reaches(
    stack: cdk.Stack, registry: PrivateRegistry, role: iam.Role, template_of: TemplateOf, of_type: OfType
) -> None:
    ManagedSigning(stack, "Sign", registry=registry, repositories=["release/*"])
    BridgeAccess(stack, "Access", registry=registry, role=role, product="harbor", prefix="prod")
    assert "signer:SignPayload" not in str(allowed(template_of(stack), of_type))


def test_a_role_of_another_stack_is_added_to_by_its_name(
    stack: cdk.Stack, registry: PrivateRegistry, template_of: TemplateOf, of_type: OfType
) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/bridge")
    BridgeAccess(stack, "Access", registry=registry, role=role, product="harbor", prefix="prod")
    (policy,) = of_type(template_of(stack), "AWS::IAM::Policy")
    assert policy["Properties"]["Roles"] == ["bridge"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"prefix": "ROOT"}, "would be the whole registry"),
        ({"prefix": "*"}, "would be the whole registry"),
        ({"prefix": "k8s"}, "takes no pushes"),
        ({"product": "nexus"}, "product is 'nexus'"),
        ({"product": "artifactory", "may_create": True}, "a job that copies is to create"),
        ({"role": "arn:aws:iam::111122223333:role/bridge"}, "the role is of the type str"),
        ({"may_create": "yes"}, "may_create is"),
    ],
)
def test_what_is_refused(
    stack: cdk.Stack, registry: PrivateRegistry, role: iam.Role, arguments: dict[str, Any], what: str
) -> None:
    registry.add_pull_through_cache("k8s")
    given: dict[str, Any] = {"registry": registry, "role": role, "product": "harbor", "prefix": "prod"}
    with pytest.raises(InvalidValueError, match=what):
        BridgeAccess(stack, "Access", **{**given, **arguments})
    assert stack.node.try_find_child("Access") is None
