"""When a condition holds, and what of a template can be there together."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.conflicts import find_conflicts

STAGE = {"Ref": "Stage"}
IS_PROD = {"Fn::Equals": [STAGE, "prod"]}
CONDITIONS = {
    "IsProd": IS_PROD,
    "IsProdToo": {"Fn::Equals": ["prod", STAGE]},
    "IsNotProd": {"Fn::Not": [IS_PROD]},
    "IsNotNamedProd": {"Fn::Not": [{"Condition": "IsProd"}]},
    "IsDev": {"Fn::Equals": [STAGE, "dev"]},
    "HasKey": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, ""]}]},
    "IsProdWithKey": {"Fn::And": [IS_PROD, {"Condition": "HasKey"}]},
    "IsDevOrHasNoKey": {"Fn::Or": [{"Condition": "IsDev"}, {"Fn::Not": [{"Condition": "HasKey"}]}]},
    "IsHome": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
    "IsAbroad": {"Fn::Not": [{"Condition": "IsHome"}]},
    "IsListed": {"Fn::Equals": [{"Fn::FindInMap": ["Stages", STAGE, "Listed"]}, "yes"]},
    "IsNotListed": {"Fn::Not": [{"Condition": "IsListed"}]},
    "Strange": {"Fn::Contains": [["a"], STAGE]},
    "NotStrange": {"Fn::Not": [{"Condition": "Strange"}]},
    "Never": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsDev"}]},
    "Loop": {"Condition": "Loop"},
}


def policy(condition: str) -> dict[str, Any]:
    return {"Type": "AWS::ECR::RegistryPolicy", "Condition": condition, "Properties": {"PolicyText": {}}}


def template(first: str, second: str, name: str = "t.yaml") -> Template:
    body = {
        "Parameters": {"Stage": {"Type": "String"}, "Key": {"Type": "String"}},
        "Conditions": CONDITIONS,
        "Resources": {"First": policy(first), "Second": policy(second)},
    }
    return Template.of(body, name=name)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IsProd", "IsNotProd"),
        ("IsProdToo", "IsNotNamedProd"),
        ("IsProd", "IsDev"),
        ("IsProdWithKey", "IsDevOrHasNoKey"),
        ("IsHome", "IsAbroad"),
        ("IsListed", "IsNotListed"),
        ("Strange", "NotStrange"),
    ],
)
def test_conditions_that_exclude_each_other_leave_one_owner(first: str, second: str) -> None:
    (registry,) = read_registries([template(first, second)])

    assert len(registry.policies) == 2
    assert list(find_conflicts(registry)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IsProd", "IsProdToo"),
        ("IsProd", "HasKey"),
        ("IsNotProd", "IsDev"),
        ("Strange", "IsProd"),
        ("Loop", "Loop"),
        ("Undeclared", "IsProd"),
    ],
)
def test_conditions_that_may_both_hold_leave_two(first: str, second: str) -> None:
    (registry,) = read_registries([template(first, second)])

    (conflict,) = find_conflicts(registry)
    assert (
        conflict.message == "an account and Region has one registry policy; Second and First both declare it"
    )


def test_what_is_never_there_is_not_read() -> None:
    (registry,) = read_registries([template("Never", "IsProd")])

    assert [one.source.logical_id for one in registry.policies] == ["Second"]


def test_parameters_of_two_templates_are_two_things() -> None:
    first, second = template("IsProd", "IsProd", "a.yaml"), template("IsNotProd", "IsNotProd", "b.yaml")
    stacks = [
        Stack(template=one, account="111122223333", region="eu-west-1", scope=one.name)
        for one in (first, second)
    ]
    (registry,) = read_registries(stacks)

    assert len(list(find_conflicts(registry))) == 3


def test_a_nested_stack_is_there_when_its_parent_creates_it() -> None:
    child = {"Resources": {"Policy": {"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": {}}}}}
    nested = {
        name: Stack.of(Template.of(child, name=f"{name}.yaml")) for name in ("OfProduction", "OfTheRest")
    }
    parent = Template.of(
        {
            "Parameters": {"Stage": {"Type": "String"}},
            "Conditions": CONDITIONS,
            "Resources": {
                "OfProduction": {"Type": "AWS::CloudFormation::Stack", "Condition": "IsProd"},
                "OfTheRest": {"Type": "AWS::CloudFormation::Stack", "Condition": "IsNotProd"},
            },
        },
        name="t.yaml",
    )
    (registry,) = read_registries([Stack(template=parent, scope="t.yaml", nested=nested)])

    assert len(registry.policies) == 2
    assert list(find_conflicts(registry)) == []


def test_a_condition_of_known_values_is_decided() -> None:
    stack = Stack(
        template=template("IsProd", "IsDev"), scope="t.yaml", parameters={"Stage": "prod", "Key": ""}
    )
    resolver = Resolver(stack)

    assert resolver.condition("IsProd") is True
    assert resolver.condition("IsDev") is False
    assert resolver.condition("IsProdWithKey") is False
    assert resolver.condition("IsDevOrHasNoKey") is True
    assert resolver.condition("Strange") is None
