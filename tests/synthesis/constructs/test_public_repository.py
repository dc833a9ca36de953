"""PublicRepository: by default, with everything set, who may push, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.public_repository import PublicRepository
from ecr_blueprints.domain.public_repository import (
    PUBLIC_AUTHORIZE,
    PUBLIC_PUSH,
    PublicArchitecture,
    PublicOperatingSystem,
)
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]

PUBLIC = "AWS::ECR::PublicRepository"
ENV = cdk.Environment(account="111122223333", region="us-east-1")
REASON = "Customers install it from here"
ROLE = "arn:aws:iam::444455556666:role/release"


def lint_in_its_region(template: Template) -> list[str]:
    from cfnlint import api  # type: ignore[import-untyped]

    return [str(match) for match in api.lint(json.dumps(template), regions=["us-east-1"])]


def only(template: Template, resource_type: str = PUBLIC) -> dict[str, Any]:
    (found,) = (one for one in template["Resources"].values() if one["Type"] == resource_type)
    return dict(found)


@pytest.fixture
def public(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Public", env=ENV)


def make(scope: cdk.Stack, **arguments: Any) -> PublicRepository:
    return PublicRepository(scope, "Agent", **{"repository_name": "agent", "reason": REASON, **arguments})


def test_by_default(public: cdk.Stack, template_of: TemplateOf) -> None:
    agent = make(public)
    assert agent.reason == REASON
    template = template_of(public)
    resource = only(template)
    resource["Metadata"] = {
        key: value for key, value in resource["Metadata"].items() if not key.startswith("aws:")
    }
    assert resource == {
        "Type": PUBLIC,
        "Properties": {"RepositoryName": "agent"},
        "Metadata": {"ecr-blueprints:public-because": REASON},
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
    }
    assert lint_in_its_region(template) == []


@pytest.fixture(scope="module")
def everything(module_app: cdk.App, template_of: TemplateOf) -> Template:
    stack = cdk.Stack(module_app, "Everything", env=ENV)
    agent = make(
        stack,
        repository_name="team/agent",
        description="The agent",
        about="# Agent",
        usage="Run it",
        architectures=[PublicArchitecture.X86_64, "ARM 64", "x86-64"],
        operating_systems=(PublicOperatingSystem.LINUX,),
        owner="payments",
        tags={"cost-center": "42"},
    )
    release = iam.Role(stack, "Release", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
    agent.grant_push(release)
    agent.grant_push_to_role(ROLE)
    agent.grant_push_to_role("arn:aws:iam::444455556666:role/other", ROLE)
    agent.grant_push(iam.Role.from_role_arn(stack, "Elsewhere", "arn:aws:iam::555566667777:role/ci"))
    cdk.CfnOutput(stack, "Address", value=agent.uri("a1b2c3d4"))
    cdk.CfnOutput(stack, "Arn", value=agent.repository_arn)
    return template_of(stack)


def test_it_is_as_it_was(everything: Template, snapshot: SnapshotAssertion) -> None:
    assert only(everything) == snapshot(extension_class=JSONSnapshotExtension)


def test_who_may_push(everything: Template) -> None:
    resource = only(everything)
    (statement,) = resource["Properties"]["RepositoryPolicyText"]["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        ROLE,
        "arn:aws:iam::444455556666:role/other",
        "arn:aws:iam::555566667777:role/ci",
    ]
    assert statement["Principal"]["AWS"] == [
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::555566667777:root",
    ]
    (log_in, push) = only(everything, "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"]
    assert (sorted(log_in["Action"]), log_in["Resource"]) == (sorted(PUBLIC_AUTHORIZE), "*")
    assert sorted(push["Action"]) == sorted(PUBLIC_PUSH)
    (name,) = (key for key, one in everything["Resources"].items() if one["Type"] == PUBLIC)
    assert push["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


def test_its_address(everything: Template) -> None:
    address, name = everything["Outputs"]["Address"]["Value"]["Fn::Join"][1]
    assert (address, list(name)) == ("public.ecr.aws/a1b2c3d4/", ["Ref"])


def test_it_lints(everything: Template) -> None:
    assert lint_in_its_region(everything) == []


def test_a_stack_that_leaves_its_region_open(app: cdk.App, template_of: TemplateOf) -> None:
    stack = cdk.Stack(app, "Open")
    name = cdk.CfnParameter(stack, "Name").value_as_string
    agent = make(stack, repository_name=name, architectures=[cdk.Fn.ref("Name")])
    agent.grant_push_to_role(ROLE)
    template = template_of(stack)
    properties = only(template)["Properties"]
    assert properties["RepositoryName"] == {"Ref": "Name"}
    assert "arn:aws" not in json.dumps(properties["RepositoryPolicyText"]["Statement"][0]["Principal"])
    assert lint_in_its_region(template) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reason": " "}, "no reason is given"),
        ({"reason": None}, "reason is None"),
        ({"repository_name": "Agent"}, "'Agent' is not the name of a public repository"),
        ({"repository_name": None}, "repository_name is None"),
        ({"description": "x" * 1_025}, "description has 1,025 characters"),
        ({"about": "x" * 10_241}, "about has 10,241 characters"),
        ({"usage": "x" * 10_241}, "usage has 10,241 characters"),
        ({"architectures": ["arm64"]}, "architectures is 'arm64'"),
        ({"architectures": "x86-64"}, "architectures is 'x86-64'"),
        ({"operating_systems": ["linux"]}, "write PublicOperatingSystem.LINUX"),
        ({"tags": {"k" * 128: "v"}}, "128 characters"),
        ({"tags": {"key": ""}}, "has 0 characters"),
        ({"owner": ""}, "has 0 characters"),
    ],
)
def test_what_is_refused(public: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make(public, **arguments)
    assert message in str(caught.value)
    assert public.node.try_find_child("Agent") is None


def test_another_region_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError, match="in the Region eu-west-1") as caught:
        make(stack)
    assert caught.value.allowed == "us-east-1"


def test_nobody_is_let_push_by_mistake(public: cdk.Stack) -> None:
    agent = make(public)
    with pytest.raises(InvalidValueError, match="everybody"):
        agent.grant_push(iam.AnyPrincipal())
    with pytest.raises(InvalidValueError):
        agent.grant_push_to_role()
    with pytest.raises(InvalidValueError):
        agent.grant_push_to_role("arn:aws:iam::444455556666:root")
    with pytest.raises(InvalidValueError, match="registry_alias is 1"):
        agent.uri(1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="characters"):
        agent.grant_push_to_role(*(f"arn:aws:iam::{444455550000 + n}:role/release" for n in range(200)))
    assert agent.resource.repository_policy_text is None
