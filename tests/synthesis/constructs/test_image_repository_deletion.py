"""Deleting a repository takes two keys, whoever turns the first."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Annotations, Match, Template
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY, allows_deletion
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.errors import InvalidValueError

pytestmark = pytest.mark.node

DESTROY = cdk.RemovalPolicy.DESTROY
ALLOWED = {DELETION_CONTEXT_KEY: True}


def new_stack(context: dict[str, Any] | None = None) -> cdk.Stack:
    return cdk.Stack(cdk.App(context=context), "Images")


def repository_in(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    return dict(found)


def warnings_in(stack: cdk.Stack) -> list[str]:
    return [str(one.entry.data) for one in Annotations.from_stack(stack).find_warning("*", Match.any_value())]


def assert_kept(stack: cdk.Stack) -> None:
    resource = repository_in(stack)
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert "EmptyOnDelete" not in resource["Properties"]
    (warning,) = warnings_in(stack)
    assert "second key" in warning
    assert DELETION_CONTEXT_KEY in warning
    assert "[ack: Annotation::ecr-blueprints:repository-kept]" in warning


class TestFirstKeyAlone:
    @pytest.mark.parametrize(
        "arguments",
        [
            {"removal_policy": DESTROY},
            {"removal_policy": DESTROY, "empty_on_delete": True},
            {"removal_policy": DESTROY, "auto_delete_images": True},
            {"removal_policy": DESTROY, "empty_on_delete": True, "repository_name": "prod/api"},
        ],
    )
    def test_the_repository_is_kept_and_synthesis_warns(self, arguments: dict[str, Any]) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", **arguments)
        assert_kept(stack)
        assert list(Template.from_stack(stack).find_resources("AWS::Lambda::Function")) == []

    def test_applied_later(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api").apply_removal_policy(DESTROY)
        assert_kept(stack)

    def test_warned_of_once(self) -> None:
        stack = new_stack()
        repository = ImageRepository(stack, "Api", removal_policy=DESTROY)
        repository.apply_removal_policy(DESTROY)
        assert len(warnings_in(stack)) == 1

    def test_the_warning_can_be_pasted(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", removal_policy=DESTROY, repository_name="dev/api")
        assert f"'{DELETION_CONTEXT_KEY}' of its app or stage to [\"dev/api\"]" in warnings_in(stack)[0]

    def test_a_context_value_for_others_is_no_key(self) -> None:
        stack = new_stack({DELETION_CONTEXT_KEY: ["dev/*"]})
        ImageRepository(stack, "Api", removal_policy=DESTROY, repository_name="prod/api")
        assert_kept(stack)


class TestBothKeys:
    @pytest.mark.parametrize("value", [True, "true", ["dev/*"], "dev/*", "prod/*, dev/api", ["Images/Api"]])
    def test_it_is_deleted_with_its_images(self, value: Any) -> None:
        stack = new_stack({DELETION_CONTEXT_KEY: value})
        ImageRepository(stack, "Api", removal_policy=DESTROY, empty_on_delete=True, repository_name="dev/api")
        resource = repository_in(stack)
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")
        assert resource["Properties"]["EmptyOnDelete"] is True
        assert warnings_in(stack) == []

    def test_without_empty_on_delete_its_images_hold_it(self) -> None:
        stack = new_stack(ALLOWED)
        ImageRepository(stack, "Api", removal_policy=DESTROY)
        assert repository_in(stack)["DeletionPolicy"] == "Delete"
        assert "EmptyOnDelete" not in repository_in(stack)["Properties"]

    def test_auto_delete_images_is_cdks(self) -> None:
        stack = new_stack(ALLOWED)
        ImageRepository(stack, "Api", removal_policy=DESTROY, auto_delete_images=True)
        template = Template.from_stack(stack)
        template.resource_count_is("Custom::ECRAutoDeleteImages", 1)
        assert repository_in(stack)["DeletionPolicy"] == "Delete"

    def test_applied_later(self) -> None:
        stack = new_stack(ALLOWED)
        ImageRepository(stack, "Api").apply_removal_policy(DESTROY)
        assert repository_in(stack)["DeletionPolicy"] == "Delete"

    def test_the_key_of_one_stage_opens_nothing_in_another(self) -> None:
        app = cdk.App()
        dev, prod = cdk.Stage(app, "Dev"), cdk.Stage(app, "Prod")
        dev.node.set_context(DELETION_CONTEXT_KEY, True)
        stacks = [cdk.Stack(stage, "Images") for stage in (dev, prod)]
        for stack in stacks:
            ImageRepository(stack, "Api", removal_policy=DESTROY)
        assert [repository_in(stack)["DeletionPolicy"] for stack in stacks] == [
            "Delete",
            "RetainExceptOnCreate",
        ]

    def test_a_construct_path_with_its_stage(self) -> None:
        app = cdk.App(context={DELETION_CONTEXT_KEY: ["Dev/*"]})
        stack = cdk.Stack(cdk.Stage(app, "Dev"), "Images")
        ImageRepository(stack, "Api", removal_policy=DESTROY)
        assert repository_in(stack)["DeletionPolicy"] == "Delete"

    def test_the_second_key_alone_does_nothing(self) -> None:
        stack = new_stack(ALLOWED)
        ImageRepository(stack, "Api")
        assert repository_in(stack)["DeletionPolicy"] == "RetainExceptOnCreate"


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("policy", "rendered"),
        [
            (cdk.RemovalPolicy.RETAIN, "Retain"),
            (cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, "RetainExceptOnCreate"),
        ],
    )
    def test_to_keep_it(self, policy: cdk.RemovalPolicy, rendered: str) -> None:
        said, applied = new_stack(), new_stack()
        ImageRepository(said, "Api", removal_policy=policy)
        ImageRepository(applied, "Api").apply_removal_policy(policy)
        assert repository_in(said)["DeletionPolicy"] == rendered
        assert repository_in(applied)["DeletionPolicy"] == rendered
        assert warnings_in(said) == warnings_in(applied) == []

    def test_images_that_are_not_deleted(self) -> None:
        stack = new_stack()
        ImageRepository(stack, "Api", empty_on_delete=False)
        assert repository_in(stack)["Properties"]["EmptyOnDelete"] is False

    def test_there_is_no_snapshot(self) -> None:
        repository = ImageRepository(new_stack(), "Api")
        with pytest.raises(InvalidValueError, match="no snapshots"):
            repository.apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)


@jsii.implements(cdk.IPropertyInjector)
class _DestroyEverything:
    def __init__(self, **defaults: Any) -> None:
        self._defaults = defaults

    @property
    def construct_unique_id(self) -> str:
        return str(ecr.Repository.PROPERTY_INJECTION_ID)

    def inject(self, original_props: Any, *, scope: Any = None, id: Any = None) -> Any:
        return {"removalPolicy": "destroy", **self._defaults, **original_props}


class TestPropertyInjector:
    @pytest.mark.parametrize("defaults", [{}, {"emptyOnDelete": True}, {"autoDeleteImages": True}])
    def test_its_first_key_is_not_enough(self, defaults: dict[str, bool]) -> None:
        stack = cdk.Stack(cdk.App(property_injectors=[_DestroyEverything(**defaults)]), "Images")
        ImageRepository(stack, "Api")
        assert_kept(stack)
        assert "Tags" not in repository_in(stack)["Properties"]
        Template.from_stack(stack).resource_count_is("Custom::ECRAutoDeleteImages", 0)

    def test_it_counts_as_the_first_key(self) -> None:
        app = cdk.App(property_injectors=[_DestroyEverything(emptyOnDelete=True)], context=ALLOWED)
        stack = cdk.Stack(app, "Images")
        ImageRepository(stack, "Api")
        assert repository_in(stack)["DeletionPolicy"] == "Delete"
        assert repository_in(stack)["Properties"]["EmptyOnDelete"] is True


class TestContextValue:
    @pytest.mark.parametrize("value", [None, False, "false", "", [], ["x"], "x,y"])
    def test_what_does_not_allow(self, value: object) -> None:
        assert not allows_deletion(value, repository_name="dev/api", construct_path="Images/Api")

    @pytest.mark.parametrize("value", [1, {"dev": True}, [True], [["dev/*"]], ["*", 3]])
    def test_what_says_nothing(self, value: object) -> None:
        with pytest.raises(InvalidValueError, match="does not say which repositories"):
            allows_deletion(value, repository_name="dev/api", construct_path="Images/Api")

    @given(names=st.lists(st.from_regex(r"[a-z]{2,8}(/[a-z]{2,8})?", fullmatch=True), max_size=5))
    def test_a_list_of_names_allows_exactly_these(self, names: list[str]) -> None:
        for name in [*names, "never/named-so"]:
            allowed = allows_deletion(names, repository_name=name, construct_path="Images/Api")
            assert allowed is (name in names)
