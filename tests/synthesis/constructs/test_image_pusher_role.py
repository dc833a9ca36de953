"""The pusher role: a team's prefix, an exact trust, no deletion; and what signing adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.image_pusher_role import ImagePusherRole
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.push_permission import PushGrant, PushPermission, RolePushPermission
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.pipeline_identity import GitHubActions, GitLabPipelines
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

PROD = GitHubActions("acme/payments", environment="prod")
PATH = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"
ROLE = "arn:aws:iam::444455556666:role/ci/push"
PROFILE = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/prod"
OTHER_PROFILE = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/team"
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


def pusher_resources(stack: cdk.Stack) -> dict[str, Any]:
    resources = Template.from_stack(stack).to_json()["Resources"]
    return {key: one for key, one in resources.items() if one["Type"].startswith("AWS::IAM::")}


def of(stack: cdk.Stack, resource_type: str) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources(resource_type).values()
    return dict(found["Properties"])


def allowed(stack: cdk.Stack) -> list[dict[str, Any]]:
    return list(of(stack, "AWS::IAM::Policy")["PolicyDocument"]["Statement"])


def trust(stack: cdk.Stack) -> list[dict[str, Any]]:
    return list(of(stack, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"])


class TestDefaults:
    def test_a_team_pushes_under_its_prefix(
        self, stack: cdk.Stack, registry: PrivateRegistry, lint: Any, snapshot: SnapshotAssertion
    ) -> None:
        made = ImagePusherRole(stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a/"])
        assert isinstance(made.role, iam.Role)
        assert made.provider is None
        assert allowed(stack) == [
            {"Sid": "LogIn", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {
                "Sid": "Push",
                "Effect": "Allow",
                "Action": PUSH,
                "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*",
            },
        ]
        assert lint(Template.from_stack(stack).to_json()) == []
        assert pusher_resources(stack) == snapshot(extension_class=JSONSnapshotExtension)


class TestEverythingSet:
    def test_it_is_all_there(
        self, stack: cdk.Stack, registry: PrivateRegistry, lint: Any, snapshot: SnapshotAssertion
    ) -> None:
        api = ImageRepository(stack, "Api", repository_name="shared/api", registry=registry)
        boundary = iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess")
        made = ImagePusherRole(
            stack,
            "Team",
            registry=registry,
            assumed_by=PROD,
            prefixes=["team-a", "dev/team-a/*", "team-a"],
            repositories=[api, "shared/web"],
            can_pull=True,
            create_provider=True,
            role_name="team-a-push",
            max_session_duration=cdk.Duration.hours(2),
            permissions_boundary=boundary,
        )
        assert made.provider is not None
        role = of(stack, "AWS::IAM::Role")
        assert role["MaxSessionDuration"] == 7200
        assert role["RoleName"] == "team-a-push"
        assert "PermissionsBoundary" in role
        _, push, pull = allowed(stack)
        base = "arn:aws:ecr:eu-west-1:111122223333:repository"
        assert push["Resource"][:2] == [f"{base}/team-a/*", f"{base}/dev/team-a/*"]
        assert push["Resource"][3] == f"{base}/shared/web"
        assert pull["Resource"] == push["Resource"]
        (trusted,) = trust(stack)
        (provider,) = Template.from_stack(stack).find_resources("AWS::IAM::OIDCProvider")
        assert trusted["Principal"]["Federated"] in ({"Ref": provider}, {"Fn::GetAtt": [provider, "Arn"]})
        assert lint(Template.from_stack(stack).to_json()) == []
        assert pusher_resources(stack) == snapshot(extension_class=JSONSnapshotExtension)


class TestOneProviderInAnAccount:
    def pusher(self, scope: cdk.Stack, registry: PrivateRegistry, name: str, **more: Any) -> ImagePusherRole:
        return ImagePusherRole(
            scope, name, registry=registry, assumed_by=PROD, prefixes=["a"], create_provider=True, **more
        )

    def test_a_second_one_is_refused(self, app: cdk.App, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        made = PipelineIdentityProvider(stack, "GitHub", identity=PROD)
        # IAM knows no Regions.
        env = cdk.Environment(account="111122223333", region="eu-west-2")
        elsewhere = cdk.Stack(app, "Elsewhere", env=env)
        with pytest.raises(InvalidValueError, match="'Elsewhere/GitHub' would too") as caught:
            PipelineIdentityProvider(elsewhere, "GitHub", identity=PROD)
        assert "'Stack/GitHub' makes the provider of token.actions" in str(caught.value)
        assert "pass it as provider=" in str(caught.value)
        with pytest.raises(InvalidValueError, match="'Stack/Team' would too"):
            self.pusher(stack, registry, "Team")
        assert stack.node.try_find_child("Team") is None
        ImagePusherRole(
            stack, "Team", registry=registry, assumed_by=PROD, prefixes=["a"], provider=made.resource
        )
        PipelineIdentityProvider(
            elsewhere, "GitLab", identity=GitLabPipelines("acme/payments", branch="main")
        )

    def test_two_roles_that_make_it(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        self.pusher(stack, registry, "First")
        with pytest.raises(InvalidValueError, match="'Stack/First/Provider' makes"):
            self.pusher(stack, registry, "Second")

    def test_an_open_account_counts_by_the_stack(self, app: cdk.App) -> None:
        first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second")
        for one in (first, second):
            PipelineIdentityProvider(one, "GitHub", identity=PROD)
        with pytest.raises(InvalidValueError, match="'First/GitHub' makes"):
            PipelineIdentityProvider(first, "Again", identity=PROD)


class TestOtherAccounts:
    def grant(self, stack: cdk.Stack, registry: PrivateRegistry, trusted: TrustedAccounts) -> None:
        ImagePusherRole(stack, "Team", registry=registry, assumed_by=trusted, prefixes=["team-a"])

    def root(self, account: str) -> dict[str, Any]:
        return {"AWS": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}}

    def test_an_account_with_an_external_id(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        self.grant(stack, registry, TrustedAccounts(accounts=["222233334444"], external_id="acme-1"))
        assert trust(stack) == [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": self.root("222233334444"),
                "Condition": {"StringEquals": {"sts:ExternalId": "acme-1"}},
            }
        ]

    def test_accounts_of_organization_paths(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        accounts = ["222233334444", "333344445555"]
        self.grant(stack, registry, TrustedAccounts(accounts=accounts, organization_paths=[PATH]))
        condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [PATH]}}
        assert [(one["Principal"], one["Condition"]) for one in trust(stack)] == [
            (self.root(account), condition) for account in accounts
        ]

    def test_an_organization_alone(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        self.grant(stack, registry, TrustedAccounts(organization_id="o-a1b2c3d4e5", external_id="x1"))
        assert trust(stack) == [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Condition": {"StringEquals": {"sts:ExternalId": "x1", "aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
            }
        ]

    def test_roles_that_need_not_exist(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        self.grant(stack, registry, TrustedAccounts(roles=[ROLE]))
        (statement,) = trust(stack)
        assert statement["Principal"] == self.root("444455556666")
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [ROLE]}}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "nobody is named"),
            ({"external_id": "acme-1"}, "nobody is named"),
            ({"accounts": ["222233334444"]}, "nothing narrows the accounts"),
            ({"accounts": ["*"], "external_id": "acme-1"}, "is not an AWS account id"),
            ({"accounts": "222233334444"}, "accounts is '222233334444'"),
            ({"accounts": ["222233334444"], "roles": [ROLE]}, "accounts and roles are given"),
            ({"roles": ["arn:aws:iam::444455556666:user/x"]}, "is not the ARN of an IAM role"),
            ({"accounts": ["222233334444"], "external_id": ""}, "external_id is ''"),
            ({"accounts": ["222233334444"], "external_id": "a b"}, "external_id is 'a b'"),
            ({"organization_id": "o-1"}, "is not an organization id"),
            ({"organization_paths": ["*"]}, "is not an organization path"),
        ],
    )
    def test_what_would_let_too_many_in_is_refused(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError) as caught:
            TrustedAccounts(**arguments)
        assert message in str(caught.value)

    def test_tokens_are_taken(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        account = cdk.CfnParameter(stack, "Account").value_as_string
        external_id = cdk.CfnParameter(stack, "ExternalId").value_as_string
        self.grant(stack, registry, TrustedAccounts(accounts=[account], external_id=external_id))
        assert trust(stack)[0]["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


class TestRefused:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "nothing is named that the role could push"),
            ({"prefixes": ["*"]}, "would be the whole registry"),
            ({"prefixes": ["ROOT"]}, "would be the whole registry"),
            ({"prefixes": "team-a"}, "prefixes is 'team-a'"),
            ({"prefixes": ["team-*"]}, "is no prefix of repositories"),
            ({"prefixes": ["Team"]}, "is no prefix of repositories"),
            ({"repositories": ["Team/API"]}, "is not a repository name"),
            ({"repositories": [1]}, "a repository is of the type int"),
            ({"prefixes": ["a"], "assumed_by": None}, "assumed_by is None"),
            ({"prefixes": ["a"], "assumed_by": "222233334444"}, "assumed_by is '222233334444'"),
            ({"prefixes": ["a"], "registry": None}, "the registry is None"),
            ({"prefixes": ["a"], "create_provider": True, "provider": "x"}, "another is to be created"),
            (
                {
                    "prefixes": ["a"],
                    "assumed_by": TrustedAccounts(organization_id="o-a1b2c3d4e5"),
                    "create_provider": True,
                },
                "leave out provider and create_provider",
            ),
            ({"prefixes": ["a"], "role_name": "a b"}, "role_name is 'a b'"),
            ({"prefixes": ["a"], "max_session_duration": cdk.Duration.minutes(5)}, "1 to 12 hours"),
            ({"prefixes": ["a"], "max_session_duration": 3600}, "write cdk.Duration.hours(1)"),
            ({"prefixes": ["a"], "permissions_boundary": "arn"}, "permissions_boundary is of the type str"),
            ({"prefixes": ["a"], "can_pull": "yes"}, "can_pull is 'yes'"),
            ({"prefixes": ["ecr-public"]}, "which takes no pushes"),
            ({"prefixes": ["ecr-public/team"]}, "which takes no pushes"),
            ({"repositories": ["ecr-public/nginx"]}, "which takes no pushes"),
        ],
    )
    def test_with_its_reason(self, stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
        registry = PrivateRegistry(stack, "Registry")
        registry.add_pull_through_cache("ecr-public")
        with pytest.raises(InvalidValueError) as caught:
            ImagePusherRole(stack, "Team", **{"registry": registry, "assumed_by": PROD, **arguments})
        assert message in str(caught.value)
        assert stack.node.try_find_child("Team") is None

    def test_a_role_of_another_account(self, app: cdk.App, registry: PrivateRegistry) -> None:
        env = cdk.Environment(account="222233334444", region="eu-west-1")
        elsewhere = cdk.Stack(app, "Elsewhere", env=env)
        with pytest.raises(InvalidValueError, match="use ConsumerPolicy there"):
            ImagePusherRole(elsewhere, "Team", registry=registry, assumed_by=PROD, prefixes=["a"])


class TestElsewhere:
    def test_in_a_stack_without_an_environment(self, app: cdk.App) -> None:
        stack = cdk.Stack(app, "Anywhere")
        registry = PrivateRegistry(stack, "Registry")
        ImagePusherRole(stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a"])
        assert allowed(stack)[1]["Resource"] == {
            "Fn::Join": [
                "",
                [
                    "arn:",
                    {"Ref": "AWS::Partition"},
                    ":ecr:",
                    {"Ref": "AWS::Region"},
                    ":",
                    {"Ref": "AWS::AccountId"},
                    ":repository/team-a/*",
                ],
            ]
        }

    @pytest.mark.parametrize(
        ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
    )
    def test_in_other_partitions(self, app: cdk.App, region: str, partition: str) -> None:
        env = cdk.Environment(account="111122223333", region=region)
        stack = cdk.Stack(app, "There", env=env)
        registry = PrivateRegistry(stack, "Registry")
        ImagePusherRole(stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a"])
        assert allowed(stack)[1]["Resource"].startswith(f"arn:{partition}:ecr:{region}:")

    def test_in_a_registry_known_by_its_contract(self, tmp_path: Path) -> None:
        env = cdk.Environment(account="111122223333", region="eu-west-1")
        app = cdk.App(outdir=str(tmp_path / "registry"))
        PrivateRegistry(cdk.Stack(app, "Owner", env=env), "Registry").add_pull_through_cache("ecr-public")
        app.synth()
        stack = cdk.Stack(cdk.App(), "Team", env=env)
        registry = PrivateRegistry.from_contract(stack, "Registry", tmp_path / "registry/registry.json")
        ImagePusherRole(stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a"])
        assert allowed(stack)[1]["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*"
        with pytest.raises(InvalidValueError, match="which takes no pushes"):
            ImagePusherRole(stack, "Cache", registry=registry, assumed_by=PROD, prefixes=["ecr-public"])


OWN = ("111122223333",)


class Kept(list[PushGrant]):
    """Stands in for what a registry does with push grants."""

    def watch(self, registry: PrivateRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(registry), "add_push_grant", lambda _, grant: self.append(grant))

    def sign(self, arns: Sequence[str]) -> None:
        for grant in self:
            grant.sign(arns)


class TestSigning:
    """A rule may come after the grant: the registry calls back, and nothing is said twice."""

    def test_every_way_to_push_is_kept(
        self, stack: cdk.Stack, registry: PrivateRegistry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = Kept()
        kept.watch(registry, monkeypatch)
        api = ImageRepository(stack, "Api", repository_name="prod/api", registry=registry)
        generated = ImageRepository(stack, "Generated", registry=registry)
        own = iam.Role(stack, "Own", assumed_by=iam.AccountRootPrincipal())
        api.grant_pull(own)
        api.grant_read(own)
        assert kept == []
        api.grant_push(own)
        api.grant_pull_push(own)
        api.grant(own, "ecr:PutImage")
        generated.grant_push(own)
        api.grant_push(PROD)
        api.grant_promote(own, source=generated)
        api.grant_push_to_role(ROLE)
        api.grant_push(iam.ArnPrincipal(ROLE))
        ImagePusherRole(
            stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a"], repositories=[api]
        )
        assert [(one.repositories, one.accounts) for one in kept] == [
            *[("prod/api", OWN)] * 3,
            ("*", OWN),
            *[("prod/api", OWN)] * 2,
            *[("prod/api", ("444455556666",))] * 2,
            ("team-a/*", OWN),
            ("prod/api", OWN),
        ]
        kept.sign([PROFILE])
        kept.sign([PROFILE, OTHER_PROFILE])
        signed = [
            [
                one["Resource"]
                for one in policy["Properties"]["PolicyDocument"]["Statement"]
                if one["Action"] == "signer:SignPayload"
            ]
            for policy in Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
        ]
        assert signed == [[PROFILE, OTHER_PROFILE]] * 3

    def test_with_rules_before_and_after(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ManagedSigning(stack, "Before", registry=registry, repositories=["team-a/*"], profile=PROFILE)
        ImagePusherRole(stack, "Team", registry=registry, assumed_by=PROD, prefixes=["team-a"])
        ManagedSigning(stack, "After", registry=registry, repositories=["team-*/api"], profile=OTHER_PROFILE)
        ManagedSigning(
            stack, "Other", registry=registry, repositories=["prod/*"], profile=f"{OTHER_PROFILE}_2"
        )
        signed = [one["Resource"] for one in allowed(stack) if one["Action"] == "signer:SignPayload"]
        assert signed == [PROFILE, OTHER_PROFILE]

    def test_a_role_elsewhere_is_its_accounts(self) -> None:
        grant = RolePushPermission(account="444455556666", role_arn=ROLE, repositories="prod/api")
        assert not grant.sign([PROFILE])

    def test_a_profile_of_the_deployment(self, stack: cdk.Stack) -> None:
        role = iam.Role(stack, "Own", assumed_by=iam.AccountRootPrincipal())
        token = cdk.CfnParameter(stack, "Profile").value_as_string
        PushPermission(role, repositories="*").sign([token])
        assert allowed(stack) == [
            {"Action": "signer:SignPayload", "Effect": "Allow", "Resource": {"Ref": "Profile"}}
        ]
