"""Names of buckets."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.bucket_name import check_bucket_name
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("name", ["abc", "al2023-repos-eu-west-1-de612dc2", "a.b-c.d", "1" * 63])
def test_what_a_bucket_can_be_called(name: str) -> None:
    assert check_bucket_name(name) == name


@pytest.mark.parametrize(
    "name", ["ab", "A-bucket", "a" * 64, "a..b", "-abc", "abc-", "a.-b", "abc/*", "*", "abc\n"]
)
def test_what_it_cannot(name: str) -> None:
    with pytest.raises(InvalidValueError, match="not the name of a bucket"):
        check_bucket_name(name)
