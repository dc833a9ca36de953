"""PrivateRegistry: its settings by default and with everything set, its owner, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ecr as ecr

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import Stages
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

SCANNING = "AWS::ECR::RegistryScanningConfiguration"
TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"
POLICY = "AWS::ECR::RegistryPolicy"
PARAMETER = "AWS::SSM::Parameter"
ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]


def declaration(name: str, path: str = "Stack/Api") -> Repository:
    return Repository(source=SourceLocation(construct_path=path), name=name)


class TestByDefault:
    @pytest.fixture(scope="class")
    @classmethod
    def template(cls, tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> dict[str, Any]:
        app = cdk.App(outdir=str(tmp_path_factory.mktemp("default") / "cdk.out"))
        stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
        PrivateRegistry(stack, "Registry")
        return template_of(stack)

    def test_makes_scanning_root_template_and_owner_and_nothing_else(self, template: dict[str, Any]) -> None:
        assert sorted(one["Type"] for one in template["Resources"].values()) == [
            SCANNING,
            TEMPLATE,
            PARAMETER,
        ]

    def test_scans_everything_continuously_where_no_production_is_declared(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (scanning,) = of_type(template, SCANNING)
        assert scanning["Properties"] == {
            "ScanType": "ENHANCED",
            "Rules": [
                {
                    "ScanFrequency": "CONTINUOUS_SCAN",
                    "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}],
                }
            ],
        }

    def test_the_scanning_configuration_stays_when_its_stack_goes(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (scanning,) = of_type(template, SCANNING)
        assert (scanning["DeletionPolicy"], scanning["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_the_root_template_can_hurt_nobody(self, template: dict[str, Any], of_type: OfType) -> None:
        (root,) = of_type(template, TEMPLATE)
        properties = root["Properties"]
        assert properties["Prefix"] == "ROOT"
        assert properties["AppliedFor"] == ["REPLICATION", "PULL_THROUGH_CACHE"]
        assert properties["ImageTagMutability"] == "MUTABLE"
        assert properties["EncryptionConfiguration"] == {"EncryptionType": "AES256"}
        assert not {"ResourceTags", "CustomRoleArn", "RepositoryPolicy"} & properties.keys()
        (rule,) = json.loads(properties["LifecyclePolicy"])["rules"]
        assert rule["selection"] == {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 14,
        }

    def test_the_owner_is_marked_by_a_parameter_of_a_fixed_name(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (owner,) = of_type(template, PARAMETER)
        assert owner["Properties"]["Name"] == "/ecr-blueprints/registry/owner"
        assert owner["Properties"]["Value"] == "Stack Stack/Registry"
        assert "DeletionPolicy" not in owner

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestWithEverythingSet:
    @pytest.fixture(scope="class")
    @classmethod
    def registry(cls, tmp_path_factory: pytest.TempPathFactory) -> PrivateRegistry:
        app = cdk.App(outdir=str(tmp_path_factory.mktemp("all") / "cdk.out"))
        stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
        registry = PrivateRegistry(
            stack,
            "Registry",
            convention=NamingConvention("{stage}/{team}/{app}"),
            stages=Stages.of({"dev": False, "prod": True}),
            root_template=CreationTemplateOptions(description="Ours", resource_tags={"owner": "platform"}),
            manage=RegistryManagement(
                scanning=Ownership.IMPORT,
                registry_policy=Ownership.IMPORT,
                root_template=Ownership.IMPORT,
                owner_parameter=False,
            ),
            base_prefixes=("base", "golden/"),
        )
        registry.add_creation_template("dev", applied_for=["CREATE_ON_PUSH"])
        registry.add_pull_through_cache("quay").grant_pull_to_account("222233334444")
        return registry

    @pytest.fixture(scope="class")
    @classmethod
    def template(cls, registry: PrivateRegistry, template_of: TemplateOf) -> dict[str, Any]:
        return template_of(cdk.Stack.of(registry))

    def test_there_is_no_owner_parameter(self, template: dict[str, Any], of_type: OfType) -> None:
        assert of_type(template, PARAMETER) == []

    def test_everything_imported_is_retained(self, template: dict[str, Any], of_type: OfType) -> None:
        (scanning,) = of_type(template, SCANNING)
        (policy,) = of_type(template, POLICY)
        root = next(one for one in of_type(template, TEMPLATE) if one["Properties"]["Prefix"] == "ROOT")
        for resource in (scanning, policy, root):
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_the_import_mapping_is_what_cdk_import_takes(
        self, registry: PrivateRegistry, template: dict[str, Any]
    ) -> None:
        app = registry.node.root
        assert isinstance(app, cdk.App)
        mapping = json.loads((Path(app.outdir) / "registry-import.json").read_text())
        found = {template["Resources"][logical_id]["Type"]: key for logical_id, key in mapping.items()}
        assert found == {
            SCANNING: {"RegistryId": "111122223333"},
            POLICY: {"RegistryId": "111122223333"},
            TEMPLATE: {"Prefix": "ROOT"},
        }

    def test_its_own_root_template_keeps_the_mechanisms(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        root = next(one for one in of_type(template, TEMPLATE) if one["Properties"]["Prefix"] == "ROOT")
        assert root["Properties"]["Description"] == "Ours"
        assert root["Properties"]["AppliedFor"] == ["REPLICATION", "PULL_THROUGH_CACHE"]
        assert root["Properties"]["ResourceTags"] == [{"Key": "owner", "Value": "platform"}]

    def test_every_resource_is_exposed(self, registry: PrivateRegistry) -> None:
        assert registry.scanning_configuration is not None
        assert registry.registry_policy is not None
        assert registry.root_template is not None
        assert registry.root_template.role is not None
        assert registry.owner_parameter is None
        assert [cache.prefix for cache in registry.caches] == ["quay"]
        assert [template.prefix for template in registry.creation_templates] == ["dev"]

    def test_template_for_answers_by_the_longest_prefix(self, registry: PrivateRegistry) -> None:
        def prefix(name: str, mechanism: AppliedFor | None = None) -> str | None:
            found = registry.template_for(name, mechanism)
            return None if found is None else found.known_prefix

        assert prefix("dev/payments/api") == "dev"
        assert prefix("quay/org/image") == "quay"
        assert prefix("other/payments/api") == "ROOT"
        assert prefix("dev/payments/api", AppliedFor.REPLICATION) is None

    def test_production_is_as_declared(self, registry: PrivateRegistry) -> None:
        assert registry.is_production("prod/payments/api") is True
        assert registry.is_production("dev/payments/api") is False
        assert registry.is_production("legacy") is None

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestUnmanaged:
    @pytest.fixture
    def registry(self, stack: cdk.Stack) -> PrivateRegistry:
        everything = RegistryManagement(
            scanning=Ownership.UNMANAGED,
            registry_policy=Ownership.UNMANAGED,
            root_template=Ownership.UNMANAGED,
        )
        return PrivateRegistry(stack, "Registry", production=False, manage=everything)

    def test_renders_none_of_the_settings(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry.add_pull_through_cache("k8s").grant_pull_to_account("222233334444")
        types = {one["Type"] for one in template_of(stack)["Resources"].values()}
        assert types == {PARAMETER, TEMPLATE, "AWS::ECR::PullThroughCacheRule"}

    def test_lists_what_the_owner_of_the_registry_policy_has_to_add(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        assert not registry.required_registry_policy_statements
        registry.add_pull_through_cache("k8s").grant_pull_to_account("222233334444")
        (statement,) = list(registry.required_registry_policy_statements)
        assert statement["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/k8s/*"
        template_of(stack)
        noted = assertions.Annotations.from_stack(stack).find_info("*", assertions.Match.any_value())
        assert any("its owner has to add 1 statement:" in str(one.entry.data) for one in noted)

    def test_lists_the_scanning_rules_that_the_owner_should_hold(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s")
        filters = [rule.filters for rule in registry.required_scanning_rules]
        assert filters == [("base/*", "k8s/*"), ("*",)]
        assert registry.ledger.scanning == ()

    def test_refuses_a_statement_that_would_be_lost(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="unmanaged"):
            registry.add_to_registry_policy(cdk.aws_iam.PolicyStatement())


class TestSecondOwner:
    def test_in_the_same_environment_fails_with_both_paths(self, app: cdk.App) -> None:
        PrivateRegistry(cdk.Stack(app, "One", env=ENVIRONMENT), "Registry")
        with pytest.raises(RegistryConflictError) as caught:
            PrivateRegistry(cdk.Stack(app, "Two", env=ENVIRONMENT), "Other")
        assert "One/Registry" in str(caught.value)
        assert "Two/Other" in str(caught.value)
        assert "111122223333/eu-west-1" in str(caught.value)

    def test_the_refused_one_leaves_nothing_behind(self, app: cdk.App) -> None:
        PrivateRegistry(cdk.Stack(app, "One", env=ENVIRONMENT), "Registry")
        two = cdk.Stack(app, "Two", env=ENVIRONMENT)
        with pytest.raises(RegistryConflictError):
            PrivateRegistry(two, "Other")
        assert two.node.children == []

    def test_in_another_region_or_app_is_no_second_owner(self, app: cdk.App, tmp_path: Path) -> None:
        PrivateRegistry(cdk.Stack(app, "One", env=ENVIRONMENT), "Registry")
        elsewhere = cdk.Environment(account="111122223333", region="eu-central-1")
        PrivateRegistry(cdk.Stack(app, "Two", env=elsewhere), "Registry")
        other_app = cdk.App(outdir=str(tmp_path / "other"))
        PrivateRegistry(cdk.Stack(other_app, "One", env=ENVIRONMENT), "Registry")

    def test_an_unknown_environment_is_told_apart_by_its_stage(self, app: cdk.App) -> None:
        PrivateRegistry(cdk.Stack(cdk.Stage(app, "Dev"), "Stack"), "Registry")
        prod = cdk.Stage(app, "Prod")
        PrivateRegistry(cdk.Stack(prod, "Stack"), "Registry")
        with pytest.raises(RegistryConflictError, match="Prod/Stack/Registry"):
            PrivateRegistry(cdk.Stack(prod, "Second"), "Registry")

    def test_is_found_where_cdk_made_the_app(self) -> None:
        stack = cdk.Stack()
        PrivateRegistry(stack, "Registry")
        with pytest.raises(RegistryConflictError):
            PrivateRegistry(stack, "Second")


class TestDeclaredRepositories:
    @pytest.fixture
    def registry(self, stack: cdk.Stack) -> PrivateRegistry:
        return PrivateRegistry(
            stack, "Registry", convention="{stage}/{team}/{app}", stages={"dev": False, "prod": True}
        )

    def test_are_in_the_ledger(self, registry: PrivateRegistry) -> None:
        registry.declare_repository(declaration("prod/payments/api"))
        assert [one.known_name for one in registry.ledger.repositories] == ["prod/payments/api"]

    def test_a_name_twice_is_a_conflict_that_names_both(self, registry: PrivateRegistry) -> None:
        registry.declare_repository(declaration("prod/payments/api", "Stack/Api"))
        with pytest.raises(RegistryConflictError) as caught:
            registry.declare_repository(declaration("prod/payments/api", "Stack/Copy"))
        assert "Stack/Api" in str(caught.value)
        assert "Stack/Copy" in str(caught.value)

    def test_a_name_against_the_convention_is_refused_with_an_example(
        self, registry: PrivateRegistry
    ) -> None:
        with pytest.raises(InvalidValueError, match="prod/payments/api") as caught:
            registry.declare_repository(declaration("payments-api"))
        assert "Stack/Api" in str(caught.value)
        assert registry.ledger.repositories == ()

    def test_an_undeclared_stage_is_refused(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=r"'qa'.*allowed: dev, prod"):
            registry.declare_repository(declaration("qa/payments/api"))

    @pytest.mark.parametrize("name", ["base/python", "base/images/python"])
    def test_bases_have_names_of_their_own(self, registry: PrivateRegistry, name: str) -> None:
        registry.declare_repository(declaration(name))
        assert registry.ledger.repositories[0].known_name == name

    def test_so_have_cached_repositories(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s")
        registry.declare_repository(declaration("k8s/pause"))
        assert registry.ledger.repositories[0].known_name == "k8s/pause"

    def test_an_exception_is_accepted_with_its_reason(self, registry: PrivateRegistry) -> None:
        registry.declare_repository(declaration("legacy/batch"), exception="older than the convention")
        assert registry.ledger.repositories[0].known_name == "legacy/batch"

    def test_a_name_that_only_deployment_knows_is_not_judged(self, registry: PrivateRegistry) -> None:
        unknown = Repository(source=SourceLocation(), name=Unresolved("Ref: Name"))
        registry.declare_repository(unknown)
        assert registry.ledger.repositories == (unknown,)


class TestRefused:
    def test_stages_that_no_name_tells(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="stage"):
            PrivateRegistry(stack, "Registry", convention="{team}/{app}", stages={"prod": True})
        with pytest.raises(InvalidValueError, match="no convention"):
            PrivateRegistry(stack, "Registry", stages={"prod": True})

    def test_a_malformed_convention(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="naming convention"):
            PrivateRegistry(stack, "Registry", convention="no-segment")

    def test_a_malformed_account(self, app: cdk.App) -> None:
        bad = cdk.Stack(app, "Bad", env=cdk.Environment(account="1234", region="eu-west-1"))
        with pytest.raises(InvalidValueError, match="'1234' is not an AWS account id"):
            PrivateRegistry(bad, "Registry")

    def test_an_import_without_a_known_account(self, app: cdk.App) -> None:
        with pytest.raises(InvalidValueError, match="leaves open from which account"):
            PrivateRegistry(
                cdk.Stack(app, "Open"), "Registry", manage=RegistryManagement(scanning=Ownership.IMPORT)
            )

    def test_an_import_of_the_root_template_that_shall_not_be(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="there shall be none"):
            PrivateRegistry(
                stack,
                "Registry",
                root_template=False,
                manage=RegistryManagement(root_template=Ownership.IMPORT),
            )

    def test_an_import_of_a_registry_policy_without_statements(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        PrivateRegistry(stack, "Registry", manage=RegistryManagement(registry_policy=Ownership.IMPORT))
        with pytest.raises(RuntimeError, match=r"nothing contributes a\s+statement"):
            template_of(stack)

    def test_a_bad_root_template_leaves_nothing_behind(self, stack: cdk.Stack) -> None:
        options = CreationTemplateOptions(encryption_key="alias/ecr")
        with pytest.raises(InvalidValueError, match="alias"):
            PrivateRegistry(stack, "Registry", root_template=options)
        assert stack.node.children == []
        PrivateRegistry(stack, "Registry")

    def test_a_wrong_word_for_the_ownership(self) -> None:
        with pytest.raises(ValueError, match="mine"):
            RegistryManagement(scanning="mine")  # type: ignore[arg-type]


def test_no_root_template_where_none_is_wanted(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    assert registry.root_template is None
    assert of_type(template_of(stack), TEMPLATE) == []


def test_an_open_environment_is_carried_in_tokens(
    app: cdk.App, template_of: TemplateOf, of_type: OfType
) -> None:
    stack = cdk.Stack(app, "Open")
    registry = PrivateRegistry(stack, "Registry")
    registry.add_pull_through_cache("k8s").grant_pull_to_account("222233334444")
    assert (registry.account, registry.region) == (None, None)
    (policy,) = of_type(template_of(stack), POLICY)
    (statement,) = policy["Properties"]["PolicyText"]["Statement"]
    assert statement["Resource"] == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":ecr:",
                {"Ref": "AWS::Region"},
                ":",
                {"Ref": "AWS::AccountId"},
                ":repository/k8s/*",
            ],
        ]
    }


def test_the_logical_ids_follow_from_construct_id_and_prefix_only(app: cdk.App, tmp_path: Path) -> None:
    def logical_ids(app: cdk.App, environment: cdk.Environment, **arguments: Any) -> list[str]:
        stack = cdk.Stack(app, "Stack", env=environment)
        registry = PrivateRegistry(stack, "Registry", **arguments)
        cache = registry.add_pull_through_cache("docker-hub")
        assert registry.scanning_configuration is not None
        assert cache.secret is not None
        return [
            stack.get_logical_id(resource)
            for resource in (
                registry.scanning_configuration,
                cache.resource,
                cache.secret.resource,
                cache.template.resource,
            )
        ]

    elsewhere = cdk.Environment(account="999988887777", region="us-east-1")
    other = logical_ids(cdk.App(outdir=str(tmp_path / "other")), elsewhere, production=True, base_prefixes=())
    assert logical_ids(app, ENVIRONMENT, convention="{stage}/{app}", stages={"prod": True}) == other


def test_a_second_owner_beside_it_fails_the_synthesis(app: cdk.App, stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.deny_outside_organization("o-a1b2c3d4e5")
    beside = cdk.Stack(app, "Beside", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    ecr.CfnRegistryPolicy(beside, "Theirs", policy_text={"Version": "2012-10-17", "Statement": []})
    with pytest.raises(RuntimeError, match="Stack/Registry/RegistryPolicy and Beside/Theirs both set"):
        app.synth()


def test_an_owner_elsewhere_or_of_what_is_not_owned_here_is_none(app: cdk.App, stack: cdk.Stack) -> None:
    PrivateRegistry(stack, "Registry", manage=RegistryManagement(scanning=Ownership.UNMANAGED))
    elsewhere = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="eu-central-1"))
    for one in (stack, elsewhere):
        ecr.CfnRegistryScanningConfiguration(one, "Theirs", scan_type="BASIC", rules=[])
    ecr.CfnRegistryPolicy(elsewhere, "Policy", policy_text={"Version": "2012-10-17", "Statement": []})
    app.synth()


def test_nothing_is_made_before_the_parameter_that_marks_the_owner(app: cdk.App, stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.deny_outside_organization("o-a1b2c3d4e5")
    resources = app.synth().get_stack_by_name("Stack").template["Resources"]
    (owner,) = [key for key, one in resources.items() if one["Type"] == "AWS::SSM::Parameter"]
    waiting = {one["Type"] for one in resources.values() if owner in one.get("DependsOn", [])}
    assert waiting == {
        "AWS::ECR::RegistryScanningConfiguration",
        "AWS::ECR::RegistryPolicy",
        "AWS::ECR::RepositoryCreationTemplate",
    }


def test_what_is_imported_waits_for_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    imported = RegistryManagement(scanning=Ownership.IMPORT, root_template=Ownership.IMPORT)
    PrivateRegistry(stack, "Registry", manage=imported)
    resources = app.synth().get_stack_by_name("Stack").template["Resources"]
    assert not any("DependsOn" in one for one in resources.values())


def test_the_smallest_one_creates_nothing(stack: cdk.Stack) -> None:
    manage = RegistryManagement(scanning=Ownership.UNMANAGED, owner_parameter=False)
    PrivateRegistry(stack, "Registry", root_template=False, manage=manage)
    assert assertions.Template.from_stack(stack).to_json().get("Resources", {}) == {}
