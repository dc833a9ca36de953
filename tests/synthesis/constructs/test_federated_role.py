"""Grants to pipelines outside AWS: one role for each in a stack, whose trust is one exact subject."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.federated_role import FederatedRole
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.public_repository import PublicRepository
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.domain.pipeline_identity import GitHubActions, GitLabPipelines
from ecr_blueprints.errors import InvalidValueError

GITHUB = "token.actions.githubusercontent.com"
PROD = GitHubActions("acme/payments", environment="prod")
LOGIN = {"Action": "ecr:GetAuthorizationToken", "Effect": "Allow", "Resource": "*"}
PUSH = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
}


def roles(stack: cdk.Stack) -> list[dict[str, Any]]:
    return list(Template.from_stack(stack).find_resources("AWS::IAM::Role").values())


def trust(stack: cdk.Stack) -> dict[str, Any]:
    (role,) = roles(stack)
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


def allowed(stack: cdk.Stack) -> list[dict[str, Any]]:
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


def provider(issuer: str, partition: Any = None, account: Any = "111122223333") -> dict[str, Any]:
    start = {"Ref": "AWS::Partition"} if partition is None else partition
    return {"Fn::Join": ["", ["arn:", start, f":iam::{account}:oidc-provider/{issuer}"]]}


@pytest.fixture
def api(stack: cdk.Stack) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="prod/payments/api")


class TestGrants:
    def test_a_pipeline_may_push_and_nothing_else(
        self, stack: cdk.Stack, api: ImageRepository, lint: Any, snapshot: SnapshotAssertion
    ) -> None:
        granted = api.grant_push(PROD)
        assert isinstance(granted.role, iam.Role)
        granted.grant.assert_success()
        assert trust(stack) == {
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Effect": "Allow",
            "Principal": {"Federated": provider(GITHUB)},
            "Condition": {
                "StringEquals": {
                    f"{GITHUB}:aud": "sts.amazonaws.com",
                    f"{GITHUB}:sub": "repo:acme/payments:environment:prod",
                }
            },
        }
        login, push = allowed(stack)
        assert login == LOGIN
        assert set(push["Action"]) == PUSH
        (repository,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository")
        assert push["Resource"] == {"Fn::GetAtt": [repository, "Arn"]}
        template = Template.from_stack(stack).to_json()
        assert lint(template) == []
        assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)

    def test_a_stack_has_one_role_for_it_and_nothing_is_said_twice(
        self, stack: cdk.Stack, api: ImageRepository
    ) -> None:
        web = ImageRepository(stack, "Web", repository_name="prod/payments/web")
        first = api.grant_push(PROD)
        again = api.grant_push(GitHubActions("acme/payments", environment="prod"))
        other = web.grant_pull(PROD)
        assert first.role is again.role is other.role is FederatedRole.of(api, PROD).role
        assert len(roles(stack)) == 1
        assert len(allowed(stack)) == 3
        repositories = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert all("RepositoryPolicyText" not in one["Properties"] for one in repositories)

    def test_two_pipelines_are_two_roles(self, stack: cdk.Stack, api: ImageRepository) -> None:
        api.grant_push(PROD)
        api.grant_pull(GitHubActions("acme/payments", pull_request=True))
        assert len(roles(stack)) == 2

    def test_pull_and_push(self, stack: cdk.Stack, api: ImageRepository) -> None:
        api.grant_pull_push(PROD)
        assert set(allowed(stack)[1]["Action"]) == PUSH | {"ecr:GetDownloadUrlForLayer"}

    def test_the_logical_id_follows_from_who_it_is(self, stack: cdk.Stack, api: ImageRepository) -> None:
        api.grant_push(PROD)
        (logical_id,) = Template.from_stack(stack).find_resources("AWS::IAM::Role")
        assert logical_id.startswith("GitHubActionsofacmepaymentsenvironmentprodef0aa9bcRole")

    def test_the_facade_grants_to_it_on_any_repository(self, stack: cdk.Stack) -> None:
        grants = RepositoryGrants.from_repository(ecr.Repository(stack, "Theirs"))
        for grant in (grants.pull, grants.push, grants.pull_push):
            grant(PROD).assert_success()
        assert len(roles(stack)) == 1

    def test_something_that_is_no_pipeline(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="type str"):
            FederatedRole.of(stack, "acme/payments")  # type: ignore[arg-type]

    def test_where_a_pipeline_has_to_be_named_by_its_role(self, app: cdk.App, stack: cdk.Stack) -> None:
        env = cdk.Environment(account="111122223333", region="us-east-1")
        public = PublicRepository(
            cdk.Stack(app, "Public", env=env), "Agent", repository_name="agent", reason="Customers install it"
        )
        cache = PrivateRegistry(stack, "Registry").add_pull_through_cache("ecr-public")
        for grant in (public.grant_push, cache.grant_pull):
            with pytest.raises(InvalidValueError) as caught:
                grant(PROD)  # type: ignore[arg-type]
            assert "FederatedRole.of(stack, identity).role" in str(caught.value)
            grant(FederatedRole.of(stack, PROD).role).assert_success()


class TestTrust:
    def test_a_wildcard_is_compared_as_a_pattern(self, stack: cdk.Stack) -> None:
        every = GitHubActions("acme/*", branch="main", wildcard_reason="one builder for all repositories")
        FederatedRole.of(stack, every)
        assert trust(stack)["Condition"] == {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{GITHUB}:sub": "repo:acme/*:ref:refs/heads/main"},
        }

    def test_gitlab(self, stack: cdk.Stack) -> None:
        FederatedRole.of(stack, GitLabPipelines("acme/api", branch="main", audience="https://gitlab.com"))
        statement = trust(stack)
        assert statement["Principal"] == {"Federated": provider("gitlab.com")}
        assert statement["Condition"] == {
            "StringEquals": {
                "gitlab.com:aud": "https://gitlab.com",
                "gitlab.com:sub": "project_path:acme/api:ref_type:branch:ref:main",
            }
        }

    @pytest.mark.parametrize(
        ("region", "audience"),
        [
            ("cn-north-1", "sts.amazonaws.com.cn"),
            ("us-gov-west-1", "sts.amazonaws.com"),
            (None, "sts.amazonaws.com"),
        ],
    )
    def test_partitions(self, app: cdk.App, region: str | None, audience: str) -> None:
        account = None if region is None else "111122223333"
        stack = cdk.Stack(app, "There", env=cdk.Environment(account=account, region=region))
        FederatedRole.of(stack, PROD)
        statement = trust(stack)
        assert statement["Condition"]["StringEquals"][f"{GITHUB}:aud"] == audience
        assert {"Ref": "AWS::Partition"} in statement["Principal"]["Federated"]["Fn::Join"][1]

    def test_one_that_was_made_by_its_identifier_is_the_one(self, stack: cdk.Stack) -> None:
        made = FederatedRole(
            stack,
            PROD.identifier,
            identity=PROD,
            provider=f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}",
        )
        assert FederatedRole.of(stack, PROD) is made

    def test_an_identifier_that_something_else_has_is_refused(self, stack: cdk.Stack) -> None:
        Construct(stack, PROD.identifier)
        with pytest.raises(InvalidValueError, match="there is a construct"):
            FederatedRole.of(stack, PROD)

    def test_a_given_provider(self, stack: cdk.Stack) -> None:
        arn = f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"
        token = cdk.CfnParameter(stack, "Arn").value_as_string
        imported = iam.OpenIdConnectProvider.from_open_id_connect_provider_arn(stack, "Imported", arn)
        own = PipelineIdentityProvider(stack, "Own", identity=PROD)
        given: list[Any] = [arn, token, imported, own.resource]
        for number, one in enumerate(given):
            FederatedRole(stack, f"Role{number}", identity=PROD, provider=one)
        principals = [
            role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"]
            for role in roles(stack)
        ]
        assert principals[0] == principals[2] == arn
        assert principals[1] == {"Ref": "Arn"}
        assert "Fn::GetAtt" in principals[3] or "Ref" in principals[3]

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ("arn:aws:iam::111122223333:oidc-provider/gitlab.com", "the provider is that of gitlab.com"),
            ("github", "the provider is 'github'"),
            (1, "the provider is 1"),
        ],
    )
    def test_another_issuers_provider_is_refused(self, stack: cdk.Stack, given: Any, message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            FederatedRole(stack, "Role", identity=PROD, provider=given)


class TestProvider:
    def test_it_is_cloudformations_own_and_is_kept(self, stack: cdk.Stack, lint: Any) -> None:
        made = PipelineIdentityProvider(stack, "Provider", identity=PROD)
        template = Template.from_stack(stack).to_json()
        (resource,) = template["Resources"].values()
        assert resource["Type"] == "AWS::IAM::OIDCProvider"
        assert resource["Properties"] == {"Url": f"https://{GITHUB}", "ClientIdList": ["sts.amazonaws.com"]}
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"
        assert stack.resolve(made.arn)
        assert lint(template) == []

    def test_for_somebody(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="the identity is of the type str"):
            PipelineIdentityProvider(stack, "Provider", identity="github")  # type: ignore[arg-type]
