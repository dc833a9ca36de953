"""Repositories that are made together: fewer calls into Node.js, and the same templates."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from constructs import Construct

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_batch import RepositoryBatch, made_together
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.constructs.repository_tagging import RepositoryTagging
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.pipeline_identity import GitHubActions
from ecr_blueprints.errors import InvalidValueError

ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")
PIPELINE = GitHubActions("acme/payments", environment="prod")
TAGS = {"cost-centre": "4711"}
TAGGING = RepositoryTagging(required=["cost-centre"], of_templates=TAGS)

Make = Callable[[cdk.Stack], None]


def several(stack: cdk.Stack) -> None:
    """With what is the same, what differs, and what CDK has to be asked for at once."""
    for name in ("a", "b", "c"):
        repository = ImageRepository(stack, name, repository_name=f"prod/{name}", owner="team", tags=TAGS)
        repository.grant_pull_to_account("222233334444", "333344445555")
        repository.grant_push(PIPELINE)
    ImageRepository(stack, "d", repository_name="prod/d", owner="other", tags={**TAGS, "own": "yes"})
    ImageRepository(stack, "kms", repository_name="prod/kms", encryption=EncryptionType.KMS, tags=TAGS)
    added = ImageRepository(stack, "added", repository_name="prod/added", tags=TAGS)
    added.grant_pull_to_account("222233334444")
    added.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Own", actions=["ecr:ListImages"], principals=[iam.AccountPrincipal("444455556666")]
        )
    )
    added.add_lifecycle_rule(tag_prefix_list=["pr-"], max_image_count=3)
    frozen = ImageRepository(stack, "frozen", repository_name="prod/frozen", tags=TAGS)
    RepositoryGrants.from_repository(frozen).deny_push()


def numbered(stack: cdk.Stack) -> None:
    """Of which CDK finds the last first."""
    for name in ("lib", "app", "42"):
        ImageRepository(stack, name, repository_name=f"{name}/x").grant_pull_to_account("222233334444")


def of_others(stack: cdk.Stack) -> None:
    """With a repository that is none of the library's, and one that stands deeper."""
    ecr.Repository(stack, "Plain")
    ImageRepository(stack, "Api", repository_name="prod/api", tags=TAGS)
    ImageRepository(Construct(stack, "Deeper"), "Api", repository_name="prod/deeper", tags={"own": "yes"})


def none(stack: cdk.Stack) -> None:
    """Without any."""
    sqs.Queue(stack, "Queue")


@pytest.mark.parametrize("make", [several, numbered, of_others, none])
@pytest.mark.parametrize("flagged", [False, True])
def test_the_template_is_that_of_repositories_made_one_by_one(
    make: Make, recommended_flags: dict[str, Any], flagged: bool
) -> None:
    def template(together: Callable[[cdk.Stack], AbstractContextManager[None]]) -> dict[str, Any]:
        app = cdk.App(context=recommended_flags if flagged else {})
        stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
        with together(stack):
            make(stack)
        found: dict[str, Any] = Template.from_stack(stack).to_json()
        return found

    one_by_one = template(lambda stack: nullcontext())
    assert template(made_together) == one_by_one
    assert list(template(made_together)["Resources"]) == list(one_by_one["Resources"])


def test_what_all_have_in_common_is_no_tag_of_anything_else(stack: cdk.Stack) -> None:
    with made_together(stack):
        for name in ("a", "b"):
            repository = ImageRepository(stack, name, repository_name=f"prod/{name}", tags=TAGS)
            repository.grant_push(PIPELINE)
    cdk.Tags.of(stack).add("cost-centre", "of the stack", priority=50)
    resources = Template.from_stack(stack).to_json()["Resources"].values()
    tags = {one["Type"]: one["Properties"].get("Tags") for one in resources}
    assert tags["AWS::ECR::Repository"] == [{"Key": "cost-centre", "Value": "4711"}]
    assert tags["AWS::IAM::Role"] == [{"Key": "cost-centre", "Value": "of the stack"}]


def test_required_tags_are_found(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
    registry = PrivateRegistry(stack, "Registry", tagging=TAGGING)
    with made_together(stack):
        ImageRepository(stack, "a", repository_name="prod/a", registry=registry, tags=TAGS)
        ImageRepository(stack, "b", repository_name="prod/b", registry=registry)
    with pytest.raises(RuntimeError, match="repository 'prod/b': without the tag 'cost-centre'"):
        app.synth()


def test_a_resource_can_be_reached_before_the_end(stack: cdk.Stack) -> None:
    with made_together(stack):
        first = ImageRepository(stack, "a", repository_name="prod/a")
        resource = first.node.default_child
        assert isinstance(resource, ecr.CfnRepository)
        resource.add_metadata("Reviewed", True)
        ImageRepository(stack, "b", repository_name="prod/b")
    held = Template.from_stack(stack).to_json()["Resources"]
    assert [one.get("Metadata") for one in held.values()] == [{"Reviewed": True}, None]
    assert all("LifecyclePolicy" in one["Properties"] for one in held.values())


def test_what_failed_writes_nothing_and_ends_the_batch(stack: cdk.Stack) -> None:
    def fail() -> None:
        with made_together(stack):
            ImageRepository(stack, "a", repository_name="prod/a").grant_pull_to_account("222233334444")
            ImageRepository(stack, "b", repository_name="Not a name")

    with pytest.raises(InvalidValueError):
        fail()
    assert RepositoryBatch.in_scope(stack) is None
    ImageRepository(stack, "c", repository_name="prod/c").grant_pull_to_account("222233334444")
    held = Template.from_stack(stack).to_json()["Resources"].values()
    assert ["RepositoryPolicyText" in one["Properties"] for one in held] == [False, True]
