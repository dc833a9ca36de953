"""Lifecycle rules of CDK in the library's terms, and how they go together with retention and policy."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Template

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.errors import InvalidValueError, LifecyclePolicyError
from ecr_blueprints.lifecycle.document import find_violations
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule

pytestmark = pytest.mark.node

DAYS = cdk.Duration.days


def new_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Images")


def text_in(stack: cdk.Stack) -> str:
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    return str(found["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])


def rules_in(stack: cdk.Stack) -> list[dict[str, Any]]:
    return list(json.loads(text_in(stack))["rules"])


def said(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in rule.items() if name != "description"}


RULES_OF_OTHERS: list[list[dict[str, Any]]] = [
    [{"max_image_count": 5}],
    [{"max_image_age": DAYS(30)}],
    [
        {"description": "old", "tag_prefix_list": ["prod"], "max_image_count": 9999},
        {"max_image_age": DAYS(365)},
    ],
    [{"tag_status": ecr.TagStatus.UNTAGGED, "max_image_age": DAYS(1)}, {"max_image_count": 10}],
    [
        {"tag_pattern_list": ["a*", "b*"], "max_image_count": 1},
        {"tag_prefix_list": ["c"], "max_image_count": 2, "rule_priority": 10},
        {"tag_status": ecr.TagStatus.UNTAGGED, "max_image_age": DAYS(2), "rule_priority": 3},
        {"tag_status": ecr.TagStatus.ANY, "max_image_count": 3},
    ],
    [
        {"max_image_count": 3, "rule_priority": 20},
        {"tag_prefix_list": ["x"], "max_image_count": 1, "rule_priority": 2},
    ],
]


class TestTheSameAsCdk:
    """Where the rules say themselves what becomes of untagged images, the policy is CDK's."""

    @pytest.mark.parametrize("rules", RULES_OF_OTHERS)
    def test_rules_of_the_constructor(self, rules: list[dict[str, Any]]) -> None:
        theirs, ours = new_stack(), new_stack()
        ecr.Repository(theirs, "Api", lifecycle_rules=[ecr.LifecycleRule(**rule) for rule in rules])
        ImageRepository(ours, "Api", lifecycle_rules=[ecr.LifecycleRule(**rule) for rule in rules])
        assert rules_in(ours) == rules_in(theirs)
        assert find_violations(text_in(ours)) == ()

    @pytest.mark.parametrize("rules", RULES_OF_OTHERS)
    def test_rules_as_dictionaries(self, rules: list[dict[str, Any]]) -> None:
        theirs, ours = new_stack(), new_stack()
        ecr.Repository(theirs, "Api", lifecycle_rules=[ecr.LifecycleRule(**rule) for rule in rules])
        ImageRepository(ours, "Api", lifecycle_rules=rules)
        assert rules_in(ours) == rules_in(theirs)

    @pytest.mark.parametrize("rules", RULES_OF_OTHERS)
    def test_rules_added_one_by_one(self, rules: list[dict[str, Any]]) -> None:
        theirs, ours = new_stack(), new_stack()
        repository, image_repository = ecr.Repository(theirs, "Api"), ImageRepository(ours, "Api")
        for rule in rules:
            repository.add_lifecycle_rule(**rule)
            image_repository.add_lifecycle_rule(**rule)
        assert rules_in(ours) == rules_in(theirs)


class TestDefaultForUntaggedImages:
    def test_it_follows_rules_for_tagged_images(self) -> None:
        stack = new_stack()
        repository = ImageRepository(
            stack, "Api", lifecycle_rules=[ecr.LifecycleRule(tag_pattern_list=["a*"], max_image_count=3)]
        )
        repository.add_lifecycle_rule(tag_pattern_list=["b*"], max_image_count=4, rule_priority=7)
        assert [(rule["rulePriority"], rule["selection"]["tagStatus"]) for rule in rules_in(stack)] == [
            (7, "tagged"),
            (8, "tagged"),
            (9, "untagged"),
        ]

    @pytest.mark.parametrize("status", [ecr.TagStatus.UNTAGGED, ecr.TagStatus.ANY])
    def test_it_gives_way_to_a_rule_that_says_so_itself(self, status: ecr.TagStatus) -> None:
        stack = new_stack()
        repository = ImageRepository(stack, "Api")
        repository.add_lifecycle_rule(tag_status=status, max_image_age=DAYS(60))
        (rule,) = rules_in(stack)
        assert rule["selection"]["countNumber"] == 60

    def test_no_rules_at_all_leave_it(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", lifecycle_rules=[])
        assert [rule["selection"]["tagStatus"] for rule in rules_in(stack)] == ["untagged"]

    def test_it_is_longer_for_base_images(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", kind=RepositoryKind.BASE_IMAGE)
        assert rules_in(stack)[0]["selection"]["countNumber"] == 14


class TestRetention:
    def test_it_is_rendered(self) -> None:
        stack = new_stack()
        retention = Retention(keep=["v*", "deployed-*"], builds="sha-*", builds_days=90)
        ImageRepository(stack, "Api", retention=retention)
        assert [rule["selection"].get("tagPatternList") for rule in rules_in(stack)] == [
            ["v*"],
            ["deployed-*"],
            ["sha-*"],
            None,
        ]

    def test_added_rules_follow_with_the_one_for_all_images_last(self) -> None:
        stack = new_stack()
        repository = ImageRepository(stack, "Api", retention=Retention(keep=["v*"]))
        repository.add_lifecycle_rule(max_image_age=DAYS(400))
        repository.add_lifecycle_rule(tag_prefix_list=["pr-"], max_image_age=DAYS(7))
        assert [(rule["rulePriority"], rule["selection"]["tagStatus"]) for rule in rules_in(stack)] == [
            (1, "tagged"),
            (2, "untagged"),
            (3, "tagged"),
            (4, "any"),
        ]

    def test_added_rules_have_no_priorities_of_their_own(self) -> None:
        repository = ImageRepository(new_stack(), "Api", retention=Retention(keep=["v*"]))
        with pytest.raises(InvalidValueError, match="numbered by the library") as refused:
            repository.add_lifecycle_rule(tag_prefix_list=["pr-"], max_image_age=DAYS(7), rule_priority=1)
        assert refused.value.where == "ImageRepository('Api')"

    def test_a_second_rule_for_untagged_images_is_refused(self) -> None:
        repository = ImageRepository(new_stack(), "Api", retention=Retention(untagged_days=5))
        with pytest.raises(LifecyclePolicyError, match="untagged-once"):
            repository.add_lifecycle_rule(tag_status=ecr.TagStatus.UNTAGGED, max_image_age=DAYS(7))


class TestWholePolicy:
    def test_it_stands_for_itself(self) -> None:
        stack = new_stack()
        policy = LifecyclePolicy((LifecycleRule.keep_newest("v*", images=3, priority=5),))
        ImageRepository(stack, "Api", lifecycle_policy=policy)
        (rule,) = rules_in(stack)
        assert rule["rulePriority"] == 5
        assert rule["selection"]["tagPatternList"] == ["v*"]

    def test_what_cdk_cannot_say_is_rendered(self) -> None:
        stack = new_stack()
        policy = LifecyclePolicy.in_order(
            LifecycleRule.archive("v*", after_days=180), LifecycleRule.expire_archived("v*", after_days=730)
        )
        ImageRepository(stack, "Api", lifecycle_policy=policy)
        assert [rule["action"] for rule in rules_in(stack)] == [
            {"type": "transition", "targetStorageClass": "archive"},
            {"type": "expire"},
        ]

    def test_a_rule_can_be_added(self) -> None:
        stack = new_stack()
        policy = LifecyclePolicy((LifecycleRule.keep_newest("v*", images=3, priority=5),))
        repository = ImageRepository(stack, "Api", lifecycle_policy=policy)
        repository.add_lifecycle_rule(tag_prefix_list=["pr-"], max_image_age=DAYS(7))
        assert [rule["rulePriority"] for rule in rules_in(stack)] == [5, 6]

    def test_a_rule_without_priority_cannot_follow_the_one_for_all_images(self) -> None:
        policy = LifecyclePolicy((LifecycleRule.keep_newest(images=3, priority=5),))
        repository = ImageRepository(new_stack(), "Api", lifecycle_policy=policy)
        with pytest.raises(InvalidValueError, match="rule_priority below 5"):
            repository.add_lifecycle_rule(tag_prefix_list=["pr-"], max_image_age=DAYS(7))


class TestErrors:
    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ({}, "neither of max_image_age and max_image_count"),
            ({"max_image_age": DAYS(1), "max_image_count": 1}, "both of max_image_age and max_image_count"),
            ({"max_image_count": 0}, "countNumber"),
            ({"max_image_count": 1.5}, "max_image_count is 1.5"),
            ({"max_image_age": cdk.Duration.hours(36)}, "in days, is 1.5"),
            ({"max_image_count": 1, "rule_priority": 0}, "rulePriority"),
            ({"max_image_count": 1, "rule_priority": 1.5}, "rule_priority is 1.5"),
            ({"max_image_count": 1, "tag_status": ecr.TagStatus.TAGGED}, "tag-list-required"),
            ({"max_image_count": 1, "tag_prefix_list": []}, "tag-list-required"),
            (
                {"max_image_count": 1, "tag_status": ecr.TagStatus.ANY, "tag_prefix_list": ["a"]},
                "tag-list-forbidden",
            ),
            ({"max_image_count": 1, "tag_pattern_list": ["a"], "tag_prefix_list": ["a"]}, "tag-list-both"),
            ({"max_image_count": 1, "tag_pattern_list": ["*a*b*c*d*"]}, "tag-list-entry"),
            ({"max_image_count": 1, "tag_pattern_list": [cdk.Aws.REGION]}, "known only at deployment"),
            ({"max_image_count": 1, "description": cdk.Aws.REGION}, "known only at deployment"),
            ({"max_image_count": cdk.Token.as_number({"Ref": "Count"})}, "known only at deployment"),
            (
                {"max_image_age": DAYS(cdk.Token.as_number({"Ref": "Days"}))},
                "known only at deployment",
            ),
        ],
    )
    def test_a_rule_that_cannot_be_is_refused_where_it_is_added(
        self, rule: dict[str, Any], message: str
    ) -> None:
        stack = new_stack()
        repository = ImageRepository(stack, "Api", repository_name="prod/api")
        before = rules_in(stack)
        with pytest.raises(InvalidValueError, match=message) as refused:
            repository.add_lifecycle_rule(**rule)
        assert refused.value.where == "ImageRepository('prod/api')"
        assert rules_in(stack) == before

    @pytest.mark.parametrize(
        ("first", "second", "message"),
        [
            ({"max_image_count": 1}, {"max_image_age": DAYS(3)}, "any-last"),
            (
                {"max_image_count": 1, "rule_priority": 2},
                {"tag_prefix_list": ["a"], "max_image_count": 3, "rule_priority": 9},
                "any-last",
            ),
            (
                {"tag_prefix_list": ["a"], "max_image_count": 3, "rule_priority": 9},
                {"tag_prefix_list": ["b"], "max_image_count": 3, "rule_priority": 9},
                "duplicate-priority",
            ),
            (
                {"max_image_count": 1, "rule_priority": 2},
                {"tag_prefix_list": ["a"], "max_image_count": 3},
                "must stay the last",
            ),
        ],
    )
    def test_rules_that_cannot_be_together(
        self, first: dict[str, Any], second: dict[str, Any], message: str
    ) -> None:
        stack = new_stack()
        repository = ImageRepository(stack, "Api", lifecycle_rules=[first])
        with pytest.raises(InvalidValueError, match=message):
            repository.add_lifecycle_rule(**second)
        assert len(rules_in(stack)) >= 1

    def test_an_unknown_member_of_a_dictionary(self) -> None:
        stack = new_stack()
        with pytest.raises(InvalidValueError, match="has no 'maxImageCount'") as refused:
            ImageRepository(stack, "Api", lifecycle_rules=[{"maxImageCount": 3}])
        assert refused.value.allowed is not None
        assert "max_image_count" in refused.value.allowed
        assert stack.node.children == []


@jsii.implements(cdk.IPropertyInjector)
class _Defaults:
    """An organization's defaults for every ``ecr.Repository``."""

    def __init__(self, **defaults: Any) -> None:
        self._defaults = defaults

    @property
    def construct_unique_id(self) -> str:
        return str(ecr.Repository.PROPERTY_INJECTION_ID)

    def inject(self, original_props: Any, *, scope: Any = None, id: Any = None) -> Any:
        return {**self._defaults, **original_props}


class TestPropertyInjector:
    RULES = ({"tagPrefixList": ["pr-"], "maxImageCount": 3}, {"tagStatus": "any", "maxImageCount": 50})

    def stack(self, **defaults: Any) -> cdk.Stack:
        return cdk.Stack(cdk.App(property_injectors=[_Defaults(**defaults)]), "Images")

    def test_its_rules_count_as_given(self) -> None:
        stack = self.stack(lifecycleRules=list(self.RULES))
        ImageRepository(stack, "Api")
        assert [rule["selection"]["countNumber"] for rule in rules_in(stack)] == [3, 50]

    def test_a_retention_counts_more_than_its_rules(self) -> None:
        stack = self.stack(lifecycleRules=list(self.RULES))
        ImageRepository(stack, "Api", retention=Retention(untagged_days=4))
        assert [rule["selection"]["countNumber"] for rule in rules_in(stack)] == [4]

    def test_its_mutability_counts_as_given(self) -> None:
        stack = self.stack(imageTagMutability="MUTABLE")
        ImageRepository(stack, "Api")
        (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert found["Properties"]["ImageTagMutability"] == "MUTABLE"
        assert rules_in(stack)[0]["selection"]["countNumber"] == 14

    def test_what_the_caller_says_counts_more(self) -> None:
        stack = self.stack(imageTagMutability="MUTABLE")
        ImageRepository(stack, "Api", image_tag_mutability=ecr.TagMutability.IMMUTABLE)
        (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
        assert found["Properties"]["ImageTagMutability"] == "IMMUTABLE"
