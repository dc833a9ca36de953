"""`ImageRepository` with nothing said, with everything said, and with what cannot be said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations, Match, Template

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

pytestmark = pytest.mark.node

ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")
DIGEST = "sha256:" + "0123456789abcdef" * 4
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def new_stack(**app: Any) -> cdk.Stack:
    return cdk.Stack(cdk.App(**app), "Images", env=ENVIRONMENT)


def resource_in(stack: cdk.Stack) -> dict[str, Any]:
    """The one repository of a stack, as its template has it."""
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    return dict(found)


def rendered(**arguments: Any) -> dict[str, Any]:
    stack = new_stack()
    ImageRepository(stack, "Api", **arguments)
    return resource_in(stack)


def rules_in(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return list(json.loads(resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])["rules"])


class KnownRegistry:
    """A registry that knows a convention and remembers what is declared in it."""

    def __init__(self, account: str | None = "111122223333", region: str | None = "eu-west-1") -> None:
        self.account = account
        self.region = region
        self.uri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
        self.encryption = None
        self.push_grants: list[Any] = []
        self.checked: list[tuple[Any, str | None]] = []
        self.declared: list[tuple[Repository, str | None]] = []
        self.ledger = Registry(
            account=account,
            region=region,
            production=ProductionScope(
                convention=NamingConvention("{stage}/{team}/{app}"),
                stages=Stages.of({"dev": False, "prod": True}),
            ),
        )

    def cache(self, name: str) -> Any:
        raise NotImplementedError(name)

    def template_for(self, name: str, applied_for: Any = None) -> None:
        raise NotImplementedError(name)

    def is_production(self, repository_name: str) -> bool | None:
        return self.ledger.is_production(repository_name)

    def signing_profiles_for(self, repositories: str) -> tuple[str, ...]:
        return ()

    def add_push_grant(self, grant: Any) -> None:
        self.push_grants.append(grant)

    def check_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        self.checked.append((repository.name, exception))

    def declare_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        self.declared.append((repository, exception))

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        ((declared, exception),) = self.declared
        assert declared is earlier
        self.declared[:] = [(later, exception)]


class TestDefaults:
    @pytest.fixture(scope="class")
    @classmethod
    def resource(cls) -> dict[str, Any]:
        return rendered()

    def test_it_is_the_only_resource_and_keeps_the_logical_id_of_cdks_class(self) -> None:
        stack, other = new_stack(), new_stack()
        ImageRepository(stack, "Api")
        ecr.Repository(other, "Api")
        ours = Template.from_stack(stack).to_json()["Resources"]
        assert list(ours) == list(Template.from_stack(other).to_json()["Resources"])
        assert len(ours) == 1

    def test_tags_are_immutable(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["ImageTagMutability"] == "IMMUTABLE"

    def test_only_untagged_images_are_deleted_after_a_day(self, resource: dict[str, Any]) -> None:
        (rule,) = rules_in(resource)
        assert rule["selection"] == {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 1,
        }
        assert rule["action"] == {"type": "expire"}

    def test_it_is_kept_unless_its_creation_is_rolled_back(self, resource: dict[str, Any]) -> None:
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"

    def test_nothing_else_is_set(self, resource: dict[str, Any]) -> None:
        assert set(resource["Properties"]) == {"ImageTagMutability", "LifecyclePolicy"}

    def test_synthesis_warns_of_nothing(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api")
        assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def everything(flags: dict[str, Any]) -> dict[str, Any]:
    """The template of a repository of which everything is said."""
    stack = cdk.Stack(
        cdk.App(context={**flags, "ecr-blueprints:allow-repository-deletion": ["prod/payments/*"]}),
        "Images",
        env=ENVIRONMENT,
    )
    ImageRepository(
        stack,
        "Api",
        repository_name="prod/payments/api",
        encryption=ecr.RepositoryEncryption.KMS,
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN),
        image_scan_on_push=True,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")],
        lifecycle_registry_id="111122223333",
        lifecycle_rules=[ecr.LifecycleRule(tag_pattern_list=["pr-*"], max_image_age=cdk.Duration.days(7))],
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
        retention=Retention(keep=["v*"], builds="sha-*", builds_days=90),
        registry=KnownRegistry(),
        tags={"cost-center": "4711"},
        kind=RepositoryKind.APPLICATION,
    )
    return dict(Template.from_stack(stack).to_json())


class TestEverything:
    @pytest.fixture(scope="class")
    @classmethod
    def template(cls) -> dict[str, Any]:
        return everything({})

    @pytest.fixture(scope="class")
    @classmethod
    def resource(cls, template: dict[str, Any]) -> dict[str, Any]:
        (resource,) = template["Resources"].values()
        return dict(resource)

    def test_name(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["RepositoryName"] == "prod/payments/api"

    def test_encryption(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["EncryptionConfiguration"] == {
            "EncryptionType": "KMS",
            "KmsKey": KEY_ARN,
        }

    def test_scan_on_push(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["ImageScanningConfiguration"] == {"ScanOnPush": True}

    def test_mutability_with_exclusions(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
        assert resource["Properties"]["ImageTagMutabilityExclusionFilters"] == [
            {
                "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                "ImageTagMutabilityExclusionFilterValue": "dev-*",
            }
        ]

    def test_registry_of_the_lifecycle_policy(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["LifecyclePolicy"]["RegistryId"] == "111122223333"

    def test_retention_comes_first_and_added_rules_follow(self, resource: dict[str, Any]) -> None:
        assert [
            (rule["rulePriority"], rule["selection"].get("tagPatternList")) for rule in rules_in(resource)
        ] == [(1, ["v*"]), (2, ["sha-*"]), (3, None), (4, ["pr-*"])]

    def test_untagged_images_live_longer_where_some_tags_move(self, resource: dict[str, Any]) -> None:
        assert rules_in(resource)[2]["selection"]["countNumber"] == 14

    def test_both_keys_let_it_be_deleted(self, resource: dict[str, Any]) -> None:
        assert resource["DeletionPolicy"] == "Delete"
        assert resource["Properties"]["EmptyOnDelete"] is True

    def test_tags_name_the_owner_that_the_name_gives(self, resource: dict[str, Any]) -> None:
        assert resource["Properties"]["Tags"] == [
            {"Key": "cost-center", "Value": "4711"},
            {"Key": "owner", "Value": "payments"},
        ]

    def test_cfn_lint_has_nothing_to_say(
        self, template: dict[str, Any], lint: Callable[[dict[str, Any]], list[str]]
    ) -> None:
        assert lint(template) == []

    def test_the_recommended_feature_flags_change_nothing(self, template: dict[str, Any]) -> None:
        flags = json.loads((Path(__file__).parents[3] / "cdk.json").read_text())["context"]
        assert everything(flags) == template


class TestTagMutability:
    @pytest.mark.parametrize(
        ("kind", "mode"),
        [
            (RepositoryKind.APPLICATION, "IMMUTABLE"),
            (RepositoryKind.CHART, "IMMUTABLE"),
            (RepositoryKind.BASE_IMAGE, "MUTABLE"),
            (RepositoryKind.CACHE, "MUTABLE"),
            (RepositoryKind.BUILD_CACHE, "MUTABLE"),
        ],
    )
    def test_default_follows_the_kind(self, kind: RepositoryKind, mode: str) -> None:
        assert rendered(kind=kind)["Properties"]["ImageTagMutability"] == mode

    def test_what_is_said_counts(self) -> None:
        resource = rendered(image_tag_mutability=ecr.TagMutability.MUTABLE)
        assert resource["Properties"]["ImageTagMutability"] == "MUTABLE"
        assert rules_in(resource)[0]["selection"]["countNumber"] == 14

    def test_untagged_days_of_a_retention_are_not_overruled(self) -> None:
        resource = rendered(
            image_tag_mutability=ecr.TagMutability.MUTABLE, retention=Retention(untagged_days=3)
        )
        assert rules_in(resource)[0]["selection"]["countNumber"] == 3

    def test_nobody_runs_a_build_cache(self) -> None:
        assert rules_in(rendered(kind=RepositoryKind.BUILD_CACHE))[0]["selection"]["countNumber"] == 1

    @pytest.mark.parametrize(
        ("mode", "count"),
        [
            (None, 1),
            (ecr.TagMutability.IMMUTABLE, 1),
            (ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION, None),
            (ecr.TagMutability.MUTABLE_WITH_EXCLUSION, 0),
            (ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION, 6),
        ],
    )
    def test_mode_and_exclusions_must_go_together(
        self, mode: ecr.TagMutability | None, count: int | None
    ) -> None:
        filters = None if count is None else [ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")] * count
        with pytest.raises(InvalidValueError, match="exclusion filters"):
            ImageRepository(
                new_stack(),
                "Api",
                image_tag_mutability=mode,
                image_tag_mutability_exclusion_filters=filters,
            )


class TestName:
    @pytest.mark.parametrize("name", ["a--b", "team/a__b", "1a/b--c/d", "a---b"])
    def test_a_name_that_only_cdk_refuses_is_set_all_the_same(self, name: str) -> None:
        with pytest.raises(RuntimeError, match="Invalid ECR repository name"):
            ecr.Repository(new_stack(), "Api", repository_name=name)
        assert rendered(repository_name=name)["Properties"]["RepositoryName"] == name

    @pytest.mark.parametrize("name", ["Api", "a", "-a", "a//b", "a_-b", "a" * 257, "a b", ""])
    def test_a_name_that_ecr_refuses_is_an_error_of_ours(self, name: str) -> None:
        with pytest.raises(InvalidValueError, match="is not a repository name"):
            ImageRepository(new_stack(), "Api", repository_name=name)

    def test_a_name_known_at_deployment_is_passed_on(self) -> None:
        stack = new_stack()
        parameter = cdk.CfnParameter(stack, "Name")
        ImageRepository(stack, "Api", repository_name=parameter.value_as_string)
        assert resource_in(stack)["Properties"]["RepositoryName"] == {"Ref": "Name"}

    def test_an_arn_of_another_stack_is_literal(self) -> None:
        app = cdk.App()
        stack = cdk.Stack(app, "Images", env=ENVIRONMENT)
        other = cdk.Stack(app, "Other", env=cdk.Environment(account="444455556666", region="eu-west-1"))
        repository = ImageRepository(stack, "Api", repository_name="prod/api")
        cdk.CfnOutput(other, "Arn", value=repository.repository_arn)
        output = Template.from_stack(other).to_json()["Outputs"]["Arn"]["Value"]
        assert "ecr:eu-west-1:111122223333:repository/prod/api" in json.dumps(output)


class TestEncryption:
    def test_two_layers_of_kms_which_cdk_refuses(self) -> None:
        with pytest.raises(RuntimeError, match="Unexpected 'encryptionType'"):
            ecr.Repository(new_stack(), "Api", encryption=ecr.RepositoryEncryption.KMS_DSSE)
        configuration = rendered(encryption=ecr.RepositoryEncryption.KMS_DSSE)["Properties"]
        assert configuration["EncryptionConfiguration"] == {"EncryptionType": "KMS_DSSE"}

    def test_two_layers_of_kms_with_a_key(self) -> None:
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        ImageRepository(stack, "Api", encryption=EncryptionType.KMS_DSSE, encryption_key=key)
        assert resource_in(stack)["Properties"]["EncryptionConfiguration"] == {
            "EncryptionType": "KMS_DSSE",
            "KmsKey": KEY_ARN,
        }

    def test_a_key_by_its_arn(self) -> None:
        assert rendered(encryption_key=KEY_ARN)["Properties"]["EncryptionConfiguration"] == {
            "EncryptionType": "KMS",
            "KmsKey": KEY_ARN,
        }

    def test_the_librarys_own_words(self) -> None:
        assert rendered(encryption=EncryptionType.KMS)["Properties"]["EncryptionConfiguration"] == {
            "EncryptionType": "KMS"
        }

    @pytest.mark.parametrize("encryption", [EncryptionType.AES256, ecr.RepositoryEncryption.AES_256])
    def test_aes_256_is_rendered_by_leaving_encryption_out(self, encryption: Any) -> None:
        assert "EncryptionConfiguration" not in rendered(encryption=encryption)["Properties"]

    def test_a_kind_that_ecr_does_not_have(self) -> None:
        with pytest.raises(InvalidValueError, match="'AES512' is no encryption of ECR"):
            ImageRepository(new_stack(), "Api", encryption=ecr.RepositoryEncryption("AES512"))

    def test_a_key_does_not_go_with_aes_256(self) -> None:
        with pytest.raises(InvalidValueError, match="key is given with the encryption AES256"):
            ImageRepository(
                new_stack(), "Api", encryption=ecr.RepositoryEncryption.AES_256, encryption_key=KEY_ARN
            )


class TestTags:
    def test_owner(self) -> None:
        assert rendered(owner="payments")["Properties"]["Tags"] == [{"Key": "owner", "Value": "payments"}]

    def test_an_owner_that_is_named_counts_more_than_the_name(self) -> None:
        resource = rendered(repository_name="prod/payments/api", registry=KnownRegistry(), owner="platform")
        assert resource["Properties"]["Tags"] == [{"Key": "owner", "Value": "platform"}]

    def test_no_owner_is_guessed_from_a_name_that_breaks_the_convention(self) -> None:
        resource = rendered(
            repository_name="legacy", registry=KnownRegistry(), convention_exception="older than it"
        )
        assert "Tags" not in resource["Properties"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"owner": "a", "tags": {"owner": "b"}}, "two owners"),
            ({"tags": {"aws:x": "y"}}, "'aws:'"),
            ({"tags": {"": "y"}}, "0 characters"),
            ({"owner": ""}, "owner: the owner '' has 0 characters"),
            ({"owner": " "}, "the owner ' ' has 0 characters"),
            ({"tags": {"owner": ""}}, "has 0 characters besides spaces.*name the team"),
            ({"tags": {"k" * 129: "y"}}, "129 characters"),
            ({"tags": {"k": "v" * 257}}, "257 characters"),
            ({"tags": {"k": 1}}, "has the value 1"),
            ({"tags": {f"k{number}": "v" for number in range(50)}, "owner": "a"}, "51 tags"),
        ],
    )
    def test_tags_that_aws_refuses(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            ImageRepository(new_stack(), "Api", **arguments)


class TestRegistry:
    def declared(self, **arguments: Any) -> tuple[Repository, str | None]:
        registry = KnownRegistry()
        stack = new_stack()
        ImageRepository(stack, "Api", registry=registry, **arguments)
        (declared,) = registry.declared
        return declared

    def test_everything_that_is_known_is_declared(self) -> None:
        repository, exception = self.declared(
            repository_name="prod/payments/api",
            encryption_key=KEY_ARN,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")],
        )
        assert repository.name == "prod/payments/api"
        assert repository.source == SourceLocation(
            construct_path="Images/Api", resource_type="AWS::ECR::Repository"
        )
        assert repository.tag_mutability == TagMutability(
            mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("dev-*"),)
        )
        assert repository.encryption == Encryption(type=EncryptionType.KMS, kms_key=KEY_ARN)
        assert repository.deletion_policy == DeletionPolicy(
            on_delete="RetainExceptOnCreate", on_replace="Retain"
        )
        assert repository.scan_on_push is True
        assert repository.empty_on_delete is False
        assert repository.tags == {"owner": "payments"}
        assert isinstance(repository.lifecycle_policy, str)
        assert json.loads(repository.lifecycle_policy)["rules"][0]["selection"]["countNumber"] == 14
        assert exception is None

    def test_defaults_are_declared_too(self) -> None:
        repository, _ = self.declared(repository_name="dev/payments/api")
        assert repository.tag_mutability == TagMutability(mode=MutabilityMode.IMMUTABLE)
        assert repository.encryption == Encryption()
        assert repository.scan_on_push is None

    def test_what_deployment_determines_is_declared_as_unresolved(self) -> None:
        registry = KnownRegistry()
        stack = new_stack()
        name = cdk.CfnParameter(stack, "Name").value_as_string
        key = kms.Key(stack, "Key")
        ImageRepository(stack, "Api", registry=registry, repository_name=name, encryption_key=key)
        ((repository, _),) = registry.declared
        assert repository.name == Unresolved("Ref: Name", depends_on="Name")
        assert isinstance(repository.encryption, Encryption)
        assert isinstance(repository.encryption.kms_key, Unresolved)

    def test_the_reason_for_an_exception_is_passed_on(self) -> None:
        _, exception = self.declared(repository_name="legacy", convention_exception="older than it")
        assert exception == "older than it"

    @pytest.mark.parametrize(
        ("registry", "message"),
        [
            (KnownRegistry(account="444455556666"), "account 111122223333 and its registry in 444455556666"),
            (KnownRegistry(region="eu-central-1"), "Region eu-west-1 and its registry in eu-central-1"),
        ],
    )
    def test_a_repository_lies_where_its_registry_is(self, registry: KnownRegistry, message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            ImageRepository(new_stack(), "Api", repository_name="prod/payments/api", registry=registry)
        assert registry.declared == []

    def test_a_stack_without_an_environment_may_use_any(self) -> None:
        registry = KnownRegistry()
        ImageRepository(
            cdk.Stack(cdk.App(), "Images"), "Api", repository_name="prod/payments/api", registry=registry
        )
        assert len(registry.declared) == 1


class TestImage:
    def test_by_digest(self) -> None:
        stack = new_stack()
        image = ImageRepository(stack, "Api", repository_name="prod/api").image(digest=DIGEST)
        resolved = json.dumps(stack.resolve(image.uri))
        assert f"@{DIGEST}" in resolved
        assert str(image) == image.uri

    def test_by_tag(self) -> None:
        stack = new_stack()
        uri = ImageRepository(stack, "Api").image(tag="v1.4.2").uri
        assert ":v1.4.2" in json.dumps(stack.resolve(uri))

    def test_a_tag_known_at_deployment(self) -> None:
        stack = new_stack()
        tag = cdk.CfnParameter(stack, "Tag").value_as_string
        assert {"Ref": "Tag"} in stack.resolve(ImageRepository(stack, "Api").image(tag=tag).uri)["Fn::Join"][
            1
        ]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "neither a digest nor a tag"),
            ({"digest": DIGEST, "tag": "v1"}, "a digest and a tag"),
            ({"digest": "sha256:abc"}, "is not an image digest"),
            ({"digest": DIGEST.upper()}, "is not an image digest"),
            ({"tag": "-v1"}, "is not an image tag"),
            ({"tag": ""}, "is not an image tag"),
        ],
    )
    def test_exactly_one_well_formed_reference(self, arguments: dict[str, str], message: str) -> None:
        repository = ImageRepository(new_stack(), "Api")
        with pytest.raises(InvalidValueError, match=message):
            repository.image(**arguments)

    @pytest.mark.parametrize(("name", "count"), [("prod/payments/api", 1), ("dev/payments/api", 0)])
    def test_latest_in_production_is_warned_of(self, name: str, count: int) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", repository_name=name, registry=KnownRegistry()).image(tag="latest")
        warnings = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("latest"))
        assert len(warnings) == count
        assert all(
            "Annotation::ecr-blueprints:latest-in-production" in str(one.entry.data) for one in warnings
        )

    def test_another_tag_in_production_is_not(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", repository_name="prod/payments/api", registry=KnownRegistry()).image(
            tag="v1"
        )
        assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


class TestInPlaceOfCdksClass:
    def test_class_methods_work(self) -> None:
        stack = new_stack()
        imported = ImageRepository.from_repository_name(stack, "Imported", "prod/api")
        assert imported.repository_name == "prod/api"
        assert ImageRepository.PROPERTY_INJECTION_ID == ecr.Repository.PROPERTY_INJECTION_ID
        assert "repository/prod/api" in ImageRepository.arn_for_local_repository("prod/api", stack)

    def test_scope_and_id_may_be_named(self) -> None:
        stack = new_stack()
        ImageRepository(scope=stack, id="Api")
        assert resource_in(stack)["Type"] == "AWS::ECR::Repository"

    def test_events_work(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", repository_name="prod/api").on_image_scan_completed("Scanned")
        (rule,) = Template.from_stack(stack).find_resources("AWS::Events::Rule").values()
        assert rule["Properties"]["EventPattern"]["detail-type"] == ["ECR Image Scan"]

    @pytest.mark.parametrize(
        "make",
        [
            lambda stack: ImageRepository(stack, "Api", removal_policy=cdk.RemovalPolicy.SNAPSHOT),
            lambda stack: ImageRepository(stack, "Api", empty_on_delete=True),
            lambda stack: ImageRepository(stack, "Api", auto_delete_images=True),
            lambda stack: ImageRepository(
                stack, "Api", retention=Retention(), lifecycle_policy=Retention().policy()
            ),
            lambda stack: ImageRepository(
                stack,
                "Api",
                lifecycle_policy=LifecyclePolicy((LifecycleRule.expire_untagged(after_days=1),)),
                lifecycle_rules=[ecr.LifecycleRule(max_image_count=3)],
            ),
        ],
    )
    def test_nothing_is_made_of_what_cannot_be(self, make: Callable[[cdk.Stack], object]) -> None:
        stack = new_stack()
        with pytest.raises(InvalidValueError, match=r"^ImageRepository\('Api'\): "):
            make(stack)
        assert stack.node.children == []
