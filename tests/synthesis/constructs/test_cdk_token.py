"""Tokens are told from values by looking, exactly as CDK does."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from ecr_blueprints.constructs.cdk_token import has_token, is_token


def test_every_kind_of_token_is_seen(stack: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(stack, "Number", type="Number")
    names = cdk.CfnParameter(stack, "Names", type="CommaDelimitedList")
    for token in (cdk.Aws.ACCOUNT_ID, f"prod/{cdk.Aws.REGION}", parameter.value_as_number):
        assert cdk.Token.is_unresolved(token)
        assert is_token(token)
    assert has_token(names.value_as_list)


@pytest.mark.parametrize("value", ["", "prod/api", "$Token[", -1, 0, 1.5, None, ["a"]])
def test_values_are_none(value: object) -> None:
    assert not is_token(value)


def test_a_token_deep_inside_is_seen() -> None:
    assert has_token({"Statement": [{"Principal": {"AWS": ("x", cdk.Aws.ACCOUNT_ID)}}]})
    assert not has_token({"Statement": [{"Principal": {"AWS": ("x", None, 1)}}]})
    assert has_token([object()])
