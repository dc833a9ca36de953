"""Who crosses the bridge: exactly one kind of caller, and never a key that lives for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from ecr_blueprints.constructs.bridge_role import BridgeRole
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.token_subject import TokenSubject
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
PROVIDER = f":iam::111122223333:oidc-provider/{ISSUER}"
SUBJECT = "system:serviceaccount:harbor:harbor-replication"
COPIER = "arn:aws:iam::444455556666:role/copier"


def trust(template: Template, of_type: OfType) -> dict[str, Any]:
    (role,) = of_type(template, "AWS::IAM::Role")
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


def test_a_token_s_bearer_by_issuer_audience_and_subject(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Callable[..., list[str]]
) -> None:
    made = BridgeRole(stack, "Bridge", assumed_by=TokenSubject(ISSUER, SUBJECT))
    template = template_of(stack)
    assert trust(template, of_type) == {
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Effect": "Allow",
        "Principal": {
            "Federated": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, PROVIDER]]},
        },
        "Condition": {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": SUBJECT}},
    }
    assert made.instance_profile is None
    assert {one["Type"] for one in template["Resources"].values()} == {"AWS::IAM::Role"}
    assert lint(template) == []


def test_everything_set(stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
    BridgeRole(
        stack,
        "Bridge",
        assumed_by=TokenSubject(ISSUER, SUBJECT, audience="bridge"),
        create_provider=True,
        role_name="bridge",
    )
    template = template_of(stack)
    (provider,) = of_type(template, "AWS::IAM::OIDCProvider")
    assert provider["Properties"] == {"Url": f"https://{ISSUER}", "ClientIdList": ["bridge"]}
    assert provider["DeletionPolicy"] == "RetainExceptOnCreate"
    assert trust(template, of_type)["Condition"]["StringEquals"][f"{ISSUER}:aud"] == "bridge"
    (role,) = of_type(template, "AWS::IAM::Role")
    assert role["Properties"]["RoleName"] == "bridge"


def test_instances_by_a_profile_of_the_role_s_name(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    made = BridgeRole(stack, "Bridge", assumed_by=None, role_name="bridge")
    assert made.instance_profile is not None
    template = template_of(stack)
    (profile,) = of_type(template, "AWS::IAM::InstanceProfile")
    assert profile["Properties"]["InstanceProfileName"] == "bridge"
    assert trust(template, of_type)["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_a_role_that_is_named_and_nobody_else_of_its_account(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    BridgeRole(stack, "Bridge", assumed_by=TrustedAccounts(roles=[COPIER]))
    statement = trust(template_of(stack), of_type)
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [COPIER]}}
    assert ":iam::444455556666:root" in str(statement["Principal"])


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"assumed_by": TrustedAccounts(accounts=["444455556666"], external_id="4711")}, "roles of them"),
        ({"assumed_by": TrustedAccounts(organization_id="o-exampleorg")}, "roles of them"),
        ({"assumed_by": None, "create_provider": True}, "EC2 instances assume the role"),
        ({"assumed_by": COPIER}, "assumed_by is"),
        ({"assumed_by": TokenSubject(ISSUER, SUBJECT), "create_provider": "yes"}, "create_provider is"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidValueError, match=what):
        BridgeRole(stack, "Bridge", **arguments)
    assert stack.node.try_find_child("Bridge") is None
