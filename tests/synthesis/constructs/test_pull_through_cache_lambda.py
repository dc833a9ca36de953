"""Lambda cannot pull through a cache: every way to try is refused, with what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.errors import InvalidValueError

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]

IMAGE = "public.ecr.aws/lambda/python:3.13"
INSTEAD = "copy the image into an ordinary repository"


@pytest.fixture
def cache(stack: cdk.Stack) -> PullThroughCache:
    return PrivateRegistry(stack, "Registry", root_template=False).add_pull_through_cache("ecr-public")


def function(scope: cdk.Stack, image: str, construct_id: str = "Function") -> lambda_.CfnFunction:
    return lambda_.CfnFunction(
        scope,
        construct_id,
        role="arn:aws:iam::111122223333:role/function",
        package_type="Image",
        code=lambda_.CfnFunction.CodeProperty(image_uri=image),
    )


def inline(scope: cdk.Stack) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Zip",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )


class TestGrants:
    def test_a_function(self, cache: PullThroughCache, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match=rf"{INSTEAD}.*grant to function\.role"):
            cache.grant_pull(inline(stack))

    def test_a_function_of_another_app(self, cache: PullThroughCache, stack: cdk.Stack) -> None:
        arn = "arn:aws:lambda:eu-west-1:222233334444:function:f"
        imported = lambda_.Function.from_function_arn(stack, "Imported", arn)
        with pytest.raises(InvalidValueError, match=INSTEAD):
            cache.grant_pull(imported)

    @pytest.mark.parametrize("service", ["lambda.amazonaws.com", "lambda.amazonaws.com.cn"])
    def test_the_service(self, cache: PullThroughCache, service: str) -> None:
        with pytest.raises(InvalidValueError, match=f"the service Lambda.*{INSTEAD}"):
            cache.grant_pull(iam.ServicePrincipal(service))

    def test_a_role_is_let_pass_since_its_code_may_pull(
        self, cache: PullThroughCache, stack: cdk.Stack
    ) -> None:
        role = iam.Role(stack, "Copier", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        assert cache.grant_pull(role).success

    def test_by_contract(self, app: cdk.App, cache: PullThroughCache) -> None:
        app.synth()
        team = cdk.Stack(cdk.App(), "Team", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        registry = PrivateRegistry.from_contract(team, "Registry", Path(app.outdir) / "registry.json")
        with pytest.raises(InvalidValueError, match=INSTEAD):
            registry.cache("ecr-public").grant_pull(inline(team))


class TestFunctionsOfTheApp:
    def test_by_uri(self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf) -> None:
        function(stack, cache.image("lambda/python", tag="3.13").uri)
        with pytest.raises(
            RuntimeError,
            match=rf"Stack/Function: the image of the function lies in the pull-through cache 'ecr-public' .*"
            rf"{INSTEAD}",
        ):
            template_of(stack)

    def test_by_an_imported_repository(
        self, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        repository = ecr.Repository.from_repository_name(stack, "Cached", "ecr-public/lambda/python")
        lambda_.DockerImageFunction(
            stack, "Docker", code=lambda_.DockerImageCode.from_ecr(repository, tag_or_digest="3.13")
        )
        with pytest.raises(RuntimeError, match="Stack/Docker: the image of the function lies in"):
            template_of(stack)

    def test_in_an_open_environment(self, app: cdk.App, template_of: TemplateOf) -> None:
        stack = cdk.Stack(app, "Anywhere")
        cache = PrivateRegistry(stack, "Registry", root_template=False).add_pull_through_cache("k8s")
        function(stack, cache.image("pause", tag="3.10").uri)
        with pytest.raises(RuntimeError, match="pull-through cache 'k8s'"):
            template_of(stack)

    def test_others_are_let_pass(
        self, app: cdk.App, cache: PullThroughCache, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        uri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
        inline(stack)
        function(stack, f"{uri}/prod/payments/api:v1", "Ordinary")
        function(stack, f"{uri}/ecr-publication/api:v1", "AlikePrefix")
        function(stack, f"{uri.replace('eu-west', 'us-east')}/ecr-public/api:v1", "OtherRegistry")
        function(stack, cdk.CfnParameter(stack, "Image").value_as_string, "Unknown")
        assert template_of(stack)

    def test_under_root_ordinary_repositories_lie_too(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        cache = registry.add_pull_through_cache("k8s", prefix="ROOT")
        function(stack, cache.image("pause", tag="3.10").uri)
        assert template_of(stack)

    def test_cdk_takes_no_cached_image_for_a_repository(
        self, cache: PullThroughCache, stack: cdk.Stack
    ) -> None:
        image: Any = cache.image("lambda/python", tag="3.13")
        with pytest.raises((TypeError, RuntimeError)):
            lambda_.DockerImageFunction(stack, "Docker", code=lambda_.DockerImageCode.from_ecr(image))
