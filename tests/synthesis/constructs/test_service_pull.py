"""Services that pull by their own principal: pinned to an account or a resource, and no drift with Lambda."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import RepositoryKind

PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PROJECT = "arn:aws:codebuild:eu-west-1:111122223333:project/api"


@pytest.fixture
def repository(stack: cdk.Stack) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="prod/api")


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    return list(found.get("Properties", {}).get("RepositoryPolicyText", {"Statement": []})["Statement"])


def functions(account: Any, region: Any = "eu-west-1") -> dict[str, Any]:
    if isinstance(account, str) and isinstance(region, str):
        return {
            "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":lambda:{region}:{account}:function:*"]]
        }
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":lambda:", region, ":", account, ":function:*"]
    return {"Fn::Join": ["", parts]}


def own(source: Any) -> dict[str, Any]:
    return {
        "Sid": "LambdaECRImageRetrievalPolicy",
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": PULL,
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }


class TestLambda:
    def test_this_account_has_the_statement_that_lambda_would_add(
        self, stack: cdk.Stack, repository: ImageRepository, lint: Any, template_of: Any
    ) -> None:
        repository.grant_pull_to_lambda()
        assert statements(stack) == [own([functions("111122223333")])]
        assert lint(template_of(stack)) == []

    def test_once_however_it_is_asked_for(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_lambda()
        repository.grant_pull_to_lambda("111122223333")
        repository.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
        RepositoryGrants.from_repository(repository).pull(iam.ServicePrincipal("lambda.amazonaws.com"))
        lambda_.DockerImageFunction(
            stack, "Function", code=lambda_.DockerImageCode.from_ecr(repository, tag_or_digest="v1")
        )
        assert statements(stack) == [own([functions("111122223333")])]

    def test_functions_of_other_accounts_take_lambda_and_their_account(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_lambda("222233334444", "333344445555")
        service, accounts = statements(stack)
        assert service["Sid"] == "LambdaECRImageCrossAccountRetrievalPolicy"
        assert service["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert service["Condition"] == {
            "ArnLike": {"aws:SourceArn": [functions("222233334444"), functions("333344445555")]}
        }
        assert accounts["Sid"] == "PullByAccounts"
        assert len(accounts["Principal"]["AWS"]) == 2

    @pytest.mark.parametrize("name", ["prod/api", cdk.PhysicalName.GENERATE_IF_NEEDED])
    def test_a_function_of_the_app_in_another_account_has_it_let_in(self, app: cdk.App, name: str) -> None:
        own_stack, elsewhere, abroad = (
            cdk.Stack(app, id, env=cdk.Environment(account=account, region=region))
            for id, account, region in (
                ("Images", "111122223333", "eu-west-1"),
                ("Elsewhere", "222233334444", "eu-west-1"),
                ("Abroad", "333344445555", "eu-central-1"),
            )
        )
        repository = ImageRepository(own_stack, "Api", repository_name=name)
        ImageRepository(own_stack, "Other")
        for place in (own_stack, elsewhere, abroad):
            code = lambda_.DockerImageCode.from_ecr(repository, tag_or_digest="v1")
            lambda_.DockerImageFunction(place, "Function", code=code)
        template = app.synth().get_stack_by_name("Images").template["Resources"]
        policies = [
            one["Properties"]["RepositoryPolicyText"]["Statement"]
            for one in template.values()
            if one["Type"] == "AWS::ECR::Repository" and "RepositoryPolicyText" in one["Properties"]
        ]
        ((own_functions, others, account),) = policies
        assert own_functions == own([functions("111122223333")])
        assert others["Condition"] == {"ArnLike": {"aws:SourceArn": [functions("222233334444")]}}
        assert account["Sid"] == "PullByAccounts"
        assert "222233334444" in str(account["Principal"])

    def test_images_of_another_registry_let_nobody_in(self, app: cdk.App, stack: cdk.Stack) -> None:
        repository = ImageRepository(stack, "Api", repository_name="prod--x/api")
        repository.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
        elsewhere = cdk.Stack(
            app, "Elsewhere", env=cdk.Environment(account="222233334444", region="eu-west-1")
        )
        for number, host in enumerate(
            (f"{elsewhere.account}.dkr.ecr.eu-west-1", cdk.Fn.import_value("host"))
        ):
            lambda_.CfnFunction(
                elsewhere,
                f"Function{number}",
                role="arn:aws:iam::222233334444:role/function",
                code=lambda_.CfnFunction.CodeProperty(image_uri=f"{host}.amazonaws.com/prod--x/api:v1"),
            )
        app.synth()
        assert statements(stack) == [own([functions("111122223333")])]

    def test_this_and_another_account(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        repository.grant_pull_to_lambda("111122223333", "222233334444")
        assert [one["Sid"] for one in statements(stack)] == [
            "LambdaECRImageRetrievalPolicy",
            "LambdaECRImageCrossAccountRetrievalPolicy",
            "PullByAccounts",
        ]

    def test_a_stack_without_an_environment(self, app: cdk.App) -> None:
        stack = cdk.Stack(app, "Anywhere")
        ImageRepository(stack, "Api").grant_pull_to_lambda()
        source = functions({"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"})
        assert statements(stack) == [own([source])]

    def test_cdks_repository_by_the_facade(self, stack: cdk.Stack) -> None:
        RepositoryGrants.from_repository(ecr.Repository(stack, "Theirs")).pull_to_lambda()
        assert statements(stack) == [own([functions("111122223333")])]

    @pytest.mark.parametrize("accounts", [("4444",), ("*",), ("222233334444", "x")])
    def test_what_is_no_account_changes_nothing(
        self, stack: cdk.Stack, repository: ImageRepository, accounts: tuple[str, ...]
    ) -> None:
        with pytest.raises(InvalidValueError, match="is not an AWS account id"):
            repository.grant_pull_to_lambda(*accounts)
        assert statements(stack) == []

    def test_not_from_under_a_cache(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        registry.add_pull_through_cache("ecr-public")
        cached = ImageRepository(
            stack,
            "Cached",
            repository_name="ecr-public/nginx",
            registry=registry,
            kind=RepositoryKind.CACHE,
        )
        for grant in (
            cached.grant_pull_to_lambda,
            lambda: cached.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com")),
        ):
            with pytest.raises(InvalidValueError, match="Lambda cannot pull through a cache"):
                grant()
        beside = ImageRepository(stack, "Beside", repository_name="prod/nginx", registry=registry)
        beside.grant_pull_to_lambda()


class TestServices:
    def test_for_this_account(self, stack: cdk.Stack, repository: ImageRepository, lint: Any) -> None:
        repository.grant_pull_to_service("codebuild.amazonaws.com")
        repository.grant_pull_to_service("codebuild.amazonaws.com")
        assert statements(stack) == [
            {
                "Sid": "PullByCodebuild",
                "Effect": "Allow",
                "Principal": {"Service": "codebuild.amazonaws.com"},
                "Action": PULL,
                "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
            }
        ]
        assert lint(Template.from_stack(stack).to_json()) == []

    def test_for_another_account_and_for_a_resource(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        repository.grant_pull_to_service("codebuild.amazonaws.com", source_account="222233334444")
        repository.grant_pull_to_service("codebuild.amazonaws.com", source_arn=PROJECT)
        repository.grant_pull_to_service("app-runner.amazonaws.com", source_arn=PROJECT)
        assert [(one["Sid"], one["Condition"]) for one in statements(stack)] == [
            ("PullByCodebuild", {"StringEquals": {"aws:SourceAccount": ["222233334444"]}}),
            ("PullByCodebuildSources", {"ArnLike": {"aws:SourceArn": [PROJECT]}}),
            ("PullByAppRunnerSources", {"ArnLike": {"aws:SourceArn": [PROJECT]}}),
        ]

    @pytest.mark.parametrize(
        ("service", "arguments", "message"),
        [
            ("codebuild", {}, "is no service principal"),
            ("*", {}, "is no service principal"),
            (None, {}, "service is None"),
            ("lambda.amazonaws.com", {}, "fix: call grant_pull_to_lambda"),
            ("codebuild.amazonaws.com", {"source_account": "1"}, "is not an AWS account id"),
            ("codebuild.amazonaws.com", {"source_arn": "*"}, "an ARN with an account id"),
            ("codebuild.amazonaws.com", {"source_arn": "arn:aws:s3:::bucket"}, "give source_account"),
            (
                "codebuild.amazonaws.com",
                {"source_account": "111122223333", "source_arn": PROJECT},
                "the ARN holds the account",
            ),
        ],
    )
    def test_what_would_not_be_pinned_is_refused(
        self,
        stack: cdk.Stack,
        repository: ImageRepository,
        service: Any,
        arguments: dict[str, Any],
        message: str,
    ) -> None:
        with pytest.raises(InvalidValueError) as caught:
            repository.grant_pull_to_service(service, **arguments)
        assert message in str(caught.value)
        assert statements(stack) == []

    def test_a_service_principal_takes_a_condition(
        self, stack: cdk.Stack, repository: ImageRepository
    ) -> None:
        with pytest.raises(InvalidValueError, match="grant_pull_to_service"):
            repository.grant_pull(iam.ServicePrincipal("codebuild.amazonaws.com"))
        with pytest.raises(InvalidValueError, match="grant_pull_to_lambda"):
            repository.grant_push(iam.ServicePrincipal("lambda.amazonaws.com"))
        conditions = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        repository.grant_pull(iam.ServicePrincipal("codebuild.amazonaws.com", conditions=conditions))
        (statement,) = statements(stack)
        assert statement["Condition"] == conditions
