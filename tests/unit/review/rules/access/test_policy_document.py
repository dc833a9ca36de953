from __future__ import annotations

import json

import pytest

from ecr_blueprints.review.rules.access.policy_document import PolicyDocumentRule
from ecr_blueprints.review.verdict import Severity

ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


def repository(policy: object) -> str:
    return json.dumps(
        {
            "Parameters": {"Policy": {"Type": "String"}},
            "Resources": {
                "Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryPolicyText": policy}}
            },
        }
    )


def statement(**members: object) -> dict[str, object]:
    whole = {"Effect": "Allow", "Principal": ROOT, "Action": ["ecr:BatchGetImage"], **members}
    return {"Version": "2012-10-17", "Statement": [whole]}


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"Action": "ecr:*"},
        {"Action": "*"},
        {"Action": ["ecr:Batch*", "ECR:getdownloadurlforlayer", "ecr:BatchImportUpstreamImage"]},
        {"Action": "ecr:GetAuthorizationToken"},
        {"Resource": "*"},
        {"Resource": "arn:aws-cn:ecr:*:111122223333:repository/x"},
        {"Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}},
    ],
)
def test_what_ecr_knows_passes(judge, members):
    judged = judge(PolicyDocumentRule, repository(statement(**members)))
    assert judged.passed == {"Api"}
    assert judged.failed == {}


@pytest.mark.parametrize(
    ("members", "granular"),
    [
        ({"Action": "ecr:BatchImportLayerAvailability"}, ["action"]),
        ({"Action": ["ecr:PullImage", "s3:GetObject", "ecr:PutImage"]}, ["action", "action"]),
        ({"Resource": "arn:aws:ecr-public::111122223333:repository/x"}, ["resource"]),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "*"}}}, ["literal-wildcard"]),
        (
            {"Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": ["o-x/*"]}}},
            ["literal-wildcard"],
        ),
    ],
)
def test_what_never_applies_is_a_warning(judge, members, granular):
    judged = judge(PolicyDocumentRule, repository(statement(**members)))
    assert judged.failed == {"Api": granular}
    assert {one.severity for one in judged.findings} == {Severity.WARNING}


def test_a_misspelled_action_is_told_the_nearest(judge):
    judged = judge(PolicyDocumentRule, repository(statement(Action="ecr:BatchGetImages")))
    assert "such as ecr:BatchGetImage" in judged.only("Api").fix


@pytest.mark.parametrize(
    "policy",
    [
        {"Version": "2012-10-17"},
        statement(Effect="Permit"),
        statement(Principal="everyone"),
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*"}]},
        "{not json",
        [],
    ],
)
def test_what_is_no_policy_is_an_error(judge, policy):
    judged = judge(PolicyDocumentRule, repository(policy))
    assert judged.failed == {"Api": ["document"]}
    assert judged.only("Api").severity is Severity.ERROR


def test_templates_and_registry_policies_are_read_too(judge):
    bad = json.dumps(statement(Action="ecr:Nothing"))
    judged = judge(
        PolicyDocumentRule,
        f"""
        Resources:
          Template:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {{Prefix: a, AppliedFor: [REPLICATION], RepositoryPolicy: '{bad}'}}
          Registry:
            Type: AWS::ECR::RegistryPolicy
            Properties: {{PolicyText: {bad}}}
          Structure:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {{Prefix: b, AppliedFor: [REPLICATION], RepositoryPolicy: {bad}}}
        """,
    )
    assert judged.failed == {"Template": ["action"], "Registry": ["action"], "Structure": ["document"]}
    assert judged.only("Registry").resource.property_path == "PolicyText"


def test_a_policy_that_deployment_determines_is_open(judge):
    assert judge(PolicyDocumentRule, repository({"Ref": "Policy"})).open == {"Api"}
