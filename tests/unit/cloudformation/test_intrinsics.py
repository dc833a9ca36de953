from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ecr_blueprints.cloudformation.intrinsics import Resolver
from ecr_blueprints.cloudformation.partial_text import PartialText, ResourceReference
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.cloudformation.text_functions import NO_VALUE
from ecr_blueprints.registry.unresolved import Unresolved

SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Team": {"Type": "String", "Default": "payments"},
        "Names": {"Type": "CommaDelimitedList"},
    },
    "Mappings": {"M": {"eu-west-1": {"Name": "ireland", "List": ["a", "b"]}}},
    "Conditions": {
        "Yes": {"Fn::Equals": ["a", "a"]},
        "No": {"Fn::Equals": ["a", "b"]},
        "Europe": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
        "ByTeam": {"Fn::Equals": [{"Ref": "Team"}, "payments"]},
        "Neither": {"Fn::Not": [{"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}]},
        "AndUnknown": {"Fn::And": [{"Condition": "ByTeam"}, {"Condition": "No"}]},
        "OrUnknown": {"Fn::Or": [{"Condition": "ByTeam"}, {"Condition": "Yes"}]},
        "Loop": {"Fn::Not": [{"Condition": "Loop"}]},
        "Odd": "text",
    },
    "Resources": {
        "Named": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "team/app"}},
        "ByParameter": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Team"}}},
        "Unnamed": {"Type": "AWS::ECR::Repository"},
        "Copy": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": {"Fn::Sub": "${Named}-copy"}},
        },
        "Self": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Self"}}},
        "Token": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "token"}},
        "Topic": {"Type": "AWS::SNS::Topic"},
    },
}


def resolver(
    *, known: bool = False, parameters: Mapping[str, str] | None = None, region: str | None = None
) -> Resolver:
    return Resolver(
        Stack(
            template=Template.of(SECTIONS, name="t.json"),
            account="111122223333" if known else None,
            region="eu-west-1" if known else region,
            name="registry" if known else None,
            parameters={} if parameters is None else parameters,
        )
    )


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("text", "text"),
        (7, 7),
        (None, None),
        ({"a": [1, {"Ref": "AWS::Region"}]}, {"a": [1, "eu-west-1"]}),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::StackName"}, "registry"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        (["a", {"Ref": "AWS::NoValue"}], ["a"]),
        ({"Fn::Join": ["/", ["a", 1, True]]}, "a/1/true"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": ["-", {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "List"]}]}, "a-b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": [":", "x:y"]}]}, "x"),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::FindInMap": ["M", "eu-west-1", "Name"]}, "ireland"),
        ({"Fn::FindInMap": ["M", "us-east-1", "Name", {"DefaultValue": "none"}]}, "none"),
        ({"Fn::Sub": "${AWS::Region}/${!Literal}/$x"}, "eu-west-1/${Literal}/$x"),
        ({"Fn::Sub": ["${A}-${B}", {"A": 1, "B": {"Ref": "AWS::AccountId"}}]}, "1-111122223333"),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ({"Fn::If": ["Europe", "a", "b"]}, "a"),
        ({"Fn::If": ["Neither", "a", "b"]}, "a"),
        ({"Fn::If": ["AndUnknown", "a", "b"]}, "b"),
        ({"Fn::If": ["OrUnknown", "a", "b"]}, "a"),
        ({"Fn::If": ["ByTeam", {"x": [1]}, {"x": [1]}]}, {"x": [1]}),
        ({"Fn::ToJsonString": {"a": [1, None, True], "b": "ä"}}, '{"a":[1,null,true],"b":"ä"}'),
        ({"Ref": "Named"}, "team/app"),
        ({"Ref": "Copy"}, "team/app-copy"),
        ({"Fn::GetAtt": ["Named", "Arn"]}, "arn:aws:ecr:eu-west-1:111122223333:repository/team/app"),
        ({"Fn::GetAtt": "Named.Arn"}, "arn:aws:ecr:eu-west-1:111122223333:repository/team/app"),
        (
            {"Fn::Sub": "${Named.RepositoryUri}:v1"},
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
        ),
    ],
)
def test_what_is_determined_is_resolved(value: Any, resolved: Any) -> None:
    assert resolver(known=True).resolve(value) == resolved


@pytest.mark.parametrize(
    ("value", "expression", "depends_on"),
    [
        ({"Ref": "AWS::Region"}, "Ref: AWS::Region", "AWS::Region"),
        ({"Ref": "AWS::StackId"}, "Ref: AWS::StackId", "AWS::StackId"),
        ({"Ref": "Team"}, "Ref: Team", "parameter Team"),
        ({"Ref": "Unnamed"}, "Ref: Unnamed", "resource Unnamed"),
        ({"Ref": "ByParameter"}, "Ref: ByParameter", "resource ByParameter"),
        ({"Ref": "Nothing"}, "Ref: Nothing", "resource Nothing"),
        ({"Fn::GetAtt": ["Topic", "TopicArn"]}, "Fn::GetAtt: Topic.TopicArn", "resource Topic"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue: x", "export x"),
        ({"Fn::ImportValue": {"Ref": "Team"}}, "Fn::ImportValue: Ref: Team", "parameter Team"),
        (
            {"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}},
            "Fn::GetStackOutput: s.o",
            "stack output s.o",
        ),
        ({"Fn::Cidr": ["a", 1, 2]}, "Fn::Cidr", "Fn::Cidr"),
        ({"Fn::Base64": "x"}, "Fn::Base64: x", "Fn::Base64"),
        ({"Fn::If": ["ByTeam", "a", "b"]}, "Fn::If: ByTeam", "condition ByTeam"),
        ({"Fn::If": ["Missing", "a", "b"]}, "Fn::If: Missing", "condition Missing"),
        ({"Fn::If": ["Loop", "a", "b"]}, "Fn::If: Loop", "condition Loop"),
        ({"Fn::If": ["Odd", "a", "b"]}, "Fn::If: Odd", "condition Odd"),
        ({"Fn::If": ["ByTeam", "a", {"Ref": "AWS::NoValue"}]}, "Fn::If: ByTeam", "condition ByTeam"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "Name"]}, None, "AWS::Region"),
        ({"Fn::FindInMap": ["M", "x", "Name"]}, "Fn::FindInMap: M.x.Name", "Fn::FindInMap: M.x.Name"),
        ({"Fn::Select": [5, ["a"]]}, "Fn::Select", "an index within the list of Fn::Select"),
        ({"Fn::Select": [0, {"Ref": "Names"}]}, "Fn::Select: Ref: Names", "parameter Names"),
        ({"Fn::Split": ["-", {"Ref": "Team"}]}, "Fn::Split: Ref: Team", "parameter Team"),
        ({"Fn::Transform": {"Name": "M"}}, None, None),
        ({"Fn::Transform": {"Name": "M"}, "a": 1}, "Fn::Transform", None),
        ("{{resolve:ssm:/x}}", "{{resolve:ssm:/x}}", "{{resolve:ssm:/x}}"),
        (
            {
                "Fn::Join": [
                    "",
                    ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"],
                ]
            },
            "arn:aws:iam::${AWS::AccountId}:root",
            "AWS::AccountId",
        ),
        (
            {"Fn::Sub": "${Team}/${Team}-${Unnamed.Arn}"},
            "${Team}/${Team}-${Unnamed.Arn}",
            "parameter Team, resource Unnamed",
        ),
        ({"Fn::Sub": "a-${B.c}"}, "a-${B.c}", "resource B"),
        ({"Ref": ["Team"]}, "Ref", "what Ref names"),
        ({"Fn::GetAtt": ["Named"]}, "Fn::GetAtt", "what Fn::GetAtt names"),
        ({"Fn::Sub": [{"Ref": "Team"}, {}]}, "Fn::Sub", "the text of Fn::Sub"),
        ({"Fn::If": ["Yes", "a"]}, "Fn::If", "a condition and two values for Fn::If"),
        ({"Fn::Join": ["", {"Ref": "Names"}]}, "Fn::Join: Ref: Names", "parameter Names"),
        ({"Fn::Join": ["", "text"]}, "Fn::Join", "a delimiter and a list for Fn::Join"),
        ({"Fn::Join": ["", [{"a": 1}, "b"]]}, "${a value that is no text}b", "a text"),
        ({"Fn::Split": [",", {"a": 1}]}, "Fn::Split: a value that is no text", "a text"),
        ({"Fn::Length": "text"}, "Fn::Length", "a list for Fn::Length"),
        ({"Fn::ToJsonString": {"Ref": "Team"}}, "Fn::ToJsonString: Ref: Team", "parameter Team"),
        ({"Fn::ToJsonString": ["\ue001"]}, None, None),
        ({"Fn::FindInMap": "M"}, "Fn::FindInMap", "a map and two keys for Fn::FindInMap"),
    ],
)
def test_what_deployment_determines_is_unresolved(
    value: Any, expression: str | None, depends_on: str | None
) -> None:
    unresolved = resolver().resolve(value)

    assert isinstance(unresolved, Unresolved)
    assert expression is None or unresolved.expression == expression
    assert depends_on is None or unresolved.depends_on == depends_on


def test_a_default_is_no_value_but_a_passed_parameter_is() -> None:
    assert isinstance(resolver().resolve({"Ref": "Team"}), Unresolved)

    passed = resolver(parameters={"Team": "orders", "Names": "a, b"})
    assert passed.resolve({"Ref": "Team"}) == "orders"
    assert passed.resolve({"Fn::Join": ["+", {"Ref": "Names"}]}) == "a+b"
    assert passed.resolve({"Fn::GetAtt": ["ByParameter", "Arn"]}) == PartialText(
        "arn:aws:ecr:${AWS::Region}:${AWS::AccountId}:repository/orders",
        "AWS::Region, AWS::AccountId",
        (
            "arn:aws:ecr:",
            Unresolved("Ref: AWS::Region", "AWS::Region"),
            ":",
            Unresolved("Ref: AWS::AccountId", "AWS::AccountId"),
            ":repository/orders",
        ),
    )


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        (None, "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_the_partition_follows_from_the_region(region: str | None, partition: str, suffix: str) -> None:
    found = resolver(region=region)

    assert found.resolve({"Ref": "AWS::Partition"}) == partition
    assert found.resolve({"Ref": "AWS::URLSuffix"}) == suffix


def test_a_reference_to_a_secret_leads_to_it() -> None:
    reference = resolver().resolve({"Ref": "Token"})

    assert isinstance(reference, ResourceReference)
    assert reference.resource_type == "AWS::SecretsManager::Secret"
    assert reference.properties == {"Name": "token"}
    assert reference.source.logical_id == "Token"


def test_a_name_in_terms_of_itself_is_unresolved() -> None:
    assert isinstance(resolver().resolve({"Ref": "Self"}), Unresolved)


def test_no_value_alone_is_the_sentinel() -> None:
    assert resolver().resolve({"Ref": "AWS::NoValue"}) is NO_VALUE


def test_holes_survive_a_json_string() -> None:
    text = resolver().resolve({"Fn::ToJsonString": {"p": {"Fn::Sub": "x-${Team}"}, "q": 1}})

    assert isinstance(text, PartialText)
    assert text.expression == '{"p":"x-${Team}","q":1}'


def chained(length: int, *, width: int) -> Resolver:
    resources = {
        f"R{index}": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": {"Fn::Join": ["", [{"Ref": f"R{index - 1}"}] * width]}},
        }
        for index in range(1, length)
    }
    resources["R0"] = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "abcdefghij"}}
    conditions = {f"C{i}": {"Fn::Not": [{"Condition": f"C{i - 1}"}]} for i in range(1, length)}
    conditions["C0"] = {"Fn::Equals": ["a", "a"]}
    return Resolver(Stack(template=Template.of({"Resources": resources, "Conditions": conditions}, name="t")))


def test_a_long_chain_of_names_ends_in_unresolved_and_not_in_an_overflow() -> None:
    chain = chained(490, width=1)

    assert chain.resolve({"Ref": "R3"}) == "abcdefghij"
    assert chain.condition("C3") is False
    assert isinstance(chain.resolve({"Ref": "R489"}), Unresolved)
    assert chain.condition("C489") is None


def test_a_text_that_doubles_with_each_name_is_given_up() -> None:
    chain = chained(9, width=12)

    for index in range(9):
        value = chain.resolve({"Ref": f"R{index}"})
        assert len(json.dumps(value, default=str)) <= 12_000_000
    assert isinstance(chain.resolve({"Ref": "R8"}), Unresolved)
