"""BuildCacheRepository: by default, with everything set, in a registry, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.helm_chart_repository import HelmChartRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.source_location import SourceLocation

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
Lint = Callable[[Template], list[str]]

REPOSITORY = "AWS::ECR::Repository"
ENV = cdk.Environment(account="111122223333", region="eu-west-1")
HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def only(template: Template) -> dict[str, Any]:
    (found,) = (one for one in template["Resources"].values() if one["Type"] == REPOSITORY)
    return dict(found)


@pytest.fixture(scope="module")
def default(module_app: cdk.App, template_of: TemplateOf) -> Template:
    stack = cdk.Stack(module_app, "Default", env=ENV)
    cache = BuildCacheRepository(stack, "Cache", build="payments/api")
    cdk.CfnOutput(stack, "To", value=cache.cache_to())
    cdk.CfnOutput(stack, "From", value=cache.cache_from("main"))
    cdk.CfnOutput(stack, "Kaniko", value=" ".join(cache.kaniko_options))
    assert cache.asset_cache_to().params == {
        "ref": f"{HOST}/cache/payments/api:buildcache",
        "mode": "max",
        "image-manifest": "true",
        "oci-mediatypes": "true",
    }
    assert cache.asset_cache_from("main").params == {"ref": f"{HOST}/cache/payments/api:main"}
    return template_of(stack)


def test_the_repository(default: Template) -> None:
    resource = only(default)
    properties = dict(resource["Properties"])
    properties.pop("LifecyclePolicy")
    assert properties == {"RepositoryName": "cache/payments/api", "ImageTagMutability": "MUTABLE"}
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"


def test_everything_goes_after_14_days_and_what_lost_its_tag_after_one(default: Template) -> None:
    policy = parse_lifecycle_policy(only(default)["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])
    images = [
        InventoryImage(
            digest=f"{days}-{tag}", tags=(tag,) if tag else (), pushed_at=NOW - timedelta(days=days)
        )
        for days in (0.5, 1.5, 13.5, 14.5)
        for tag in ("", f"hash{days}")
    ]
    marks = set(evaluate(policy, images, now=NOW).marks)
    assert marks == {"1.5-", "13.5-", "14.5-", "14.5-hash14.5"}


def test_what_builders_are_told(default: Template) -> None:
    texts = {
        name: "".join(part if isinstance(part, str) else "…" for part in one["Value"]["Fn::Join"][1])
        for name, one in default["Outputs"].items()
    }
    address = f"{HOST}/…"
    assert texts == {
        "To": f"type=registry,ref={address}:buildcache,mode=max,image-manifest=true,oci-mediatypes=true",
        "From": f"type=registry,ref={address}:main",
        "Kaniko": f"--cache=true --cache-repo={address} --cache-ttl=336h",
    }


def test_it_lints(default: Template, lint: Lint) -> None:
    assert lint(default) == []


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> Template:
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path_factory.mktemp("everything"))), "Everything", env=ENV)
    stack.node.set_context("ecr-blueprints:allow-repository-deletion", ["build/*"])
    registry = PrivateRegistry(
        stack, "Registry", convention="{stage}/{team}/{app}", stages={"dev": False, "prod": True}
    )
    cache = BuildCacheRepository(
        stack,
        "Cache",
        build="api",
        prefix="build/caches/",
        days=3,
        registry=registry,
        owner="payments",
        tags={"cost-center": "42"},
        encryption_key=kms.Key(stack, "Key"),
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
    )
    cache.grant_pull_push(iam.Role(stack, "Ci", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com")))
    assert registry.ledger.is_build_cache("build/caches/api")
    return template_of(stack)


class TestWithEverythingSet:
    @pytest.fixture
    def template(self, everything: Template) -> Template:
        return everything

    def test_it_is_as_it_was(self, template: Template, snapshot: SnapshotAssertion) -> None:
        assert only(template) == snapshot(extension_class=JSONSnapshotExtension)

    def test_it_lints(self, template: Template, lint: Lint) -> None:
        assert lint(template) == []


def test_a_stack_that_leaves_its_environment_open(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Open")
    cache = BuildCacheRepository(stack, "Cache", build="api")
    cdk.CfnOutput(stack, "To", value=cache.cache_to())
    with pytest.raises(InvalidValueError, match="image assets are built before it"):
        cache.asset_cache_to()
    template = template_of(stack)
    assert "amazonaws" not in json.dumps(template)
    assert lint(template) == []


def test_a_token_for_what_is_built(stack: cdk.Stack, template_of: TemplateOf) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    build = cdk.CfnParameter(stack, "Build").value_as_string
    BuildCacheRepository(stack, "Cache", build=build, registry=registry)
    assert registry.ledger.build_caches == ()
    name = only(template_of(stack))["Properties"]["RepositoryName"]
    assert name == {"Fn::Join": ["", ["cache/", {"Ref": "Build"}]]}


class TestInARegistry:
    def test_its_owner_is_that_of_what_is_built(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        registry = PrivateRegistry(stack, "Registry", convention="{team}/{app}")
        with pytest.raises(InvalidValueError, match="no owner is given"):
            BuildCacheRepository(stack, "Cache", build="api", registry=registry)
        BuildCacheRepository(stack, "Cache", build="payments/api", registry=registry)
        assert {"Key": "owner", "Value": "payments"} in only(template_of(stack))["Properties"]["Tags"]

    def test_a_signing_rule_that_selects_it_is_refused_before_anything_exists(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        arn = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/all"
        rule = SigningRule(source=SourceLocation(construct_path="Rule"), profile_arn=arn, filters=("*",))
        registry.contribute(rule)
        with pytest.raises(RegistryConflictError, match="would sign the build cache 'cache/api'"):
            BuildCacheRepository(stack, "Cache", build="api", registry=registry)
        assert stack.node.try_find_child("Cache") is None

    def test_a_signing_rule_that_is_made_later_is_refused(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        BuildCacheRepository(stack, "Cache", build="api", registry=registry)
        arn = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/all"
        rule = SigningRule(source=SourceLocation(construct_path="Rule"), profile_arn=arn, filters=("ca*",))
        with pytest.raises(RegistryConflictError, match="would sign the build cache 'cache/api'"):
            registry.check_contribution(rule)

    def test_under_a_pull_through_cache_nothing_can_be_pushed(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        registry.add_pull_through_cache("k8s", prefix="cache")
        with pytest.raises(InvalidValueError, match="nothing can be pushed there"):
            BuildCacheRepository(stack, "Cache", build="api", registry=registry)

    def test_of_another_app_by_its_contract(
        self, stack: cdk.Stack, tmp_path: Path, template_of: TemplateOf
    ) -> None:
        entry = {
            "account": "111122223333",
            "region": "eu-west-1",
            "convention": "{stage}/{team}/{app}",
            "stages": {"dev": {"production": False}, "prod": {"production": True}},
        }
        contract = tmp_path / "registry.json"
        contract.write_text(json.dumps({"contractVersion": 1, "registries": [entry]}))
        registry = PrivateRegistry.from_contract(stack, "Registry", contract)
        BuildCacheRepository(stack, "Cache", build="payments/api", registry=registry, owner="payments")
        HelmChartRepository(stack, "Chart", chart="ledger", registry=registry, owner="payments")
        kinds = {
            one["Properties"]["RepositoryName"]: one["Metadata"]["ecr-blueprints:kind"]
            for one in template_of(stack)["Resources"].values()
        }
        assert kinds == {"cache/payments/api": "build-cache", "charts/ledger": "chart"}

    def test_a_cache_for_every_name_is_no_obstacle(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        registry.add_pull_through_cache("k8s", prefix="ROOT")
        BuildCacheRepository(stack, "Cache", build="api", registry=registry)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"build": "Api"}, "'cache/Api'"),
        ({"build": ""}, "'cache/'"),
        ({"build": None}, "build is None"),
        ({"prefix": "ROOT"}, "the prefix of a build cache is ROOT"),
        ({"days": 0}, "days is 0"),
        ({"days": 14.0}, "days is 14.0"),
        ({"days": None}, "days is None"),
        ({"registry": 1}, "registry is 1"),
        ({"owner": ""}, "the owner '' has 0 characters"),
        ({"owner": 1}, "owner is 1"),
        ({"tags": b"x"}, "tags is b'x'"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        BuildCacheRepository(stack, "Cache", **{"build": "api", **arguments})
    assert message in str(caught.value)
    assert stack.node.try_find_child("Cache") is None


@pytest.mark.parametrize("tag", ["", "a b", None])
def test_what_is_no_tag(stack: cdk.Stack, tag: Any) -> None:
    cache = BuildCacheRepository(stack, "Cache", build="api")
    for call in (cache.cache_to, cache.cache_from, cache.asset_cache_to, cache.asset_cache_from):
        with pytest.raises(InvalidValueError):
            call(tag)
