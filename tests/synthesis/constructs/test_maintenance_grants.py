"""Promote, administer, delete images: separate grants, none of which is in a push."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from ecr_blueprints.constructs.granted_actions import PULL_ACTIONS, PUSH_ACTIONS
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.domain.actions import ADMIN, DELETE
from ecr_blueprints.domain.pipeline_identity import GitHubActions
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

PROD = GitHubActions("acme/payments", environment="prod")
REPOSITORY = "AWS::ECR::Repository"


@pytest.fixture
def api(stack: cdk.Stack) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="prod/api")


@pytest.fixture
def role(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))


def allowed(stack: cdk.Stack) -> list[set[str]]:
    found = []
    for policy in Template.from_stack(stack).find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            found.append({actions} if isinstance(actions, str) else set(actions))
    return found


def test_a_push_deletes_and_changes_nothing() -> None:
    for actions in (PUSH_ACTIONS, PULL_ACTIONS):
        assert not {*actions} & {*DELETE, *ADMIN}
        assert not any("*" in action for action in actions)


def test_to_promote_is_to_pull_there_and_push_here(
    stack: cdk.Stack, api: ImageRepository, role: iam.Role
) -> None:
    staging = ImageRepository(stack, "Staging", repository_name="staging/api")
    api.grant_promote(role, source=staging).assert_success()
    by_repository: dict[str, set[str]] = {}
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        if statement["Resource"] != "*":
            by_repository[statement["Resource"]["Fn::GetAtt"][0]] = set(statement["Action"])
    names = {
        key: one["Properties"]["RepositoryName"]
        for key, one in Template.from_stack(stack).find_resources(REPOSITORY).items()
    }
    assert {names[key]: "ecr:PutImage" in actions for key, actions in by_repository.items()} == {
        "staging/api": False,
        "prod/api": True,
    }


def test_a_pipeline_promotes_with_one_role(stack: cdk.Stack, api: ImageRepository) -> None:
    api.grant_promote(PROD, source=ecr.Repository.from_repository_name(stack, "Staging", "staging/api"))
    assert len(Template.from_stack(stack).find_resources("AWS::IAM::Role")) == 1
    assert len(allowed(stack)) == 3


@pytest.mark.parametrize(
    ("source", "message"), [("staging/api", "the source is 'staging/api'"), (None, "NoneType")]
)
def test_from_a_repository(api: ImageRepository, role: iam.Role, source: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        api.grant_promote(role, source=source)
    with pytest.raises(InvalidValueError, match="one repository"):
        api.grant_promote(role, source=api)


def test_to_administer_is_its_own_set(stack: cdk.Stack, api: ImageRepository, role: iam.Role) -> None:
    api.grant_administer(role)
    api.grant_administer(role)
    assert allowed(stack) == [set(ADMIN)]


def test_to_delete_images_is_its_own_grant(stack: cdk.Stack, api: ImageRepository, role: iam.Role) -> None:
    api.grant_delete_images(role)
    assert allowed(stack) == [{"ecr:BatchDeleteImage"}]


def test_users_and_groups_and_pipelines(stack: cdk.Stack, api: ImageRepository) -> None:
    api.grant_administer(iam.User(stack, "User"))
    api.grant_administer(iam.Group(stack, "Group"))
    api.grant_delete_images(PROD)
    assert len(allowed(stack)) == 3


@pytest.mark.parametrize(
    ("grantee", "message"),
    [
        (iam.ArnPrincipal("arn:aws:iam::444455556666:role/admin"), "of the account 444455556666"),
        (iam.AccountPrincipal("444455556666"), "of the account 444455556666"),
        (iam.AccountRootPrincipal(), "no single identity"),
        (iam.OrganizationPrincipal("o-a1b2c3d4e5"), "no single identity"),
        (iam.AnyPrincipal(), "public"),
        (iam.ServicePrincipal("codebuild.amazonaws.com"), "no single identity"),
        ("admin", "the grantee is 'admin'"),
    ],
)
def test_nobody_else_may(stack: cdk.Stack, api: ImageRepository, grantee: Any, message: str) -> None:
    for grant in (api.grant_administer, api.grant_delete_images):
        with pytest.raises(InvalidValueError) as caught:
            grant(grantee)
        assert message in str(caught.value)
    (found,) = Template.from_stack(stack).find_resources(REPOSITORY).values()
    assert "RepositoryPolicyText" not in found["Properties"]
