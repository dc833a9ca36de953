"""Grants: complete sets of actions, principals that ECR accepts, and nobody else."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.policy_length import shortest_text_length
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

ROLE = "arn:aws:iam::444455556666:role/deploy"
OTHER_ROLE = "arn:aws:iam::777788889999:role/path/to/pull"
OWN_ROLE = "arn:aws:iam::111122223333:role/build"
PATH = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"
OTHER_PATH = "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/*"
DIGEST = "sha256:" + "0" * 64

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
UPLOAD = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]


def root(account: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Images", env=cdk.Environment(account="111122223333", region="eu-west-1"))


@pytest.fixture
def repository(stack: cdk.Stack) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="prod/api")


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    policy = found.get("Properties", {}).get("RepositoryPolicyText", {"Statement": []})
    return list(policy["Statement"])


def identity_statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return [one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]]


class TestAccounts:
    def test_the_account_may_pull(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_account("444455556666")
        assert statements(stack) == [
            {
                "Sid": "PullByAccounts",
                "Effect": "Allow",
                "Principal": {"AWS": root("444455556666")},
                "Action": PULL,
            }
        ]

    def test_accounts_share_a_statement_and_stand_in_it_once(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_account("444455556666", "777788889999")
        repository.grant_pull_to_account("444455556666")
        (statement,) = statements(stack)
        assert statement["Principal"] == {"AWS": [root("444455556666"), root("777788889999")]}

    @pytest.mark.parametrize("accounts", [(), ("4444",), ("444455556666", "x"), ("*",)])
    def test_what_is_no_account_changes_nothing(
        self, stack: cdk.Stack, repository: ImageRepository, accounts: tuple[str, ...]
    ) -> None:
        with pytest.raises(InvalidValueError):
            repository.grant_pull_to_account(*accounts)
        assert statements(stack) == []

    def test_an_account_known_at_deployment(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_account(cdk.CfnParameter(stack, "Consumer").value_as_string)
        assert {"Ref": "Consumer"} in statements(stack)[0]["Principal"]["AWS"]["Fn::Join"][1]


class TestOrganizations:
    def test_an_organization_is_everybody_with_a_condition(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_organization("o-a1b2c3d4e5")
        assert statements(stack) == [
            {
                "Sid": "PullByOrganizations",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": PULL,
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}},
            }
        ]

    def test_organization_paths(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_organization_paths(PATH)
        repository.grant_pull_to_organization_paths(OTHER_PATH, PATH)
        (statement,) = statements(stack)
        assert statement["Sid"] == "PullByOrganizationPaths"
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Condition"] == {
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [PATH, OTHER_PATH]}
        }

    @pytest.mark.parametrize("organization", ["", "*", "o-*", "o-short", "O-A1B2C3D4E5", "r-ab12"])
    def test_what_is_no_organization_changes_nothing(
        self, stack: cdk.Stack, repository: ImageRepository, organization: str
    ) -> None:
        with pytest.raises(InvalidValueError, match="is not an organization id"):
            repository.grant_pull_to_organization(organization)
        assert statements(stack) == []

    @pytest.mark.parametrize("paths", [(), ("*",), (PATH, "o-a1b2c3d4e5"), (PATH.removesuffix("/*"),)])
    def test_what_is_no_path_changes_nothing(
        self, stack: cdk.Stack, repository: ImageRepository, paths: tuple[str, ...]
    ) -> None:
        with pytest.raises(InvalidValueError):
            repository.grant_pull_to_organization_paths(*paths)
        assert statements(stack) == []


class TestRolesOfOtherAccounts:
    """ECR refuses a policy that names a principal which does not exist; an account always does."""

    def expected(self, sid: str, actions: list[str]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"AWS": root("444455556666")},
            "Action": actions,
            "Condition": {"ArnEquals": {"aws:PrincipalArn": [ROLE]}},
        }

    def test_pull(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_role(ROLE)
        assert statements(stack) == [self.expected("PullByRoles", PULL)]

    def test_push(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_push_to_role(ROLE)
        assert statements(stack) == [self.expected("PushByRoles", sorted([*UPLOAD, "ecr:BatchGetImage"]))]

    @pytest.mark.parametrize(
        ("grant", "sid", "actions"),
        [
            ("grant_pull", "PullByRoles", PULL),
            ("grant_push", "UploadByRoles", UPLOAD),
            ("grant_pull_push", "PullAndPushByRoles", sorted({*PULL, *UPLOAD})),
            ("grant_read", "ReadByRoles", ["ecr:DescribeImages", "ecr:DescribeRepositories"]),
        ],
    )
    @pytest.mark.parametrize("imported", [True, False])
    def test_cdks_grants_do_the_same(
        self,
        stack: cdk.Stack,
        repository: ImageRepository,
        grant: str,
        sid: str,
        actions: list[str],
        imported: bool,
    ) -> None:
        grantee = iam.Role.from_role_arn(stack, "Role", ROLE) if imported else iam.ArnPrincipal(ROLE)
        getattr(repository, grant)(grantee)
        assert statements(stack) == [self.expected(sid, actions)]

    def test_any_action(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant(iam.ArnPrincipal(ROLE), "ecr:ListImages")
        (statement,) = statements(stack)
        assert statement["Action"] == "ecr:ListImages"
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [ROLE]}}

    def test_they_share_a_statement_however_they_are_named(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_role(ROLE, OTHER_ROLE)
        repository.grant_pull(iam.Role.from_role_arn(stack, "Role", ROLE))
        repository.grant_pull(iam.ArnPrincipal(OTHER_ROLE))
        (statement,) = statements(stack)
        assert statement["Principal"] == {"AWS": [root("444455556666"), root("777788889999")]}
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [ROLE, OTHER_ROLE]}}

    def test_a_user_is_treated_alike(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull(iam.ArnPrincipal("arn:aws:iam::444455556666:user/someone"))
        assert statements(stack)[0]["Principal"] == {"AWS": root("444455556666")}

    def test_a_role_that_the_app_makes_there_under_a_name(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        other = cdk.Stack(
            cdk.Stage.of(stack),
            "Cluster",
            env=cdk.Environment(account="444455556666", region="eu-west-1"),
        )
        role = iam.Role(other, "Node", role_name="node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        repository.grant_pull(role)
        (statement,) = statements(stack)
        assert statement["Principal"] == {"AWS": root("444455556666")}
        assert ":iam::444455556666:role/node" in json.dumps(statement["Condition"]["ArnEquals"])
        actions = [one["Action"] for one in identity_statements(other)]
        assert actions == [PULL, "ecr:GetAuthorizationToken"]

    def test_a_role_that_the_app_makes_there_without_a_name_is_left_to_cdk(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        other = cdk.Stack(
            cdk.Stage.of(stack),
            "Cluster",
            env=cdk.Environment(account="444455556666", region="eu-west-1"),
        )
        repository.grant_pull(iam.Role(other, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")))
        (statement,) = statements(stack)
        assert statement["Principal"] == {"AWS": root("444455556666")}
        assert list(statement["Condition"]["StringEquals"]) == ["aws:PrincipalTag/aws-cdk:id"]

    def test_in_a_stack_without_an_account_a_literal_account_is_another(self) -> None:
        stack = cdk.Stack(cdk.App(), "Images")
        ImageRepository(stack, "Api").grant_pull(iam.ArnPrincipal(ROLE))
        assert statements(stack) == [self.expected("PullByRoles", PULL)]

    def test_the_partition_may_be_left_to_the_deployment(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_role(f"arn:{cdk.Aws.PARTITION}:iam::444455556666:role/deploy")
        assert statements(stack)[0]["Principal"] == {"AWS": root("444455556666")}

    @pytest.mark.parametrize(
        "arns",
        [
            (),
            ("deploy",),
            ("*",),
            ("arn:aws:iam::444455556666:user/someone",),
            ("arn:aws:iam::4444:role/deploy",),
            (ROLE, "arn:aws:iam::444455556666:root"),
        ],
    )
    @pytest.mark.parametrize("method", ["grant_pull_to_role", "grant_push_to_role"])
    def test_what_is_no_role_changes_nothing(
        self, stack: cdk.Stack, repository: ImageRepository, arns: tuple[str, ...], method: str
    ) -> None:
        with pytest.raises(InvalidValueError):
            getattr(repository, method)(*arns)
        assert statements(stack) == []

    def test_a_role_of_an_unknown_account_is_refused(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        with pytest.raises(InvalidValueError, match="account is not known before deployment"):
            repository.grant_pull_to_role(cdk.CfnParameter(stack, "Role").value_as_string)


class TestOwnRoles:
    def test_a_role_of_the_stack_gets_an_identity_policy_and_the_token(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        repository.grant_pull(role)
        assert statements(stack) == []
        assert [one["Action"] for one in identity_statements(stack)] == [
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            "ecr:GetAuthorizationToken",
        ]

    def test_an_imported_role_of_the_account_too(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_push(iam.Role.from_role_arn(stack, "Role", OWN_ROLE))
        assert statements(stack) == []
        assert len(identity_statements(stack)) == 2

    def test_the_execution_role_of_a_task(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container("api", image=repository.image(digest=DIGEST))
        (definition,) = Template.from_stack(stack).find_resources("AWS::ECS::TaskDefinition").values()
        (container,) = definition["Properties"]["ContainerDefinitions"]
        assert container["Image"]["Fn::Join"][1][-1] == f"@{DIGEST}"
        actions = [one["Action"] for one in identity_statements(stack)]
        assert "ecr:GetAuthorizationToken" in actions
        assert any("ecr:BatchGetImage" in one for one in actions)

    def test_cdks_own_image_of_it(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container("api", image=ecs.ContainerImage.from_ecr_repository(repository, "v1"))
        assert "ecr:GetAuthorizationToken" in [one["Action"] for one in identity_statements(stack)]

    def test_a_batch_job(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        batch.EcsJobDefinition(
            stack,
            "Job",
            container=batch.EcsFargateContainerDefinition(
                stack, "Container", image=repository.image(tag="v1"), cpu=0.25, memory=cdk.Size.mebibytes(512)
            ),
        )
        (definition,) = Template.from_stack(stack).find_resources("AWS::Batch::JobDefinition").values()
        assert definition["Properties"]["ContainerProperties"]["Image"]["Fn::Join"][1][-1] == ":v1"
        assert "ecr:GetAuthorizationToken" in [one["Action"] for one in identity_statements(stack)]

    def test_a_service_is_granted_as_cdk_does(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
        (statement,) = statements(stack)
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}

    def test_a_statement_of_ones_own_stands_beside(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_account("444455556666")
        result = repository.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Mine", actions=["ecr:ListImages"], principals=[iam.AccountPrincipal("777788889999")]
            )
        )
        assert result.statement_added
        assert [one["Sid"] for one in statements(stack)] == ["PullByAccounts", "Mine"]


class TestNobodyElse:
    @pytest.mark.parametrize(
        "everybody", [iam.AnyPrincipal, iam.StarPrincipal, lambda: iam.ArnPrincipal("*")]
    )
    @pytest.mark.parametrize("grant", ["grant_pull", "grant_push", "grant_pull_push", "grant_read", "grant"])
    def test_everybody_is_refused(
        self, stack: cdk.Stack, repository: ImageRepository, everybody: Any, grant: str
    ) -> None:
        with pytest.raises(InvalidValueError, match="public"):
            getattr(repository, grant)(everybody())
        assert statements(stack) == []

    def test_everybody_with_a_condition_is_not(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull(iam.OrganizationPrincipal("o-a1b2c3d4e5"))
        repository.grant_pull(
            iam.PrincipalWithConditions(
                iam.AnyPrincipal(), {"StringEquals": {"aws:SourceAccount": "444455556666"}}
            )
        )
        assert all(one["Condition"] for one in statements(stack))
        assert len(statements(stack)) == 2


class TestOnce:
    def test_every_grant_twice_is_written_once(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        for _ in range(2):
            repository.grant_pull_to_account("444455556666")
            repository.grant_pull_to_organization("o-a1b2c3d4e5")
            repository.grant_pull_to_organization_paths(PATH)
            repository.grant_pull_to_role(ROLE)
            repository.grant_push_to_role(ROLE)
            repository.grant_pull(iam.ArnPrincipal(ROLE))
        written = statements(stack)
        assert len(written) == 5
        assert len({one["Sid"] for one in written}) == 5
        assert all(isinstance(one["Principal"]["AWS"], str | dict) for one in written)

    @pytest.mark.parametrize("make", [ImageRepository, ecr.Repository])
    def test_a_grant_after_cdk_has_rendered_the_policy_is_not_lost(
        self, stack: cdk.Stack, make: type[ecr.Repository]
    ) -> None:
        """A statement of CDK's is closed once it is rendered; what is written as JSON is written anew."""
        repository = make(stack, "Read")
        grants = RepositoryGrants.from_repository(repository)
        grants.pull_to_account("444455556666")
        resource = repository.node.default_child
        assert isinstance(resource, ecr.CfnRepository)
        stack.resolve(resource._cfn_properties)
        grants.pull_to_account("777788889999", "444455556666")
        first, second = root("444455556666"), root("777788889999")
        assert [(one["Sid"], one["Principal"]["AWS"]) for one in statements(stack)] == (
            [("PullByAccounts", [first, second])]
            if make is ImageRepository
            else [("PullByAccounts", first), ("PullByAccounts2", second)]
        )


class TestAnyRepository:
    def test_cdks_class(self, stack: cdk.Stack) -> None:
        repository = ecr.Repository(stack, "Theirs")
        RepositoryGrants.from_repository(repository).pull_to_role(ROLE)
        RepositoryGrants.from_repository(repository).pull(iam.Role.from_role_arn(stack, "Role", ROLE))
        (statement,) = statements(stack)
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [ROLE]}}

    @pytest.mark.parametrize(
        ("grant", "count"), [("pull", len(PULL)), ("push", len(UPLOAD)), ("pull_push", 7)]
    )
    def test_cdks_class_and_own_roles(self, stack: cdk.Stack, grant: str, count: int) -> None:
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        getattr(RepositoryGrants.from_repository(ecr.Repository(stack, "Theirs")), grant)(role)
        assert statements(stack) == []
        granted, token = identity_statements(stack)
        assert len(set(granted["Action"])) == count
        assert token["Action"] == "ecr:GetAuthorizationToken"

    def test_an_image_repository_has_one(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_account("444455556666")
        RepositoryGrants.from_repository(repository).pull_to_account("444455556666")
        assert statements(stack)[0]["Principal"] == {"AWS": root("444455556666")}

    def test_an_imported_one_has_no_policy_to_change(self, stack: cdk.Stack) -> None:
        imported = ecr.Repository.from_repository_name(stack, "Imported", "prod/api")
        with pytest.raises(InvalidValueError, match="imported repository"):
            RepositoryGrants.from_repository(imported).pull_to_account("444455556666")

    def test_an_imported_one_lets_own_roles_pull(self, stack: cdk.Stack) -> None:
        imported = ecr.Repository.from_repository_name(stack, "Imported", "prod/api")
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        RepositoryGrants.from_repository(imported).pull(role)
        assert len(identity_statements(stack)) == 2

    def test_of_an_imported_one_only_the_identity_side_is_granted(self, stack: cdk.Stack) -> None:
        imported = ecr.Repository.from_repository_name(stack, "Imported", "prod/api")
        grant = RepositoryGrants.from_repository(imported).pull(iam.ArnPrincipal(ROLE))
        assert not grant.success
        assert Template.from_stack(stack).to_json().get("Resources", {}) == {}

    def test_everybody_is_refused_here_too(self, stack: cdk.Stack) -> None:
        grants = RepositoryGrants.from_repository(ecr.Repository(stack, "Theirs"))
        with pytest.raises(InvalidValueError, match="public"):
            grants.pull(iam.AnyPrincipal())


class TestPolicyLength:
    @staticmethod
    def roles(count: int) -> list[str]:
        return [f"arn:aws:iam::444455556666:role/{'x' * 55}-{number:04}" for number in range(count)]

    def test_a_policy_that_ecr_certainly_refuses_fails_at_synthesis(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_role(*self.roles(120))
        with pytest.raises(
            RuntimeError, match=r"repository policy has at least 1[12],[0-9]{3} characters"
        ) as failed:
            cdk.App.of(stack).synth()  # type: ignore[union-attr]
        assert "allowed: 10,240" in str(failed.value)
        assert "Images/Api" in str(failed.value)

    def test_so_does_one_made_of_others_statements(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        for number in range(60):
            repository.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Number{number:03}{'x' * 80}",
                    actions=["ecr:ListImages"],
                    principals=[iam.AccountPrincipal("444455556666")],
                )
            )
        with pytest.raises(RuntimeError, match="repository policy has at least"):
            cdk.App.of(stack).synth()  # type: ignore[union-attr]

    def test_a_shorter_one_passes(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_role(*self.roles(90))
        assert len(statements(stack)) == 1

    @given(
        st.recursive(
            st.text(max_size=5) | st.integers() | st.booleans() | st.none(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
            ),
            max_leaves=10,
        )
    )
    def test_without_intrinsics_it_is_the_length_of_the_text(self, policy: object) -> None:
        text = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
        assert shortest_text_length(policy) == len(text)

    def test_with_intrinsics_it_is_the_least_that_they_can_yield(self) -> None:
        assert shortest_text_length({"AWS": root("444455556666")}) == len(
            '{"AWS":"arn:aws:iam::444455556666:root"}'
        )
        assert shortest_text_length([{"Ref": "Anything"}, {"Fn::GetAtt": ["Key", "Arn"]}]) == len('["",""]')


@pytest.mark.parametrize("flags", [{}, {"@aws-cdk/aws-iam:minimizePolicies": True}])
def test_statements_keep_their_ids_whatever_the_flags(flags: dict[str, bool]) -> None:
    stack = cdk.Stack(
        cdk.App(context=flags), "Images", env=cdk.Environment(account="111122223333", region="eu-west-1")
    )
    repository = ImageRepository(stack, "Api")
    repository.grant_pull_to_account("444455556666")
    repository.grant_pull_to_role(ROLE)
    repository.grant_pull_to_organization_paths(PATH)
    assert {one["Sid"] for one in statements(stack)} == {
        "PullByAccounts",
        "PullByRoles",
        "PullByOrganizationPaths",
    }
