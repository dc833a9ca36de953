"""The scanning rules that follow from what is declared, and what they leave unscanned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]

CONTINUOUS, ON_PUSH = ScanFrequency.CONTINUOUS_SCAN, ScanFrequency.SCAN_ON_PUSH
STAGES = {"dev": False, "staging": False, "prod": True}


def rules(registry: PrivateRegistry, template_of: TemplateOf) -> dict[str, list[str]]:
    template = template_of(cdk.Stack.of(registry))
    (scanning,) = (
        one
        for one in template["Resources"].values()
        if one["Type"] == "AWS::ECR::RegistryScanningConfiguration"
    )
    return {
        rule["ScanFrequency"]: [one["Filter"] for one in rule["RepositoryFilters"]]
        for rule in scanning["Properties"]["Rules"]
    }


def declare(registry: PrivateRegistry, name: str, *, exception: str | None = None) -> None:
    repository = Repository(source=SourceLocation(construct_path=f"Stack/{name}"), name=name)
    registry.declare_repository(repository, exception=exception)


class TestEnhanced:
    def test_production_and_bases_are_scanned_continuously_the_rest_on_push(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", convention="{stage}/{team}/{app}", stages=STAGES)
        assert rules(registry, template_of) == {CONTINUOUS: ["prod/*", "base/*"], ON_PUSH: ["*"]}
        assert registry.unscanned == ()

    def test_caches_are_appended_as_they_are_added(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        registry = PrivateRegistry(stack, "Registry", convention="{stage}/{app}", stages=STAGES)
        registry.add_pull_through_cache("k8s")
        registry.add_pull_through_cache("quay", prefix="cached/quay")
        assert rules(registry, template_of)[CONTINUOUS] == ["prod/*", "base/*", "k8s/*", "cached/quay/*"]

    @pytest.mark.parametrize(
        ("convention", "expected"),
        [
            ("{stage}/{team}/{app}", "prod/*"),
            ("{team}/{app}/{stage}", "*/prod"),
            ("apps/{team}/{stage}/{app}", "apps/*/prod/*"),
            ("{team}/{app}/in-{stage}", "*/in-prod"),
            ("env-{stage}/{app}", "env-prod/*"),
            ("a__{stage}/{app}", "a*prod/*"),
        ],
    )
    def test_filters_follow_the_convention(
        self, stack: cdk.Stack, template_of: TemplateOf, convention: str, expected: str
    ) -> None:
        registry = PrivateRegistry(
            stack, "Registry", convention=convention, stages={"dev": False, "prod": True}, base_prefixes=()
        )
        assert rules(registry, template_of)[CONTINUOUS] == [expected]

    def test_redundant_filters_collapse(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        registry = PrivateRegistry(
            stack,
            "Registry",
            convention="{stage}/{app}",
            stages=STAGES,
            base_prefixes=("base", "base/images", "base"),
        )
        assert rules(registry, template_of)[CONTINUOUS] == ["prod/*", "base/*"]

    @pytest.mark.parametrize("production", [True, None])
    def test_a_registry_that_may_be_all_production_is_scanned_continuously(
        self, stack: cdk.Stack, template_of: TemplateOf, production: bool | None
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", production=production)
        registry.add_pull_through_cache("k8s")
        assert rules(registry, template_of) == {CONTINUOUS: ["*"]}

    def test_a_registry_without_production_scans_bases_continuously(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry = PrivateRegistry(
            stack, "Registry", convention="{stage}/{app}", stages=STAGES, production=False
        )
        assert rules(registry, template_of) == {CONTINUOUS: ["base/*"], ON_PUSH: ["*"]}

    def test_development_as_production(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        registry = PrivateRegistry(
            stack,
            "Registry",
            convention="{stage}/{app}",
            stages=STAGES,
            scanning=RegistryScanning(development=DevelopmentScanning.CONTINUOUS),
        )
        assert rules(registry, template_of) == {CONTINUOUS: ["*"]}

    def test_what_nothing_says_is_development_is_scanned_as_production(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry = PrivateRegistry(
            stack,
            "Registry",
            convention="{stage}/{app}",
            stages=STAGES,
            scanning=RegistryScanning(development=DevelopmentScanning.NONE),
        )
        declare(registry, "legacy--batch/job", exception="older")
        assert rules(registry, template_of) == {CONTINUOUS: ["prod/*", "base/*", "legacy*batch/job*"]}
        assert scanning_for(registry.ledger, "legacy--batch/job") == EffectiveScanning(
            scan_type=ScanType.ENHANCED, frequency=CONTINUOUS
        )


class TestUnscanned:
    @pytest.fixture
    def registry(self, stack: cdk.Stack) -> PrivateRegistry:
        return PrivateRegistry(
            stack,
            "Registry",
            convention="{stage}/{team}/{app}",
            stages=STAGES,
            scanning=RegistryScanning(development=DevelopmentScanning.NONE),
        )

    def test_no_rule_covers_development(self, registry: PrivateRegistry, template_of: TemplateOf) -> None:
        assert rules(registry, template_of) == {CONTINUOUS: ["prod/*", "base/*"]}

    def test_stages_templates_and_repositories_are_listed(self, registry: PrivateRegistry) -> None:
        registry.add_creation_template("sandbox", applied_for=["CREATE_ON_PUSH"])
        registry.add_creation_template("prod", applied_for=["CREATE_ON_PUSH"])
        declare(registry, "dev/payments/api")
        declare(registry, "prod/payments/api")
        assert registry.unscanned == ("dev/*", "staging/*", "sandbox/*", "dev/payments/api")

    def test_an_annotation_says_so_once(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        declare(registry, "dev/payments/api")
        template_of(stack)
        template_of(stack)
        found = assertions.Annotations.from_stack(stack).find_info(
            "*", assertions.Match.string_like_regexp("Not scanned")
        )
        assert [str(one.entry.data) for one in found] == [
            "Not scanned for vulnerabilities, as chosen: dev/*, staging/*, dev/payments/api"
        ]

    def test_without_production_everything_else_is_listed(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(
            stack,
            "Registry",
            production=False,
            scanning=RegistryScanning(development=DevelopmentScanning.NONE),
        )
        assert registry.unscanned == ("*",)


class TestBasic:
    def test_is_refused_where_production_is_declared(self, stack: cdk.Stack) -> None:
        basic = RegistryScanning(scan_type=ScanType.BASIC)
        with pytest.raises(InvalidValueError, match="BASIC scanning where production is declared"):
            PrivateRegistry(stack, "A", production=True, scanning=basic)
        with pytest.raises(InvalidValueError, match="BASIC scanning where production is declared"):
            PrivateRegistry(stack, "B", convention="{stage}/{app}", stages=STAGES, scanning=basic)
        assert stack.node.children == []

    def test_can_be_forced_there(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        forced = RegistryScanning(scan_type=ScanType.BASIC, allow_basic_for_production=True)
        registry = PrivateRegistry(stack, "Registry", production=True, scanning=forced)
        assert rules(registry, template_of) == {ON_PUSH: ["*"]}

    def test_scans_on_push_only(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        registry = PrivateRegistry(
            stack, "Registry", production=False, scanning=RegistryScanning(scan_type=ScanType.BASIC)
        )
        registry.add_pull_through_cache("k8s")
        assert rules(registry, template_of) == {ON_PUSH: ["*"]}

    def test_without_development_scans_bases_and_caches(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        basic = RegistryScanning(scan_type=ScanType.BASIC, development=DevelopmentScanning.NONE)
        registry = PrivateRegistry(stack, "Registry", production=False, scanning=basic)
        registry.add_pull_through_cache("k8s")
        assert rules(registry, template_of) == {ON_PUSH: ["base/*", "k8s/*"]}

    def test_knows_no_continuous_scan(self) -> None:
        with pytest.raises(InvalidValueError, match="no continuous scan"):
            RegistryScanning(scan_type=ScanType.BASIC, development=DevelopmentScanning.CONTINUOUS)


def test_hundreds_of_repositories_add_no_filters(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry", convention="{stage}/{app}", stages=STAGES)
    for number in range(500):
        declare(registry, f"{'prod' if number % 2 else 'dev'}/app{number}")
    (configuration,) = registry.ledger.scanning
    assert [rule.filters for rule in configuration.rules] == [("prod/*", "base/*"), ("*",)]  # type: ignore[union-attr]


class TestLimits:
    def test_an_empty_configuration_is_refused(self, stack: cdk.Stack) -> None:
        nothing = RegistryScanning(development=DevelopmentScanning.NONE)
        with pytest.raises(InvalidValueError, match="nothing would be scanned"):
            PrivateRegistry(stack, "Registry", production=False, scanning=nothing, base_prefixes=())

    def test_a_hundred_filters_fit_and_one_more_is_refused_before_it_is_entered(
        self, stack: cdk.Stack
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", convention="{stage}/{app}", stages=STAGES)
        for number in range(98):
            declare(registry, f"old{number:03}", exception="older")
        held = registry.ledger
        with pytest.raises(InvalidValueError, match=r"101 filters.*at most 100") as caught:
            declare(registry, "old098", exception="older")
        assert registry.ledger == held
        assert caught.value.where == "Stack/old098"
        assert caught.value.fix == (
            "set development=DevelopmentScanning.CONTINUOUS: one filter then covers everything, or bring the "
            "names of the repositories under the convention or a base prefix"
        )

    def test_where_caches_are_too_much_no_convention_helps(self, stack: cdk.Stack) -> None:
        bases = [f"base{number}" for number in range(99)]
        registry = PrivateRegistry(
            stack, "Registry", convention="{stage}/{app}", stages=STAGES, base_prefixes=bases
        )
        with pytest.raises(InvalidValueError, match="101 filters, 0 of them for single") as caught:
            registry.add_pull_through_cache("k8s")
        assert caught.value.where == "Stack/Registry/Cache-k8s"
        assert caught.value.fix == (
            "set development=DevelopmentScanning.CONTINUOUS: one filter then covers everything"
        )
        assert registry.node.try_find_child("Cache-k8s") is None

    def test_basic_scanning_of_too_much_is_widened_to_everything(self, stack: cdk.Stack) -> None:
        basic = RegistryScanning(
            scan_type=ScanType.BASIC,
            development=DevelopmentScanning.NONE,
            allow_basic_for_production=True,
        )
        bases = [f"base{number}" for number in range(100)]
        with pytest.raises(InvalidValueError, match=r"set development=DevelopmentScanning\.ON_PUSH"):
            PrivateRegistry(
                stack,
                "Registry",
                convention="{stage}/{app}",
                stages=STAGES,
                base_prefixes=bases,
                scanning=basic,
            )

    def test_fifty_caches_fit_and_one_more_is_refused(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        for number in range(50):
            registry.add_pull_through_cache("k8s", prefix=f"k8s-{number:02}")
        children = len(registry.node.children)
        with pytest.raises(InvalidValueError, match=r"51 pull-through cache rules.*at most 50; fix: let"):
            registry.add_pull_through_cache("k8s", prefix="k8s-50")
        assert len(registry.node.children) == children
