from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.dangling_reference import DanglingReference


def dangling(body: dict[str, Any]) -> tuple[DanglingReference, ...]:
    registries = read_registries([Template.of(body, name="t.yaml")])
    return registries[0].dangling_references if registries else ()


def with_value(value: Any, **sections: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Team": {"Type": "String"}},
        "Conditions": {"IsProduction": {"Fn::Equals": [{"Ref": "Team"}, "x"]}},
        "Mappings": {"Accounts": {}},
        "Resources": {"Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": value}}},
        **sections,
    }


@pytest.mark.parametrize(
    ("value", "expression", "target", "nearest"),
    [
        ({"Ref": "Teem"}, "Ref: Teem", "Teem", "Team"),
        ({"Ref": "Xyz"}, "Ref: Xyz", "Xyz", None),
        ({"Fn::GetAtt": ["Ap", "Arn"]}, "Fn::GetAtt: Ap.Arn", "Ap", "Api"),
        ({"Fn::GetAtt": "Ap.Arn"}, "Fn::GetAtt: Ap.Arn", "Ap", "Api"),
        ({"Fn::GetAtt": ["Team", "Arn"]}, "Fn::GetAtt: Team.Arn", "Team", None),
        ({"Fn::Sub": "x-${Teem}"}, "Fn::Sub: ${Teem}", "Teem", "Team"),
        ({"Fn::Sub": ["${A}${Ap.Arn}", {"A": "1"}]}, "Fn::Sub: ${Ap.Arn}", "Ap", "Api"),
        ({"Fn::If": ["IsProd", "a", "b"]}, "Fn::If: IsProd", "IsProd", "IsProduction"),
        ({"Fn::FindInMap": ["Account", "a", "b"]}, "Fn::FindInMap: Account", "Account", "Accounts"),
        ({"Fn::Join": ["", ["a", {"Ref": "Teem"}]]}, "Ref: Teem", "Teem", "Team"),
    ],
)
def test_a_dangling_reference_is_found_with_its_nearest_name(
    value: Any, expression: str, target: str, nearest: str | None
) -> None:
    (found,) = dangling(with_value(value))

    assert (found.expression, found.target, found.nearest) == (expression, target, nearest)
    assert found.source.logical_id == "Api"
    assert found.source.property_path == "RepositoryName"
    assert found.source.resource_type == "AWS::ECR::Repository"


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Team"},
        {"Ref": "AWS::Region"},
        {"Ref": "AWS::NoValue"},
        {"Fn::Sub": "${AWS::Region}${Team}${Api.Arn}${!Nothing}"},
        {"Fn::Sub": ["${A}", {"A": "1"}]},
        {"Fn::GetAtt": ["Api", "Arn"]},
        {"Fn::If": ["IsProduction", "a", "b"]},
        {"Fn::FindInMap": [{"Ref": "Team"}, "a", "b"]},
        {"Ref": "Missing", "Other": 1},
        "Ref: Missing",
    ],
)
def test_a_reference_to_what_is_declared_is_none(value: Any) -> None:
    assert dangling(with_value(value)) == ()


def test_attributes_conditions_and_outputs_refer_too() -> None:
    found = dangling(
        {
            "Conditions": {"A": {"Condition": "B"}, "C": {"Fn::Not": [{"Condition": "D"}]}},
            "Resources": {"R": {"Type": "AWS::ECR::Repository", "DependsOn": ["S", "R"], "Condition": "E"}},
            "Outputs": {"O": {"Value": {"Ref": "P"}, "Condition": "Q"}},
        }
    )

    assert {(one.expression, one.source.property_path) for one in found} == {
        ("Condition: B", "Conditions.A"),
        ("Condition: D", "Conditions.C"),
        ("Condition: E", "Condition"),
        ("DependsOn: S", "DependsOn"),
        ("Ref: P", "Outputs.O.Value"),
        ("Condition: Q", "Outputs.O.Condition"),
    }


@pytest.mark.parametrize(
    "sections",
    [
        {"Transform": "AWS::Serverless-2016-10-31"},
        {"Outputs": {"Fn::Transform": {"Name": "AWS::Include"}}},
        {"Resources": {"Api": {"Type": "T", "Properties": {"Fn::Transform": {}, "A": {"Ref": "Missing"}}}}},
    ],
)
def test_a_template_that_a_macro_rewrites_is_left_alone(sections: dict[str, Any]) -> None:
    assert dangling(with_value({"Ref": "Missing"}, **sections)) == ()


def test_what_a_module_may_hold_is_left_alone() -> None:
    modules = {
        "Mod": {"Type": "Company::Thing::Repo::MODULE"},
        "Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Mod.Name"}}},
        "Web": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "ModName"}}},
    }

    assert dangling({"Resources": modules}) == ()


def test_metadata_of_the_template_is_not_resolved_by_cloudformation() -> None:
    assert dangling(with_value("x", Metadata={"Some": {"Deep": {"Ref": "Nothing"}}})) == ()


def test_a_template_without_anything_of_ecr_is_not_asked() -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Missing"}}}}

    assert dangling({"Resources": topic}) == ()
    assert len(dangling(with_value("api", Outputs={"Uri": {"Value": {"Ref": "Missing"}}}))) == 1
