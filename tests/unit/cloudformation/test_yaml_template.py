from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.yaml_template import YamlSyntaxError, parse_yaml


@pytest.mark.parametrize(
    ("text", "long_form"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Ref 'AWS::Region'", {"Ref": "AWS::Region"}),
        ("!Condition C", {"Condition": "C"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.Arn", {"Fn::GetAtt": ["A", "Outputs.Arn"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!Sub '${A}-x'", {"Fn::Sub": "${A}-x"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!Join [',', [a, !Ref B]]", {"Fn::Join": [",", ["a", {"Ref": "B"}]]}),
        ("!Select [0, !Split [',', a]]", {"Fn::Select": [0, {"Fn::Split": [",", "a"]}]}),
        ("!If [C, 1, !Ref 'AWS::NoValue']", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!FindInMap [A, B, C]", {"Fn::FindInMap": ["A", "B", "C"]}),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!ImportValue {'Fn::Sub': x}", {"Fn::ImportValue": {"Fn::Sub": "x"}}),
        ("!Equals [a, b]", {"Fn::Equals": ["a", "b"]}),
        ("!Not [!Condition C]", {"Fn::Not": [{"Condition": "C"}]}),
        ("!And [!Condition C, !Or []]", {"Fn::And": [{"Condition": "C"}, {"Fn::Or": []}]}),
        ("!Base64 x", {"Fn::Base64": "x"}),
        ("!Cidr [a, 1, 2]", {"Fn::Cidr": ["a", 1, 2]}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Transform {Name: N}", {"Fn::Transform": {"Name": "N"}}),
        ("!ToJsonString {a: 1}", {"Fn::ToJsonString": {"a": 1}}),
        ("!Length [a]", {"Fn::Length": ["a"]}),
        ("!Sub 123456789012", {"Fn::Sub": "123456789012"}),
    ],
)
def test_a_short_form_is_its_long_form(text: str, long_form: Any) -> None:
    assert parse_yaml(text) == long_form


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2012-10-17T00:00:00Z", "2012-10-17T00:00:00Z"),
        ("!!timestamp 2012-10-17", "2012-10-17"),
        ("011122223333", 0o11122223333),
        ("012345678901", "012345678901"),
        ("'011122223333'", "011122223333"),
        ("yes", True),
        ("off", False),
        ("1.10", 1.1),
        ("~", None),
    ],
)
def test_scalars_are_read_as_cloudformation_reads_them(text: str, value: Any) -> None:
    assert parse_yaml(f"v: {text}") == {"v": value}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parse_yaml("111122223333: a\non: b\n1.0: c\n") == {"111122223333": "a", "on": "b", "1.0": "c"}


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system [ls]", "!!set {a, b}", "!!omap [a: 1]"])
def test_types_beyond_json_are_refused(text: str) -> None:
    with pytest.raises(YamlSyntaxError) as caught:
        parse_yaml(f"v: {text}")

    assert caught.value.line == 1
