"""RepositoryBaseline: what it adds, what it leaves, and what it says of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.repository_baseline import RepositoryBaseline
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.retention import Retention

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
Lint = Callable[[dict[str, Any]], list[str]]
Resources = dict[str, dict[str, Any]]

ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")
RULES = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",\
"countNumber":40},"action":{"type":"expire"}}]}'


def fill(stack: cdk.Stack) -> None:
    """Repositories as apps make them: with constructs and by their properties."""
    ecr.Repository(stack, "Bare")
    rules = ecr.Repository(stack, "Rules", lifecycle_rules=[ecr.LifecycleRule(max_image_count=10)])
    cdk.Tags.of(rules).add("owner", "theirs")
    ecr.Repository(stack, "Fixed", image_tag_mutability=ecr.TagMutability.IMMUTABLE)
    ecr.Repository(
        stack,
        "Partly",
        image_tag_mutability=ecr.TagMutability.MUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("v*")],
    )
    ecr.Repository(stack, "Moving", repository_name="caches/base")
    ecr.Repository(
        stack,
        "Preview",
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
        repository_name="pre/x",
    )
    ecr.Repository(
        stack, "Secret", encryption_key=kms.Key(stack, "Key"), lifecycle_registry_id="111122223333"
    )
    ecr.CfnRepository(stack, "Resource1")
    ecr.CfnRepository(
        stack,
        "Resource2",
        lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(lifecycle_policy_text=RULES),
        tags=[cdk.CfnTag(key="owner", value="theirs")],
    )
    ImageRepository(stack, "Ours")


def repositories(stack: cdk.Stack, template: dict[str, Any]) -> Resources:
    found: Resources = {}
    for child in stack.node.children:
        resource = child.node.default_child if isinstance(child, ecr.Repository) else child
        if isinstance(resource, ecr.CfnRepository):
            found[child.node.id] = template["Resources"][stack.resolve(resource.logical_id)]
    return found


def rules_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(
        resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
    )["rules"]
    return rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A stack to which a baseline was applied, and what came of it."""

    baseline: RepositoryBaseline
    stack: cdk.Stack
    template: dict[str, Any]
    found: Resources


def apply(baseline: RepositoryBaseline, app: cdk.App, stack: cdk.Stack, template_of: TemplateOf) -> Applied:
    fill(stack)
    cdk.Mixins.of(app).apply(baseline)
    template = template_of(stack)
    return Applied(baseline=baseline, stack=stack, template=template, found=repositories(stack, template))


class TestDefault:
    @pytest.fixture(scope="class")
    @classmethod
    def applied(cls, tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> Applied:
        app = cdk.App(outdir=str(tmp_path_factory.mktemp("default")), analytics_reporting=False)
        return apply(RepositoryBaseline(), app, cdk.Stack(app, "Default", env=ENVIRONMENT), template_of)

    @pytest.fixture
    def found(self, applied: Applied) -> Resources:
        return applied.found

    def test_all_are_kept(self, found: Resources) -> None:
        assert {one["DeletionPolicy"] for one in found.values()} == {"RetainExceptOnCreate"}
        assert {one["UpdateReplacePolicy"] for one in found.values()} == {"Retain"}

    def test_no_deletion_takes_images_along(self, found: Resources) -> None:
        assert "EmptyOnDelete" not in found["Preview"]["Properties"]

    @pytest.mark.parametrize(
        ("name", "days"), [("Bare", 14), ("Fixed", 1), ("Partly", 14), ("Secret", 14), ("Resource1", 14)]
    )
    def test_untagged_images_go_where_nothing_was_said(self, found: Resources, name: str, days: int) -> None:
        (rule,) = rules_of(found[name])
        assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", days)

    def test_the_rest_of_the_lifecycle_policy_stays(self, found: Resources) -> None:
        assert found["Secret"]["Properties"]["LifecyclePolicy"]["RegistryId"] == "111122223333"

    def test_their_lifecycle_policies_stay(self, found: Resources) -> None:
        assert rules_of(found["Rules"])[0]["selection"]["countNumber"] == 10
        assert rules_of(found["Resource2"]) == json.loads(RULES)["rules"]

    def test_mutability_stays(self, found: Resources) -> None:
        assert "ImageTagMutability" not in found["Bare"]["Properties"]
        assert found["Partly"]["Properties"]["ImageTagMutability"] == "MUTABLE_WITH_EXCLUSION"

    def test_name_and_encryption_stay(self, found: Resources) -> None:
        assert found["Moving"]["Properties"]["RepositoryName"] == "caches/base"
        assert found["Secret"]["Properties"]["EncryptionConfiguration"]["EncryptionType"] == "KMS"
        assert "EncryptionConfiguration" not in found["Bare"]["Properties"]

    def test_it_says_what_it_did(self, applied: Applied) -> None:
        report = applied.baseline.report().splitlines()
        assert "Default/Bare/Resource: DeletionPolicy from Retain to RetainExceptOnCreate" in report
        assert "Default/Bare/Resource: LifecyclePolicy from nothing to the baseline's" in report
        assert "Default/Resource1: DeletionPolicy from nothing to RetainExceptOnCreate" in report
        assert "Default/Preview/Resource: EmptyOnDelete from true to nothing" in report
        assert (
            "Default/Rules/Resource: LifecyclePolicy left: it has one, and replace_lifecycle is not given"
            in report
        )
        assert not [line for line in report if line.startswith("Default/Ours")]

    def test_a_second_time_changes_nothing(self, applied: Applied) -> None:
        again = RepositoryBaseline()
        cdk.Mixins.of(applied.stack).apply(again)
        assert again.changes == ()

    def test_it_is_as_it_was(self, applied: Applied, snapshot: SnapshotAssertion) -> None:
        assert applied.template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)

    def test_it_lints(self, applied: Applied, lint: Lint) -> None:
        assert lint(applied.template) == []


class TestEverything:
    @pytest.fixture(scope="class")
    @classmethod
    def applied(cls, tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> Applied:
        app = cdk.App(
            outdir=str(tmp_path_factory.mktemp("everything")),
            analytics_reporting=False,
            context={DELETION_CONTEXT_KEY: ["pre/*"]},
        )
        baseline = RepositoryBaseline(
            retention=Retention(keep=["v*"], untagged_days=3),
            replace_lifecycle=True,
            immutable_tags=True,
            keep_mutable=["caches/*"],
            tags={"owner": "platform", "cost-center": "7"},
            skip=["Everything/Resource1"],
        )
        return apply(baseline, app, cdk.Stack(app, "Everything"), template_of)

    @pytest.fixture
    def found(self, applied: Applied) -> Resources:
        return applied.found

    def test_lifecycle_policies_are_replaced(self, found: Resources) -> None:
        for name in ("Rules", "Resource2", "Bare"):
            assert [rule["selection"]["tagStatus"] for rule in rules_of(found[name])] == [
                "tagged",
                "untagged",
            ]

    def test_tags_are_fixed_except_where_they_move(self, found: Resources) -> None:
        modes = {name: one.get("Properties", {}).get("ImageTagMutability") for name, one in found.items()}
        assert modes["Bare"] == modes["Rules"] == modes["Resource2"] == modes["Fixed"] == "IMMUTABLE"
        assert modes["Partly"] == "MUTABLE_WITH_EXCLUSION"
        assert modes["Moving"] is None

    def test_tags_of_the_app_count_more(self, found: Resources) -> None:
        tags = {
            name: {tag["Key"]: tag["Value"] for tag in one.get("Properties", {}).get("Tags", ())}
            for name, one in found.items()
        }
        assert tags["Bare"] == {"owner": "platform", "cost-center": "7"}
        assert tags["Rules"] == tags["Resource2"] == {"owner": "theirs", "cost-center": "7"}

    def test_what_is_skipped_is_left_alone(self, found: Resources) -> None:
        assert found["Resource1"] == {"Type": "AWS::ECR::Repository"}

    def test_the_second_key_lets_a_repository_go(self, found: Resources) -> None:
        assert found["Preview"]["DeletionPolicy"] == "Delete"
        assert found["Preview"]["Properties"]["EmptyOnDelete"] is True

    def test_it_says_what_it_left(self, applied: Applied) -> None:
        left = {(one.construct_path, one.member): one.reason for one in applied.baseline.left}
        assert left["Everything/Resource1", "everything"] == "it is named in skip"
        assert left["Everything/Moving/Resource", "ImageTagMutability"] == "it is named in keep_mutable"
        assert "with exclusions" in left["Everything/Partly/Resource", "ImageTagMutability"]
        assert "allows its deletion" in left["Everything/Preview/Resource", "DeletionPolicy"]
        assert left["Everything/Resource2", "Tags[owner]"] == "it is 'theirs'"

    def test_it_lints(self, applied: Applied, lint: Lint) -> None:
        assert lint(applied.template) == []


class TestLater:
    """What the app does after the baseline was applied counts."""

    def test_rules_that_are_added(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        baseline = RepositoryBaseline()
        repository = ecr.Repository(stack, "Api")
        assert repository.with_(baseline) is repository
        assert len(baseline.changes) == 2
        repository.add_lifecycle_rule(max_image_count=7)
        found = repositories(stack, template_of(stack))
        assert [rule["selection"]["countNumber"] for rule in rules_of(found["Api"])] == [7]
        assert [one.member for one in baseline.changes] == ["DeletionPolicy"]
        assert [one.reason for one in baseline.left] == ["the app has added rules since"]

    def test_a_policy_that_was_read_is_left(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        baseline = RepositoryBaseline()
        repository = ecr.Repository(stack, "Api")
        resource = repository.node.default_child
        assert isinstance(resource, ecr.CfnRepository)
        assert resource.lifecycle_policy is not None
        repository.with_(baseline)
        repository.add_lifecycle_rule(max_image_count=7)
        found = repositories(stack, template_of(stack))
        assert [rule["selection"]["countNumber"] for rule in rules_of(found["Api"])] == [7]
        assert [one.reason for one in baseline.left] == ["the app has read it, after which nobody else can"]

    def test_a_removal_policy(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        repository = ecr.Repository(stack, "Api").with_(RepositoryBaseline())
        assert isinstance(repository, ecr.Repository)
        repository.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        assert repositories(stack, template_of(stack))["Api"]["DeletionPolicy"] == "Delete"


def test_it_is_an_aspect_too(stack: cdk.Stack, template_of: TemplateOf) -> None:
    baseline = RepositoryBaseline(tags={"owner": "payments"})
    cdk.Aspects.of(stack).add(baseline)
    ecr.Repository(stack, "Api", removal_policy=cdk.RemovalPolicy.DESTROY)
    found = repositories(stack, template_of(stack))["Api"]
    assert found["DeletionPolicy"] == "RetainExceptOnCreate"
    assert found["Properties"]["Tags"] == [{"Key": "owner", "Value": "payments"}]
    assert len(baseline.changes) == 3


def test_what_deletes_images_goes_with_the_deletion(stack: cdk.Stack, template_of: TemplateOf) -> None:
    baseline = RepositoryBaseline()
    ecr.Repository(stack, "Preview", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_images=True).with_(
        baseline
    )
    template = template_of(stack)
    assert "Custom::ECRAutoDeleteImages" not in {one["Type"] for one in template["Resources"].values()}
    assert "Tags" not in repositories(stack, template)["Preview"]["Properties"]
    assert "Custom::ECRAutoDeleteImages" in {one.member for one in baseline.changes}


def test_tokens_are_left(stack: cdk.Stack, template_of: TemplateOf) -> None:
    baseline = RepositoryBaseline(immutable_tags=True)
    mode = cdk.CfnParameter(stack, "Mode").value_as_string
    ecr.CfnRepository(stack, "Api", image_tag_mutability=mode, repository_name=mode)
    cdk.Mixins.of(stack).apply(baseline)
    found = repositories(stack, template_of(stack))
    assert found["Api"]["Properties"]["ImageTagMutability"] == {"Ref": "Mode"}


def test_no_lifecycle_policy_where_none_is_wanted(stack: cdk.Stack, template_of: TemplateOf) -> None:
    ecr.Repository(stack, "Api").with_(RepositoryBaseline(retention=None))
    assert "Properties" not in repositories(stack, template_of(stack))["Api"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"retention": {"keep": ["v*"]}}, "retention is "),
        ({"replace_lifecycle": "yes"}, "replace_lifecycle is 'yes'"),
        ({"replace_lifecycle": True, "retention": None}, "without a retention to put in the place"),
        ({"keep_mutable": ["a"]}, "keep_mutable is given, and all tags that move go on moving"),
        ({"keep_mutable": "a", "immutable_tags": True}, "keep_mutable is 'a'"),
        ({"skip": "a"}, "skip is 'a'"),
        ({"tags": {"aws:x": "y"}}, "aws:x"),
        ({"tags": ["owner"]}, "tags is"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        RepositoryBaseline(**arguments)
