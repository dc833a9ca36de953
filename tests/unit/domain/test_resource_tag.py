"""Keys and values of tags."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.resource_tag import check_tag_key, check_tag_value
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("text", ["a", "k" * 128, "cost-centre", "Größe 1", "a+b-c=d.e_f:g/h@i", "awsome"])
def test_a_key_that_aws_takes_comes_back(text: str) -> None:
    assert check_tag_key(text) == text


@pytest.mark.parametrize("text", ["", "k" * 129, "aws:x", "AWS:x", "a*", "a\n", "a,b"])
def test_a_key_that_aws_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        check_tag_key(text)


@pytest.mark.parametrize("text", ["", "v" * 256, "aws:x"])
def test_a_value_that_aws_takes_comes_back(text: str) -> None:
    assert check_tag_value(text) == text


@pytest.mark.parametrize("text", ["v" * 257, "a*", "a\tb"])
def test_a_value_that_aws_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        check_tag_value(text)
