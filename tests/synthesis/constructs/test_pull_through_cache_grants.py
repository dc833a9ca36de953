"""Who may pull through a cache, and by which of the three policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from ecr_blueprints.constructs.image_reference import RegistryImage
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.access_policy import AccessPolicy

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/k8s/*"
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
CREATE_AND_IMPORT = ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"]
OTHER = "222233334444"
ROLE_ARN = f"arn:aws:iam::{OTHER}:role/eks/node"
PATH = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"


@pytest.fixture
def cache(stack: cdk.Stack) -> PullThroughCache:
    return PrivateRegistry(stack, "Registry", root_template=False).add_pull_through_cache("k8s")


def registry_statements(template: dict[str, Any], of_type: OfType) -> list[dict[str, Any]]:
    return [
        statement
        for policy in of_type(template, "AWS::ECR::RegistryPolicy")
        for statement in policy["Properties"]["PolicyText"]["Statement"]
    ]


def repository_statements(template: dict[str, Any], of_type: OfType) -> list[dict[str, Any]]:
    (resource,) = of_type(template, "AWS::ECR::RepositoryCreationTemplate")
    text = resource["Properties"].get("RepositoryPolicy")
    statements: list[dict[str, Any]] = [] if text is None else json.loads(text)["Statement"]
    return statements


def identity_statements(template: dict[str, Any], of_type: OfType) -> list[dict[str, Any]]:
    return [
        statement
        for policy in of_type(template, "AWS::IAM::Policy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


class TestSameAccount:
    def test_a_role_gets_it_by_its_own_policy_alone(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint
    ) -> None:
        role = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        assert cache.grant_pull(role).success
        template = template_of(stack)
        pull, login = identity_statements(template, of_type)
        assert sorted(pull["Action"]) == sorted([*PULL, *CREATE_AND_IMPORT])
        assert (pull["Effect"], pull["Resource"]) == ("Allow", ARN)
        assert login == {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
        assert registry_statements(template, of_type) == []
        assert repository_statements(template, of_type) == []
        assert lint(template) == []

    def test_without_creating(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        role = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        cache.grant_pull(role, create=False)
        actions = identity_statements(template_of(stack), of_type)[0]["Action"]
        assert sorted(actions) == sorted([*PULL, "ecr:BatchImportUpstreamImage"])

    @pytest.mark.parametrize(
        "principal",
        [iam.OrganizationPrincipal("o-a1b2c3d4e5"), iam.ServicePrincipal("ecs-tasks.amazonaws.com")],
    )
    def test_who_has_no_policy_is_refused_with_the_method_to_use(
        self, cache: PullThroughCache, principal: iam.IPrincipal
    ) -> None:
        with pytest.raises(InvalidValueError, match="use grant_pull_to_account"):
            cache.grant_pull(principal)


class TestOtherAccounts:
    def test_an_account(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint
    ) -> None:
        cache.grant_pull_to_account(OTHER)
        template = template_of(stack)
        principal = {"AWS": f"arn:aws:iam::{OTHER}:root"}
        assert registry_statements(template, of_type) == [
            {"Effect": "Allow", "Principal": principal, "Action": CREATE_AND_IMPORT, "Resource": ARN}
        ]
        assert repository_statements(template, of_type) == [
            {"Effect": "Allow", "Principal": principal, "Action": PULL}
        ]
        assert lint(template) == []

    def test_the_account_as_a_principal(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        cache.grant_pull(iam.AccountPrincipal(OTHER))
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER}:root"}

    @pytest.mark.parametrize("how", ["by arn", "as a principal", "imported"])
    def test_a_role_is_named_by_a_condition_on_its_account(
        self,
        cache: PullThroughCache,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
        how: str,
    ) -> None:
        if how == "by arn":
            cache.grant_pull_to_role(ROLE_ARN)
        elif how == "as a principal":
            cache.grant_pull(iam.ArnPrincipal(ROLE_ARN))
        else:
            cache.grant_pull(iam.Role.from_role_arn(stack, "Node", ROLE_ARN))
        template = template_of(stack)
        for statement in (
            *registry_statements(template, of_type),
            *repository_statements(template, of_type),
        ):
            assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER}:root"}
            assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}

    def test_a_role_of_this_app_in_another_account_gets_both_sides(
        self,
        cache: PullThroughCache,
        app: cdk.App,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
    ) -> None:
        workload = cdk.Stack(app, "Workload", env=cdk.Environment(account=OTHER, region="eu-west-1"))
        role = iam.Role(
            workload, "Node", role_name="node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")
        )
        cache.grant_pull(role)
        (statement,) = registry_statements(template_of(stack), of_type)
        assert f":iam::{OTHER}:role/node" in json.dumps(statement["Condition"])
        assert identity_statements(template_of(workload), of_type)[0]["Resource"] == ARN

    def test_organizations(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint
    ) -> None:
        cache.grant_pull_to_organization_paths(PATH)
        cache.grant_pull_to_organization("o-zyxw987654")
        template = template_of(stack)
        conditions = [
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": PATH}},
            {"StringEquals": {"aws:PrincipalOrgID": "o-zyxw987654"}},
        ]
        for statements in (
            registry_statements(template, of_type),
            repository_statements(template, of_type),
        ):
            assert [statement["Condition"] for statement in statements] == conditions
            assert {json.dumps(statement["Principal"]) for statement in statements} == {'{"AWS": "*"}'}
        assert lint(template) == []

    def test_many_of_a_kind_share_a_statement(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        for account in (OTHER, "333344445555", OTHER):
            cache.grant_pull_to_account(account)
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Principal"]["AWS"] == [
            f"arn:aws:iam::{OTHER}:root",
            "arn:aws:iam::333344445555:root",
        ]

    def test_who_may_not_create_is_told_apart_and_may_later(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        cache.grant_pull_to_account(OTHER, create=False)
        cache.grant_pull_to_account("333344445555", create=False)
        cache.grant_pull_to_account("333344445555")
        cache.grant_pull_to_account("333344445555", create=False)
        actions = {
            statement["Principal"]["AWS"]: statement["Action"]
            for statement in registry_statements(template_of(stack), of_type)
        }
        assert actions == {
            "arn:aws:iam::333344445555:root": CREATE_AND_IMPORT,
            f"arn:aws:iam::{OTHER}:root": ["ecr:BatchImportUpstreamImage"],
        }

    def test_who_may_not_fill_pulls_what_is_there(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        cache.grant_pull_to_account(OTHER, fill=False)
        cache.grant_pull_to_role(ROLE_ARN, fill=False)
        cache.grant_pull_to_organization_paths(PATH, fill=False)
        cache.grant_pull_to_organization("o-a1b2c3d4e5", fill=False)
        template = template_of(stack)
        assert registry_statements(template, of_type) == []
        assert [one["Action"] for one in repository_statements(template, of_type)] == [PULL] * 4

    def test_who_may_fill_once_may_fill(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        cache.grant_pull_to_account(OTHER, fill=False)
        cache.grant_pull_to_account(OTHER)
        cache.grant_pull_to_account(OTHER, fill=False)
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Action"] == CREATE_AND_IMPORT

    def test_whether_somebody_may_fill_is_said_by_yes_or_no(self, cache: PullThroughCache) -> None:
        with pytest.raises(InvalidValueError, match="fill"):
            cache.grant_pull_to_account(OTHER, fill="no")  # type: ignore[arg-type]

    def test_caches_keep_to_their_prefixes(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        for key in ("k8s", "quay"):
            registry.add_pull_through_cache(key).grant_pull_to_account(OTHER)
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Resource"] == [ARN, ARN.replace("k8s", "quay")]

    def test_as_many_caches_as_a_registry_takes_have_the_same_consumers(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        caches = [registry.add_pull_through_cache("k8s", prefix=f"cache-{number}") for number in range(50)]
        for cache in caches:
            cache.grant_pull_to_organization_paths(PATH)
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Resource"] == [cache.repository_arn_pattern for cache in caches]
        policy = registry.ledger.policies[0].policy
        assert isinstance(policy, AccessPolicy)
        assert len(policy.statements) == 1

    @pytest.mark.parametrize(
        ("method", "value"),
        [
            ("grant_pull_to_account", "1234"),
            ("grant_pull_to_role", f"arn:aws:iam::{OTHER}:user/somebody"),
            ("grant_pull_to_organization_paths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"),
            ("grant_pull_to_organization", "acme"),
        ],
    )
    def test_malformed_consumers_are_refused(self, cache: PullThroughCache, method: str, value: str) -> None:
        with pytest.raises(InvalidValueError):
            getattr(cache, method)(value)

    def test_a_user_of_another_account_is_refused(self, cache: PullThroughCache) -> None:
        with pytest.raises(InvalidValueError, match="neither a role nor the account"):
            cache.grant_pull(iam.ArnPrincipal(f"arn:aws:iam::{OTHER}:user/somebody"))


class TestContainers:
    """``cache.image(…)`` goes where CDK takes an image, and lets the role pull that pulls it."""

    def test_ecs_and_batch(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container("pause", image=cache.image("pause", tag="3.10"))
        batch.EcsJobDefinition(
            stack,
            "Job",
            container=batch.EcsFargateContainerDefinition(
                stack,
                "Container",
                image=cache.image("busybox", tag="1"),
                cpu=0.25,
                memory=cdk.Size.mebibytes(512),
            ),
        )
        template = template_of(stack)
        (definition,) = of_type(template, "AWS::ECS::TaskDefinition")
        (container,) = definition["Properties"]["ContainerDefinitions"]
        assert container["Image"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/k8s/pause:3.10"
        pulls = [one for one in identity_statements(template, of_type) if one["Resource"] == ARN]
        assert [sorted(one["Action"]) for one in pulls] == [sorted([*PULL, *CREATE_AND_IMPORT])] * 2

    def test_a_task_of_another_account(
        self,
        app: cdk.App,
        cache: PullThroughCache,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
    ) -> None:
        workload = cdk.Stack(app, "Workload", env=cdk.Environment(account=OTHER, region="eu-west-1"))
        role = iam.Role(
            workload,
            "Execution",
            role_name="execution",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        )
        task = ecs.FargateTaskDefinition(workload, "Task", execution_role=role)
        task.add_container("pause", image=cache.image("pause", tag="3.10"))
        (statement,) = registry_statements(template_of(stack), of_type)
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER}:root"}
        assert "role/execution" in json.dumps(statement["Condition"])
        pull, _ = identity_statements(template_of(workload), of_type)
        assert pull["Resource"] == ARN

    def test_by_contract(self, app: cdk.App, cache: PullThroughCache) -> None:
        app.synth()
        team = cdk.Stack(cdk.App(), "Team", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        registry = PrivateRegistry.from_contract(team, "Registry", Path(app.outdir) / "registry.json")
        task = ecs.FargateTaskDefinition(team, "Task")
        image = registry.cache("k8s").image("pause", tag="3.10")
        assert isinstance(image, RegistryImage)
        assert str(image) == image.uri == cache.image("pause", tag="3.10").uri
        task.add_container("pause", image=image)
        policies = Template.from_stack(team).find_resources("AWS::IAM::Policy").values()
        statements = [
            one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]
        ]
        assert [one["Resource"] for one in statements] == [ARN, "*"]


class TestSeveral:
    def test_one_call_for_several_is_a_call_for_each(
        self,
        app: cdk.App,
        cache: PullThroughCache,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
    ) -> None:
        other = f"{PATH.removesuffix('*')}ou-ab12-22222222/*"
        cache.grant_pull_to_account(OTHER, "333344445555")
        cache.grant_pull_to_role(ROLE_ARN, ROLE_ARN)
        cache.grant_pull_to_organization_paths(PATH, other)
        accounts, role, paths = repository_statements(template_of(stack), of_type)
        assert accounts["Principal"]["AWS"] == [f"arn:aws:iam::{one}:root" for one in (OTHER, "333344445555")]
        assert role["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}
        assert paths["Condition"] == {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [PATH, other]}}
