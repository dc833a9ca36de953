"""One template in every account of organizational units."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template
from constructs import IValidation

from ecr_blueprints.constructs.organization_stack_set import OrganizationStackSet, StackSetOperation
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.stack_set import CallAs, RegionConcurrency
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

UNIT = "ou-ab12-11111111"


def parameter(stack: cdk.Stack) -> None:
    ssm.StringParameter(stack, "Here", parameter_name="/here", string_value=stack.account)


def made(stack: cdk.Stack, **arguments: Any) -> OrganizationStackSet:
    given = {
        "stack_set_name": "ecr-baseline",
        "build": parameter,
        "units": [UNIT],
        "regions": ["eu-west-1", "eu-central-1"],
    }
    return OrganizationStackSet(stack, "Baseline", **{**given, **arguments})


def properties(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::CloudFormation::StackSet").values()
    return dict(found["Properties"])


def test_defaults(stack: cdk.Stack, lint: Any) -> None:
    stack_set = made(stack)
    found = properties(stack)
    body = json.loads(found.pop("TemplateBody"))
    assert found == {
        "StackSetName": "ecr-baseline",
        "PermissionModel": "SERVICE_MANAGED",
        "CallAs": "SELF",
        "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True},
        "ManagedExecution": {"Active": True},
        "OperationPreferences": {
            "MaxConcurrentPercentage": 25,
            "FailureTolerancePercentage": 10,
            "RegionConcurrencyType": "SEQUENTIAL",
            "RegionOrder": ["eu-west-1", "eu-central-1"],
        },
        "StackInstancesGroup": [
            {
                "DeploymentTargets": {"OrganizationalUnitIds": [UNIT]},
                "Regions": ["eu-west-1", "eu-central-1"],
            }
        ],
    }
    assert body == stack_set.template
    (resource,) = body["Resources"].values()
    assert resource["Properties"]["Value"] == {"Ref": "AWS::AccountId"}
    assert set(body) == {"Resources"}, "neither the bootstrap's parameter nor its rule"
    assert lint(Template.from_stack(stack).to_json()) == []
    assert lint(body) == []


def test_everything_set(stack: cdk.Stack, lint: Any) -> None:
    def build(inner: cdk.Stack) -> None:
        iam.Role(inner, "Role", role_name="fixed", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))

    made(
        stack,
        build=build,
        units=["r-ab12"],
        regions=["eu-west-1"],
        description="Named roles",
        call_as=CallAs.DELEGATED_ADMIN,
        operation=StackSetOperation(
            max_concurrent_percentage=100,
            failure_tolerance_percentage=0,
            region_concurrency=RegionConcurrency.PARALLEL,
        ),
        retain_on_account_removal=False,
    )
    found = properties(stack)
    assert found["CallAs"] == "DELEGATED_ADMIN"
    assert found["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert found["AutoDeployment"]["RetainStacksOnAccountRemoval"] is False
    assert found["OperationPreferences"]["RegionConcurrencyType"] == "PARALLEL"
    assert found["Description"] == "Named roles"
    assert lint(Template.from_stack(stack).to_json()) == []


def test_roles_without_names_need_the_smaller_capability(stack: cdk.Stack) -> None:
    made(
        stack,
        build=lambda inner: iam.Role(inner, "R", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
    )
    assert properties(stack)["Capabilities"] == ["CAPABILITY_IAM"]


def test_the_same_constructs_give_the_same_text(tmp_path: Path) -> None:
    bodies = set()
    for number in range(2):
        app = cdk.App(outdir=str(tmp_path / str(number)))
        bodies.add(
            made(cdk.Stack(app, f"Stack{number}"), build=lambda s: PrivateRegistry(s, "R")).template_body
        )
    (body,) = bodies
    assert body == json.dumps(json.loads(body), separators=(",", ":"))


@pytest.mark.parametrize("minimized", [True, False])
def test_feature_flags_reach_the_template_and_nothing_else_of_the_context(
    tmp_path: Path, minimized: bool
) -> None:
    context = {"@aws-cdk/aws-iam:minimizePolicies": minimized, "blueprint": "x.yaml"}
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path), context=context), "Stack")
    seen = {}

    def build(inner: cdk.Stack) -> None:
        seen.update(inner.node.get_all_context())
        role = iam.Role(inner, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        for resource in ("a", "b"):
            arn = f"arn:aws:sns:eu-west-1:111122223333:{resource}"
            role.add_to_policy(iam.PolicyStatement(actions=["sns:Publish"], resources=[arn]))

    template = made(stack, build=build).template
    (policy,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    assert len(policy["Properties"]["PolicyDocument"]["Statement"]) == (1 if minimized else 2)
    assert "blueprint" not in seen


def test_a_template_that_is_too_long_says_what_to_leave_out(stack: cdk.Stack) -> None:
    def build(inner: cdk.Stack) -> None:
        for number in range(12):
            ssm.StringParameter(inner, f"P{number}", string_value="x" * 4000, tier=ssm.ParameterTier.ADVANCED)
        ssm.StringParameter(inner, "Largest", string_value="x" * 8000, tier=ssm.ParameterTier.ADVANCED)

    with pytest.raises(InvalidValueError) as caught:
        made(stack, build=build)
    text = str(caught.value)
    assert "Stack/Baseline: the template has 57," in text
    assert "at most 51,200" in text
    assert "the largest are Largest" in text
    assert "(AWS::SSM::Parameter) with 8," in text
    assert stack.node.try_find_child("Baseline") is None


def _asset(inner: cdk.Stack) -> None:
    code = lambda_.Code.from_asset(str(Path(__file__).parent / "__snapshots__"))
    lambda_.Function(inner, "F", code=code, handler="a.b", runtime=lambda_.Runtime.PYTHON_3_14)


def _looked_up(inner: cdk.Stack) -> None:
    ec2.Vpc.from_lookup(inner, "Vpc", vpc_id="vpc-1")


def _transformed(inner: cdk.Stack) -> None:
    parameter(inner)
    inner.add_transform("AWS::Serverless-2016-10-31")


@jsii.implements(IValidation)
class _Refuses:
    def validate(self) -> list[str]:
        return ["this is not allowed"]


def _refused_by_a_construct(inner: cdk.Stack) -> None:
    inner.node.add_validation(_Refuses())


def test_what_the_template_cannot_hold(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    for build, message in (
        (_asset, "it has assets"),
        (lambda inner: cdk.NestedStack(inner, "Nested"), "it has assets"),
        (_looked_up, "it looks something up in an account"),
        (lambda inner: cdk.CfnOutput(inner, "Out", value=topic.topic_arn), "outside of it"),
        (_transformed, "needs the transform 'AWS::Serverless-2016-10-31'"),
        (lambda inner: None, "the template holds no resource"),
        (_refused_by_a_construct, "[ecr-baseline] this is not allowed"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            made(stack, build=build)
        assert message in str(caught.value)
        assert str(caught.value).startswith("Stack/Baseline")


def test_what_is_not_about_the_template_is_left_as_it_is(stack: cdk.Stack) -> None:
    def build(inner: cdk.Stack) -> None:
        parameter(inner)
        parameter(inner)

    with pytest.raises(RuntimeError, match="There is already a Construct with name 'Here'"):
        made(stack, build=build)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"stack_set_name": "ecr_baseline"}, "is not the name of a stack set"),
        ({"units": []}, "units is empty"),
        ({"units": UNIT}, f"fix: write units=['{UNIT}']"),
        ({"units": ["Workloads"]}, "'Workloads' is not the id of an organizational unit"),
        ({"units": [UNIT, UNIT]}, f"units names '{UNIT}' twice"),
        ({"regions": []}, "regions is empty"),
        ({"regions": ["Ireland"]}, "is not the name of an AWS Region"),
        ({"regions": ["eu-west-1", "eu-west-1"]}, "regions names 'eu-west-1' twice"),
        ({"description": "x" * 1025}, "the description is 1,025 characters long"),
        ({"call_as": "MANAGEMENT"}, "call_as is 'MANAGEMENT'"),
        ({"operation": 10}, "operation is of the type int"),
        ({"build": "template.json"}, "build is of the type str"),
        ({"retain_on_account_removal": "yes"}, "retain_on_account_removal is 'yes'"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        made(stack, **arguments)
    assert message in str(caught.value)
    assert stack.node.try_find_child("Baseline") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_concurrent_percentage": 0}, "allowed: 1 to 100 per cent"),
        ({"failure_tolerance_percentage": 101}, "allowed: 0 to 100 per cent"),
        ({"failure_tolerance_percentage": 0.5}, "a whole number of per cent"),
        ({"region_concurrency": "BOTH"}, "region_concurrency is 'BOTH'"),
    ],
)
def test_operations_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        StackSetOperation(**arguments)
