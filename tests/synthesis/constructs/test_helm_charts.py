"""HelmChartRepository and HelmChartTemplate: by default, with everything set, and what they refuse.

Practices: HELM-1, HELM-2
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.helm_chart_repository import HelmChartRepository
from ecr_blueprints.constructs.helm_chart_template import HelmChartTemplate
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[[Template], list[str]]

REPOSITORY = "AWS::ECR::Repository"
TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"
ENV = cdk.Environment(account="111122223333", region="eu-west-1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def deleted(policy: str, *versions: str) -> list[str]:
    """Which versions a policy deletes, the oldest version first."""
    images = [
        InventoryImage(digest=tag, tags=(tag,), pushed_at=NOW - timedelta(days=900 - age))
        for age, tag in enumerate(versions)
    ]
    return list(evaluate(parse_lifecycle_policy(policy), images, now=NOW).marks)


@pytest.fixture(scope="module")
def default(module_app: cdk.App, template_of: TemplateOf) -> Template:
    stack = cdk.Stack(module_app, "Default", env=ENV)
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    chart = HelmChartRepository(stack, "Chart", chart="ledger", registry=registry)
    charts = HelmChartTemplate(stack, "Charts", registry=registry)
    assert (chart.chart, chart.prefix) == ("ledger", "charts")
    assert charts.push_reference == "oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts"
    assert registry.template_for("charts/new", AppliedFor.CREATE_ON_PUSH) is charts.model
    for name, value in (("Push", chart.push_reference), ("Chart", chart.chart_reference)):
        cdk.CfnOutput(stack, f"{name}Reference", value=value)
    return template_of(stack)


class TestByDefault:
    @pytest.fixture
    def template(self, default: Template) -> Template:
        return default

    def test_the_repository(self, template: Template, of_type: OfType) -> None:
        (resource,) = of_type(template, REPOSITORY)
        properties = dict(resource["Properties"])
        lifecycle = properties.pop("LifecyclePolicy")["LifecyclePolicyText"]
        assert properties == {"RepositoryName": "charts/ledger", "ImageTagMutability": "IMMUTABLE"}
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        versions = [f"1.{minor}.0" for minor in range(103)]
        assert deleted(lifecycle, *versions) == ["1.0.0", "1.1.0", "1.2.0"]
        assert json.loads(lifecycle)["rules"][1]["selection"]["tagStatus"] == "untagged"

    def test_the_template_gives_the_same(self, template: Template, of_type: OfType) -> None:
        (resource,) = of_type(template, REPOSITORY)
        (created,) = of_type(template, TEMPLATE)
        properties = dict(created["Properties"])
        lifecycle = resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
        assert properties.pop("LifecyclePolicy") == lifecycle
        assert properties == {
            "Prefix": "charts",
            "AppliedFor": ["CREATE_ON_PUSH", "REPLICATION"],
            "Description": "Helm charts: immutable versions, the newest are kept",
            "EncryptionConfiguration": {"EncryptionType": "AES256"},
            "ImageTagMutability": "IMMUTABLE",
        }

    def test_the_references(self, template: Template) -> None:
        host = "oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com"
        assert template["Outputs"]["PushReference"]["Value"] == f"{host}/charts"
        address, name = template["Outputs"]["ChartReference"]["Value"]["Fn::Join"][1]
        assert address == f"{host}/"
        assert name["Ref"].startswith("Chart")

    def test_it_lints(self, template: Template, lint: Lint) -> None:
        assert lint(template) == []


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> Template:
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path_factory.mktemp("everything"))), "Everything", env=ENV)
    registry = PrivateRegistry(stack, "Registry", convention="{team}/{app}")
    key = kms.Key(stack, "Key")
    chart = HelmChartRepository(
        stack,
        "Chart",
        chart="ledger",
        prefix="platform/charts",
        versions=10,
        keep=["1.4.*", "2.0.0+lts"],
        registry=registry,
        owner="payments",
        tags={"cost-center": "42"},
        encryption_key=key,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    chart.grant_pull_to_account("222233334444")
    HelmChartTemplate(
        stack,
        "Charts",
        registry=registry,
        prefix="oci/packages/",
        prefix_exception="the company calls charts packages",
        versions=None,
        keep=["1.*"],
        created_on_push=False,
        repository_policy={"Version": "2012-10-17", "Statement": [_PULL]},
        resource_tags={"kind": "chart"},
        encryption_key=key,
    )
    (exception,) = registry.ledger.naming_exceptions
    assert exception.reason == "a Helm chart, which the convention is not about"
    return template_of(stack)


class TestWithEverythingSet:
    @pytest.fixture
    def template(self, everything: Template) -> Template:
        return everything

    def test_it_is_as_it_was(self, template: Template, of_type: OfType, snapshot: SnapshotAssertion) -> None:
        held = [
            one
            for kind in (REPOSITORY, TEMPLATE)
            for one in of_type(template, kind)
            if one["Properties"].get("Prefix") != "ROOT"
        ]
        assert held == snapshot(extension_class=JSONSnapshotExtension)

    def test_what_is_kept_stays(self, template: Template, of_type: OfType) -> None:
        (resource,) = of_type(template, REPOSITORY)
        text = resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
        versions = ["1.3.0", "1.4.0", "2.0.0_lts", *(f"3.{minor}.0" for minor in range(10))]
        assert deleted(text, *versions) == ["1.3.0"]

    def test_it_lints(self, template: Template, lint: Lint) -> None:
        assert lint(template) == []


_PULL = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
}


def test_every_version_stays_where_versions_is_none(stack: cdk.Stack, template_of: TemplateOf) -> None:
    HelmChartRepository(stack, "Chart", chart="ledger", versions=None)
    (resource,) = template_of(stack)["Resources"].values()
    text = resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
    assert deleted(text, *(f"1.{minor}.0" for minor in range(500))) == []


def test_a_stack_that_leaves_its_environment_open(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Open")
    chart = HelmChartRepository(stack, "Chart", chart="ledger")
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    charts = HelmChartTemplate(stack, "Charts", registry=registry)
    cdk.CfnOutput(stack, "Address", value=chart.push_reference)
    cdk.CfnOutput(stack, "Charts-Address", value=charts.push_reference)
    template = template_of(stack)
    assert "amazonaws" not in json.dumps(template)
    assert lint(template) == []


def test_a_token_for_the_chart(stack: cdk.Stack, template_of: TemplateOf) -> None:
    name = cdk.CfnParameter(stack, "Name").value_as_string
    registry = PrivateRegistry(stack, "Registry", convention="{team}/{app}")
    HelmChartRepository(stack, "Chart", chart=name, registry=registry, owner="payments")
    resources = template_of(stack)["Resources"].values()
    (found,) = (one for one in resources if one["Type"] == REPOSITORY)
    assert found["Properties"]["RepositoryName"] == {"Fn::Join": ["", ["charts/", {"Ref": "Name"}]]}


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"chart": "Ledger"}, "'Ledger' is not the name of a chart that ECR can hold"),
            ({"chart": "team/ledger"}, "is not the name of a chart"),
            ({"chart": None}, "chart is None"),
            ({"prefix": "prod"}, "does not say that charts lie under it"),
            ({"prefix": "ROOT"}, "the prefix of a chart is ROOT"),
            ({"prefix": "Charts"}, "'Charts'"),
            ({"prefix_exception": 1}, "prefix_exception is 1"),
            ({"versions": 0}, "0"),
            ({"versions": True}, "versions is True"),
            ({"versions": "10"}, "versions is '10'"),
            ({"keep": "1.4.*"}, "keep is"),
            ({"keep": ["1.4 *"]}, "1.4"),
            ({"registry": "registry"}, "registry is 'registry'"),
        ],
    )
    def test_values(self, stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError) as caught:
            HelmChartRepository(stack, "Chart", **{"chart": "ledger", **arguments})
        assert message in str(caught.value)
        assert caught.value.where
        assert stack.node.try_find_child("Chart") is None

    def test_a_chart_where_a_cache_stores(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        registry.add_pull_through_cache("k8s", prefix="charts")
        with pytest.raises(InvalidValueError, match="nothing can be pushed there"):
            HelmChartRepository(stack, "Chart", chart="ledger", registry=registry)

    def test_no_owner_where_names_tell_it(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry", convention="{team}/{app}")
        with pytest.raises(InvalidValueError, match="no owner is given"):
            HelmChartRepository(stack, "Chart", chart="ledger", registry=registry)
        wrong: Any
        for wrong in (5, b"x", True, Path()):
            with pytest.raises(InvalidValueError, match=r"tags is .*allowed: a mapping of texts to texts"):
                HelmChartRepository(stack, "Chart", chart="ledger", registry=registry, tags=wrong)
            with pytest.raises(InvalidValueError, match=r"tags is .*allowed: a mapping of texts to texts"):
                BuildCacheRepository(stack, "Chart", build="ledger", registry=registry, tags=wrong)
        assert stack.node.try_find_child("Chart") is None
        HelmChartRepository(stack, "Chart", chart="ledger", registry=registry, tags={"owner": "payments"})

    def test_a_chart_twice(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        HelmChartRepository(stack, "Chart", chart="ledger", registry=registry)
        with pytest.raises(RegistryConflictError, match="charts/ledger"):
            HelmChartRepository(stack, "Again", chart="ledger", registry=registry)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"created_on_push": False, "replicated": False}, "applied for nothing"),
            ({"created_on_push": "yes"}, "created_on_push is 'yes'"),
            ({"prefix": "prod"}, "does not say that charts lie under it"),
            ({"prefix": "${Token[TOKEN.1]}"}, "known only at deployment"),
            ({"registry": None}, "the registry is None"),
            ({"versions": -1}, "-1"),
        ],
    )
    def test_templates(self, stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
        registry = PrivateRegistry(stack, "Registry")
        with pytest.raises(InvalidValueError) as caught:
            HelmChartTemplate(stack, "Charts", **{"registry": registry, **arguments})
        assert message in str(caught.value)

    def test_a_scope_that_is_none(self, app: cdk.App) -> None:
        with pytest.raises(InvalidValueError, match="the scope is an App"):
            HelmChartRepository(app, "Chart", chart="ledger")


class TestWhoeverPushesCreates:
    """The guard of the prefix, which `CreateOnPush` has too.

    Practices: TMPL-5
    """

    POLICY = "AWS::ECR::RegistryPolicy"

    def test_strangers_may_not_and_the_guard_comes_first(self, default: Template, of_type: OfType) -> None:
        (policy,) = of_type(default, self.POLICY)
        (statement,) = policy["Properties"]["PolicyText"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert {"ecr:CreateRepository", "ecr:PutImage"} <= set(statement["Action"])
        assert statement["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/charts/*"
        assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "111122223333"}
        (created,) = of_type(default, TEMPLATE)
        (policy_id,) = (key for key, one in default["Resources"].items() if one["Type"] == self.POLICY)
        assert policy_id in created["DependsOn"]

    def test_accounts_that_push(self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
        registry = PrivateRegistry(stack, "Registry")
        HelmChartTemplate(stack, "Charts", registry=registry, pusher_accounts=["222233334444"])
        assert registry.unmet_policy_scope == ("the statements for charts/",)
        (policy,) = of_type(template_of(stack), self.POLICY)
        deny, allow = policy["Properties"]["PolicyText"]["Statement"]
        assert deny["Condition"]["StringNotEquals"]["aws:PrincipalAccount"] == [
            "111122223333",
            "222233334444",
        ]
        assert allow["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}

    def test_nothing_is_guarded_where_no_push_creates(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry = PrivateRegistry(stack, "Registry")
        HelmChartTemplate(stack, "Charts", registry=registry, created_on_push=False)
        assert of_type(template_of(stack), self.POLICY) == []

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            ({"created_on_push": False, "pusher_accounts": ["222233334444"]}, "no push creates a repository"),
            ({"created_on_push": False, "organization_id": "o-a1b2c3d4e5"}, "no push creates a repository"),
            ({"pusher_accounts": ["2222"]}, "'2222' is not an AWS account id"),
            (
                {"pusher_accounts": ["222233334444"], "organization_id": "o-a1b2c3d4e5"},
                "accounts and an organization are named",
            ),
        ],
    )
    def test_what_cannot_be(self, stack: cdk.Stack, arguments: dict[str, Any], says: str) -> None:
        registry = PrivateRegistry(stack, "Registry")
        with pytest.raises(InvalidValueError, match=says):
            HelmChartTemplate(stack, "Charts", registry=registry, **arguments)
        assert stack.node.try_find_child("Charts") is None
        assert registry.registry_policy is None
