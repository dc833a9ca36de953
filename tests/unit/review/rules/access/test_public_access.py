from __future__ import annotations

import json

from ecr_blueprints.review.rules.access.public_access import PublicAccessRule
from ecr_blueprints.review.verdict import Severity, Verdict

PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def repository(*statements: object) -> dict[str, object]:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": "api", "RepositoryPolicyText": policy},
    }


def template(**resources: object) -> str:
    parameters = {name: {"Type": "String"} for name in ("Who", "Policy")}
    return json.dumps({"Parameters": parameters, "Resources": resources})


def allow(**members: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": "*", "Action": PULL, **members}


def test_who_is_open_to_everybody_fails_and_who_is_not_passes(judge):
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"}}
    judged = judge(
        PublicAccessRule,
        template(
            Star=repository(allow()),
            AwsStar=repository(allow(Principal={"AWS": ["arn:aws:iam::111122223333:root", "*"]})),
            Useless=repository(allow(Condition={"Bool": {"aws:SecureTransport": "true"}})),
            But=repository({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": PULL}),
            Organization=repository(allow(Condition=organization)),
            Paths=repository(
                allow(
                    Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-exampleorg/r-ab12/*"]}}
                )
            ),
            Denied=repository({"Effect": "Deny", "Principal": "*", "Action": "ecr:DeleteRepository"}),
            Lambda=repository(allow(Principal={"Service": "lambda.amazonaws.com"})),
            Fenced=repository(
                allow(),
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg"}},
                },
            ),
            Given=repository(allow(Principal={"AWS": {"Ref": "Who"}})),
            GivenPolicy={
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryPolicyText": {"Ref": "Policy"}},
            },
            Broken={"Type": "AWS::ECR::Repository", "Properties": {"RepositoryPolicyText": "{"}},
            Bare={"Type": "AWS::ECR::Repository"},
        ),
    )
    assert judged.failed == {
        "Star": ["principal"],
        "AwsStar": ["principal"],
        "Useless": ["condition"],
        "But": ["not-principal"],
    }
    assert judged.passed == {"Organization", "Paths", "Denied", "Lambda", "Fenced"}
    assert judged.open == {"Given", "GivenPolicy"}
    assert judged.not_applicable == {"Broken"}
    assert {one.severity for one in judged.findings} == {Severity.ERROR}
    assert judged.only("Given", Verdict.OPEN).missing == "the value of parameter Who"


def test_the_message_says_what_a_stranger_can_do(judge):
    judged = judge(PublicAccessRule, template(Api=repository(allow(Sid="Everything", Action="ecr:*"))))
    finding = judged.only("Api")
    assert finding.message.startswith(
        "repository 'api': statement 'Everything' lets any AWS account pull images, push"
    )
    assert "delete images" in finding.message
    assert finding.witness is not None
    assert finding.witness.endswith("may call ecr:*")
    (pull,) = judge(PublicAccessRule, template(Api=repository(allow()))).findings
    assert "pull images: the principal is *" in pull.message
    assert "push" not in pull.message


def test_policies_of_the_registry_and_of_templates_are_judged(judge):
    policy = {"Version": "2012-10-17", "Statement": [allow()]}
    judged = judge(
        PublicAccessRule,
        template(
            Registry={"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": policy}},
            Template={
                "Type": "AWS::ECR::RepositoryCreationTemplate",
                "Properties": {
                    "Prefix": "dev",
                    "AppliedFor": ["CREATE_ON_PUSH"],
                    "RepositoryPolicy": json.dumps(policy),
                },
            },
        ),
    )
    assert judged.failed == {"Registry": ["principal"], "Template": ["principal"]}
    assert judged.only("Template").resource.property_path == "RepositoryPolicy"


def test_a_fingerprint_outlives_a_statement_before_it(judge):
    other = {"Effect": "Deny", "Principal": "*", "Action": "ecr:DeleteRepository"}
    alone = judge(PublicAccessRule, template(Api=repository(allow()))).only("Api")
    behind = judge(PublicAccessRule, template(Api=repository(other, allow()))).only("Api")
    assert alone.fingerprint == behind.fingerprint


def test_statements_that_differ_anywhere_have_fingerprints_of_their_own(judge):
    def only_from(operator, values):
        return allow(Condition={operator: {"aws:SourceIp": values}})

    judged = judge(
        PublicAccessRule,
        template(
            Api=repository(
                allow(),
                allow(),
                allow(Action="ecr:BatchGetImage"),
                allow(Resource="arn:aws:ecr:*:*:repository/dev/*"),
                only_from("NotIpAddress", "192.0.2.0/24"),
                only_from("NotIpAddress", "198.51.100.0/24"),
                only_from("NotIpAddressIfExists", "192.0.2.0/24"),
            )
        ),
    )
    fingerprints = [one.fingerprint for one in judged.findings]
    assert [one.verdict for one in judged.findings] == [Verdict.FAIL] * 7
    assert len(set(fingerprints)) == 7


def test_a_fingerprint_outlives_another_order_of_the_actions(judge):
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    one, other = (
        judge(PublicAccessRule, template(Api=repository(allow(Action=order)))).only("Api").fingerprint
        for order in (actions, actions[::-1])
    )
    assert one == other


def test_actions_that_are_not_listed_one_by_one_are_told_as_they_are(judge):
    judged = judge(
        PublicAccessRule,
        template(
            AllBut=repository({"Effect": "Allow", "Principal": "*", "NotAction": "ecr:DeleteRepository"}),
            Given=repository(allow(Action={"Ref": "Who"})),
            Many=repository(allow(Action=[*PULL, "ecr:PutImage", "ecr:DescribeImages", "ecr:ListImages"])),
        ),
    )
    assert judged.failed == {"AllBut": ["principal"], "Given": ["principal"], "Many": ["principal"]}
    assert str(judged.only("AllBut").witness).endswith("may call every action but those of NotAction")
    assert "do what it allows" in judged.only("Given").message
    assert str(judged.only("Many").witness).endswith("ecr:DescribeImages and 1 more")


def test_a_grant_as_of_the_cdk_for_a_pull_is_not_said_to_push(judge):
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    (pull,) = judge(PublicAccessRule, template(Api=repository(allow(Action=actions)))).findings
    assert "lets any AWS account pull images: " in pull.message
