"""A call becomes a command that a shell takes as it is meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_commands import parse_commands

from ecr_blueprints.registry.api_call import ApiCall
from ecr_blueprints.reporters.aws_command import command_lines

HOSTILE = 'it\'s $(touch x) `y` "z" \\ ; & é\nline'


def parsed(call: ApiCall, **more: Any) -> tuple[str, dict[str, Any], dict[str, str]]:
    (command,) = parse_commands("\n".join(command_lines(call, region="eu-west-1", **more)))
    return command.operation, command.parameters, command.options


@pytest.mark.parametrize("value", ["owner", HOSTILE, "--all", "#"])
def test_nothing_is_read_into_a_value(value: str) -> None:
    call = ApiCall(
        operation="TagResource", parameters={"resourceArn": "arn:x", "tags": [{"Key": value, "Value": value}]}
    )

    assert parsed(call) == (
        "TagResource",
        {"resourceArn": "arn:x", "tags": [{"Key": value, "Value": value}]},
        {"region": "eu-west-1"},
    )


@pytest.mark.parametrize("size", [1, 40, 400])
def test_a_document_is_text_whatever_its_size(size: int) -> None:
    document = {"Statement": [{"Sid": f"S{number}", "Note": HOSTILE} for number in range(size)]}
    call = ApiCall(operation="PutRegistryPolicy", parameters={"policyText": document})

    _, parameters, _ = parsed(call, profile="my profile")

    assert json.loads(parameters["policyText"]) == document


def test_a_profile_is_named_in_each_command() -> None:
    call = ApiCall(operation="PutImageTagMutability", parameters={"repositoryName": "a"})

    assert parsed(call, profile="o'reilly")[2] == {"region": "eu-west-1", "profile": "o'reilly"}
