"""RepositoryDefaults: what every ``ecr.Repository`` gets, and what the app's own words are worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Annotations, Match
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.repository_defaults import RepositoryDefaults
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
Lint = Callable[[dict[str, Any]], list[str]]


def app_with(folder: Path, defaults: RepositoryDefaults, **context: Any) -> cdk.App:
    return cdk.App(
        outdir=str(folder), analytics_reporting=False, property_injectors=[defaults], context=context
    )


def only(stack: cdk.Stack, template: dict[str, Any], construct_id: str) -> dict[str, Any]:
    resource = stack.node.find_child(construct_id).node.default_child
    assert isinstance(resource, ecr.CfnRepository)
    found: dict[str, Any] = template["Resources"][stack.resolve(resource.logical_id)]
    return found


def rules_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(
        resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
    )["rules"]
    return rules


class CompanyRepository(ecr.Repository):
    """As a company makes its own."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> cdk.Stack:
    app = app_with(tmp_path_factory.mktemp("defaults"), RepositoryDefaults())
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    ecr.Repository(stack, "Bare")
    CompanyRepository(stack, "Subclass", image_tag_mutability=ecr.TagMutability.IMMUTABLE)
    ecr.Repository(stack, "Rules", lifecycle_rules=[ecr.LifecycleRule(max_image_count=10)])
    ecr.Repository(stack, "Kept", removal_policy=cdk.RemovalPolicy.RETAIN)
    ecr.Repository(
        stack,
        "Preview",
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
        repository_name="pre/x",
    )
    ecr.Repository(stack, "Cleaned", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_images=True)
    ImageRepository(stack, "Ours")
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack, template_of: TemplateOf) -> dict[str, Any]:
    return template_of(stack)


class TestDefault:
    @pytest.mark.parametrize("name", ["Bare", "Subclass", "Rules", "Preview", "Cleaned", "Ours"])
    def test_it_is_kept(self, stack: cdk.Stack, template: dict[str, Any], name: str) -> None:
        resource = only(stack, template, name)
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"
        assert "EmptyOnDelete" not in resource["Properties"]

    def test_what_deletes_images_is_not_made(self, template: dict[str, Any]) -> None:
        assert {one["Type"] for one in template["Resources"].values()} == {"AWS::ECR::Repository"}

    def test_it_warns_of_what_it_keeps(self, stack: cdk.Stack, template: dict[str, Any]) -> None:
        found = Annotations.from_stack(stack).find_warning(
            "*", Match.string_like_regexp("takes a second key")
        )
        assert len(found) == 2

    @pytest.mark.parametrize(("name", "days"), [("Bare", 14), ("Subclass", 1)])
    def test_untagged_images_go(
        self, stack: cdk.Stack, template: dict[str, Any], name: str, days: int
    ) -> None:
        (rule,) = rules_of(only(stack, template, name))
        assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", days)

    def test_what_was_said_stays(self, stack: cdk.Stack, template: dict[str, Any]) -> None:
        assert [rule["selection"]["countNumber"] for rule in rules_of(only(stack, template, "Rules"))] == [10]
        assert only(stack, template, "Kept")["DeletionPolicy"] == "Retain"
        assert "ImageTagMutability" not in only(stack, template, "Bare")["Properties"]

    def test_it_is_as_it_was(self, template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
        assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)

    def test_it_lints(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestEverything:
    @pytest.fixture
    def stack(self, tmp_path: Path) -> cdk.Stack:
        defaults = RepositoryDefaults(
            retention=Retention(keep=["v*"], rollback=["sha-*"], builds=["pr-*"], builds_days=9),
            immutable_tags=True,
        )
        stack = cdk.Stack(
            app_with(tmp_path, defaults, **{DELETION_CONTEXT_KEY: ["pre/*", "Stack/Anon"]}), "Stack"
        )
        ecr.Repository(stack, "Api")
        ecr.Repository(stack, "Moving", image_tag_mutability=ecr.TagMutability.MUTABLE)
        ecr.Repository(
            stack,
            "Named",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            empty_on_delete=True,
            repository_name="pre/x",
        )
        ecr.Repository(stack, "Anon", removal_policy=cdk.RemovalPolicy.DESTROY)
        return stack

    def test_all_of_it(self, stack: cdk.Stack, template_of: TemplateOf, lint: Lint) -> None:
        template = template_of(stack)
        api = only(stack, template, "Api")
        assert api["Properties"]["ImageTagMutability"] == "IMMUTABLE"
        rules = rules_of(api)
        assert [rule["rulePriority"] for rule in rules] == list(range(1, len(rules) + 1))
        patterns = [rule["selection"].get("tagPatternList") for rule in rules]
        assert patterns == [["v*"], ["sha-*"], ["pr-*"], None]
        assert only(stack, template, "Moving")["Properties"]["ImageTagMutability"] == "MUTABLE"
        assert only(stack, template, "Named")["DeletionPolicy"] == "Delete"
        assert only(stack, template, "Named")["Properties"]["EmptyOnDelete"] is True
        assert only(stack, template, "Anon")["DeletionPolicy"] == "Delete"
        assert lint(template) == []


def test_no_lifecycle_policy_where_none_is_wanted(tmp_path: Path, template_of: TemplateOf) -> None:
    stack = cdk.Stack(app_with(tmp_path, RepositoryDefaults(retention=None)), "Stack")
    ecr.Repository(stack, "Api")
    assert "Properties" not in only(stack, template_of(stack), "Api")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"retention": "v*"}, "retention is 'v"),
        ({"immutable_tags": None}, "immutable_tags is None"),
        (
            {"retention": Retention(archive=["v*"], archive_after_days=180)},
            "the CDK's lifecycle rules cannot say rule",
        ),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        RepositoryDefaults(**arguments)


class TestImageRepository:
    """It has the library's defaults, by its kind, whatever the injector says."""

    @pytest.fixture
    def stack(self, tmp_path: Path) -> cdk.Stack:
        defaults = RepositoryDefaults(retention=Retention(untagged_days=30), immutable_tags=True)
        return cdk.Stack(app_with(tmp_path, defaults), "Stack")

    @pytest.mark.parametrize("kind", RepositoryKind)
    @pytest.mark.parametrize("encryption", [None, EncryptionType.KMS])
    def test_it_is_as_it_is_without_the_injector(
        self,
        stack: cdk.Stack,
        template_of: TemplateOf,
        kind: RepositoryKind,
        encryption: EncryptionType | None,
    ) -> None:
        bare = cdk.Stack(cdk.App(), "Stack")
        for one in (stack, bare):
            ImageRepository(one, "Ours", kind=kind, encryption=encryption)
        assert template_of(stack) == template_of(bare)

    def test_a_build_cache_can_be_pushed_a_second_time(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        BuildCacheRepository(stack, "Cache", build="prod/api")
        (found,) = template_of(stack)["Resources"].values()
        assert found["Properties"]["ImageTagMutability"] == "MUTABLE"

    def test_a_rule_for_untagged_images_can_be_added(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        repository = ImageRepository(stack, "Ours")
        repository.add_lifecycle_rule(tag_status=ecr.TagStatus.UNTAGGED, max_image_count=3)
        (rule,) = rules_of(only(stack, template_of(stack), "Ours"))
        assert rule["selection"]["countNumber"] == 3

    def test_one_that_comes_later_is_not_warned_of(self) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        ImageRepository(stack, "Ours")
        cdk.PropertyInjectors.of(stack).add(RepositoryDefaults())
        assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []

    def test_repositories_made_after_it_have_the_defaults(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        ImageRepository(stack, "Ours")
        ecr.Repository(stack, "Theirs")
        assert only(stack, template_of(stack), "Theirs")["Properties"]["ImageTagMutability"] == "IMMUTABLE"
