"""`ImageRepository` in a registry of its app, and in one that it knows by contract."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match, Template

from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.imported_registry import ImportedRegistry
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_declaration import declared_repository
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.registry.repository import DeletionPolicy
from ecr_blueprints.registry.unresolved import Unresolved

pytestmark = pytest.mark.node

CONVENTION = "{stage}/{team}/{app}"
STAGES = {"dev": False, "prod": True}
ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", convention=CONVENTION, stages=STAGES)


class TestOwnRegistry:
    def test_the_ledger_holds_it(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry)
        (declared,) = registry.ledger.repositories
        assert declared.name == "prod/payments/api"
        assert str(declared.source) == "Stack/Api"

    def test_the_owner_is_read_from_the_name(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry)
        (resource,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert resource["Properties"]["Tags"] == [{"Key": "owner", "Value": "payments"}]

    def test_a_name_against_the_convention(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=r"does not follow the convention.*convention_exception="):
            ImageRepository(stack, "Api", repository_name="payments-api", registry=registry)
        assert registry.ledger.repositories == ()
        assert stack.node.try_find_child("Api") is None

    def test_an_exception_with_its_reason(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ImageRepository(
            stack, "Api", repository_name="legacy/batch", registry=registry, convention_exception="older"
        )
        assert len(registry.ledger.repositories) == 1

    def test_one_name_twice_names_both_places(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry)
        with pytest.raises(RegistryConflictError, match=r"Stack/Other.*Stack/Api"):
            ImageRepository(stack, "Other", repository_name="prod/payments/api", registry=registry)
        assert stack.node.try_find_child("Other") is None

    def test_an_id_with_a_slash_is_in_the_ledger_as_cdk_writes_it(
        self, stack: cdk.Stack, registry: PrivateRegistry
    ) -> None:
        api = ImageRepository(stack, "payments/api", repository_name="prod/payments/api", registry=registry)
        (declared,) = registry.ledger.repositories
        assert str(declared.source) == api.node.path == "Stack/payments--api"

    def test_latest_in_production_is_warned_of(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry).image(
            tag="latest"
        )
        assert Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("'latest'"))


class TestLaterChanges:
    """What a method changes after construction reaches the ledger as well."""

    @pytest.fixture
    def stack(self, tmp_path: Path) -> cdk.Stack:
        team = cdk.App(outdir=str(tmp_path / "team"), context={DELETION_CONTEXT_KEY: ["team/*"]})
        return cdk.Stack(team, "Stack", env=ENVIRONMENT)

    @pytest.fixture(params=["own", "by contract"])
    def holder(
        self, request: pytest.FixtureRequest, stack: cdk.Stack, tmp_path: Path
    ) -> PrivateRegistry | ImportedRegistry:
        if request.param == "own":
            return PrivateRegistry(stack, "Registry")
        owner = cdk.App(outdir=str(tmp_path / "owner"))
        PrivateRegistry(cdk.Stack(owner, "Registry", env=ENVIRONMENT), "Registry")
        owner.synth()
        return PrivateRegistry.from_contract(stack, "Registry", tmp_path / "owner" / "registry.json")

    def test_a_lifecycle_rule(self, stack: cdk.Stack, holder: PrivateRegistry | ImportedRegistry) -> None:
        api = ImageRepository(stack, "Api", repository_name="team/api", registry=holder)
        api.add_lifecycle_rule(max_image_count=7, tag_pattern_list=["pr-*"])
        (declared,) = holder.ledger.repositories
        (resource,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert declared.lifecycle_policy == resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
        assert "pr-*" in str(declared.lifecycle_policy)

    @pytest.mark.parametrize("policy", [cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.DESTROY])
    def test_a_removal_policy(
        self, stack: cdk.Stack, holder: PrivateRegistry | ImportedRegistry, policy: cdk.RemovalPolicy
    ) -> None:
        api = ImageRepository(stack, "Api", repository_name="team/api", registry=holder)
        api.apply_removal_policy(policy)
        (declared,) = holder.ledger.repositories
        (resource,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert declared.deletion_policy == DeletionPolicy(
            on_delete=resource["DeletionPolicy"], on_replace=resource["UpdateReplacePolicy"]
        )

    def test_a_refused_deletion_changes_nothing(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        api = ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry)
        (before,) = registry.ledger.repositories
        api.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        assert registry.ledger.repositories == (before,)

    def test_a_grant_makes_the_policy_unknown_until_synthesis(
        self, stack: cdk.Stack, holder: PrivateRegistry | ImportedRegistry
    ) -> None:
        api = ImageRepository(stack, "Api", repository_name="team/api", registry=holder)
        ImageRepository(stack, "Other", repository_name="team/other", registry=holder)
        assert [one.policy for one in holder.ledger.repositories] == [None, None]
        api.grant_pull_to_account("222233334444")
        api.grant_pull(iam.AccountPrincipal("777788889999"))
        granted, other = holder.ledger.repositories
        assert isinstance(granted.policy, Unresolved)
        assert granted.policy.depends_on == "Stack/Api"
        assert other.policy is None


class TestRegistryByContract:
    def test_another_app_knows_the_convention(self, tmp_path: Path) -> None:
        environment = cdk.Environment(account="111122223333", region="eu-west-1")
        registry_app = cdk.App(outdir=str(tmp_path / "registry"))
        PrivateRegistry(
            cdk.Stack(registry_app, "Registry", env=environment),
            "Registry",
            convention=CONVENTION,
            stages=STAGES,
        )
        registry_app.synth()
        stack = cdk.Stack(cdk.App(), "Team", env=environment)
        registry = PrivateRegistry.from_contract(
            stack, "Registry", str(tmp_path / "registry" / "registry.json")
        )
        api = ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=registry)
        assert registry.is_production("prod/payments/api")
        (resource,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert resource["Properties"]["Tags"] == [{"Key": "owner", "Value": "payments"}]
        with pytest.raises(InvalidValueError, match="does not follow the convention"):
            ImageRepository(stack, "Other", repository_name="api", registry=registry)
        with pytest.raises(RegistryConflictError):
            ImageRepository(stack, "Again", repository_name="prod/payments/api", registry=registry)
        assert api.image(tag="v1").uri.endswith(":v1")


class TestDeclaration:
    @pytest.mark.parametrize(
        ("properties", "expected"),
        [
            ({"imageTagMutability": {"Ref": "Mode"}}, Unresolved("Ref: Mode", depends_on="Mode")),
            (
                {
                    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                    "imageTagMutabilityExclusionFilters": [
                        {"imageTagMutabilityExclusionFilterValue": {"Ref": "Moving"}}
                    ],
                },
                Unresolved('[{"imageTagMutabilityExclusionFilterValue":{"Ref":"Moving"}}]'),
            ),
        ],
    )
    def test_a_mutability_that_deployment_determines(
        self, properties: dict[str, object], expected: Unresolved
    ) -> None:
        declared = declared_repository(
            construct_path="Stack/Api",
            properties=properties,
            deletion_policy=DeletionPolicy(),
            lifecycle_policy="{}",
            tags={"owner": "${Token[TOKEN.1]}", "team": "payments"},
        )
        assert declared.tag_mutability == expected
        assert declared.tags == {"owner": Unresolved("${Token[TOKEN.1]}"), "team": "payments"}
        assert declared.name is None
