"""The code that gives a created repository the baseline, against stubs that hold to ECR's service model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import event_samples
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ecr_blueprints.constructs.function_code import created_repository

NAME = "prod/payments/api"
ARN = f"arn:aws:ecr:eu-west-1:111122223333:repository/{NAME}"
LIFECYCLE = '{"rules":[]}' + " " * 100
POLICY = '{"Version":"2012-10-17","Statement":[]}'
FULL = {
    "prefix": "prod",
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}],
    "lifecyclePolicy": LIFECYCLE,
    "repositoryPolicy": POLICY,
    "resourceTags": [{"Key": "cost-centre", "Value": "platform"}],
}
BARE = {"prefix": "prod", "imageTagMutability": "IMMUTABLE"}


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    ecr = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(created_repository, "client", lambda name: ecr)
    monkeypatch.setenv("PREFIX", "prod")
    with Stubber(ecr) as stub:
        yield stub
    stub.assert_no_pending_responses()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().out


def created(name: str = NAME) -> dict[str, Any]:
    event = dict(event_samples.REPOSITORY_CREATED)
    return {**event, "detail": {**event["detail"], "requestParameters": {"repositoryName": name}}}


def finds(stub: Stubber, template: dict[str, Any] | None, tags: list[dict[str, str]] | None = None) -> None:
    stub.add_response(
        "describe_repositories",
        {"repositories": [{"repositoryName": NAME, "repositoryArn": ARN}]},
        {"repositoryNames": [NAME]},
    )
    stub.add_response("list_tags_for_resource", {"tags": tags or []}, {"resourceArn": ARN})
    if template is not None:
        stub.add_response(
            "describe_repository_creation_templates",
            {"repositoryCreationTemplates": [template]},
            {"prefixes": ["prod"]},
        )


def sets_everything(stub: Stubber) -> None:
    stub.add_response(
        "put_image_tag_mutability",
        {},
        {
            "repositoryName": NAME,
            "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
            "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}],
        },
    )
    stub.add_response("put_lifecycle_policy", {}, {"repositoryName": NAME, "lifecyclePolicyText": LIFECYCLE})
    stub.add_response("set_repository_policy", {}, {"repositoryName": NAME, "policyText": POLICY})
    stub.add_response("tag_resource", {}, {"resourceArn": ARN, "tags": FULL["resourceTags"]})


def test_everything_that_the_template_says_is_set(stub: Stubber, said: Callable[[], str]) -> None:
    finds(stub, FULL)
    sets_everything(stub)
    created_repository.handler(created(), None)
    assert said() == f"{NAME}: it has the baseline\n"


def test_a_second_delivery_does_the_same(stub: Stubber) -> None:
    for tags in ([], FULL["resourceTags"]):
        finds(stub, FULL, tags)  # type: ignore[arg-type]
        sets_everything(stub)
        created_repository.handler(created(), None)


def test_what_the_template_leaves_open_is_left(stub: Stubber) -> None:
    finds(stub, BARE)
    stub.add_response(
        "put_image_tag_mutability", {}, {"repositoryName": NAME, "imageTagMutability": "IMMUTABLE"}
    )
    created_repository.handler(created(), None)


@pytest.mark.parametrize("name", ["dev/payments/api", "production/api", "prod"])
def test_other_prefixes_are_not_touched(stub: Stubber, said: Callable[[], str], name: str) -> None:
    created_repository.handler(created(name), None)
    assert said() == f"{name}: it lies outside prod/\n"


def test_a_stack_s_repository_is_not_touched(stub: Stubber, said: Callable[[], str]) -> None:
    finds(stub, None, [{"Key": "aws:cloudformation:stack-name", "Value": "ecr-repositories-payments"}])
    created_repository.handler(created(), None)
    assert said() == f"{NAME}: a stack declares it\n"


def test_what_is_gone_again_is_done_with(stub: Stubber, said: Callable[[], str]) -> None:
    stub.add_client_error("describe_repositories", "RepositoryNotFoundException", "gone")
    created_repository.handler(created(), None)
    assert said() == f"{NAME}: it is gone\n"


def test_a_refusal_is_raised_so_that_it_is_tried_again_and_kept(stub: Stubber) -> None:
    finds(stub, FULL)
    stub.add_client_error("put_image_tag_mutability", "AccessDeniedException", "not you")
    with pytest.raises(ClientError, match="not you"):
        created_repository.handler(created(), None)


def test_without_a_template_it_fails(stub: Stubber) -> None:
    finds(stub, None)
    stub.add_client_error("describe_repository_creation_templates", "TemplateNotFoundException", "none")
    with pytest.raises(ClientError, match="none"):
        created_repository.handler(created(), None)
