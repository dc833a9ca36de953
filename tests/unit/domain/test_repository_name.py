"""Repository names."""

from __future__ import annotations

import copy
import pickle
import time

import pytest

from ecr_blueprints.domain.repository_name import RepositoryName, is_name_part
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    "name",
    ["ab", "0a", "prod/payments/api", "a-b", "a---b", "a.b", "a_b", "a__b", "1/2", "x" * 256, "a/b/c/d/e"],
)
def test_valid_names(name: str) -> None:
    assert RepositoryName(name) == name


@pytest.mark.parametrize(
    ("name", "rule", "suggestion"),
    [
        ("a", "its length is 1, less than 2", None),
        ("", "its length is 0", None),
        ("x" * 257, "its length is 257, more than 256", None),
        ("Prod/API", "upper-case", "prod/api"),
        ("/prod", "starts or ends with '/'", "prod"),
        ("prod/", "starts or ends with '/'", "prod"),
        ("prod//api", "empty part", "prod/api"),
        ("my repo", "it holds ' '", "my-repo"),
        ("prod:api", "it holds ':'", "prod-api"),
        ("a..b", "'a..b' joins", "a-b"),
        ("a___b", "'a___b' joins", "a-b"),
        ("a-.b", "'a-.b' joins", "a-b"),
        ("prod/-api", "'-api' does not start and end", "prod/api"),
        ("prod/api_", "'api_' does not start and end", "prod/api"),
        ("naïve/app", "it holds 'ï'", "na-ve/app"),
        ("prod/api\n", "it holds '\\n'", "prod/api"),
    ],
)
def test_a_refusal_names_the_rule_and_a_name_that_works(name: str, rule: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidValueError) as raised:
        RepositoryName(name)
    assert rule in raised.value.what
    assert raised.value.where == "repository name"
    assert raised.value.allowed is not None
    assert "2 to 256 characters" in raised.value.allowed
    assert raised.value.fix == (None if suggestion is None else f"write {suggestion!r}")


def test_a_refused_name_is_quoted_in_full_unless_it_is_longer_than_any_name() -> None:
    with pytest.raises(InvalidValueError, match="'Prod/API' is not"):
        RepositoryName("Prod/API")
    with pytest.raises(InvalidValueError) as raised:
        RepositoryName("x" * 5_000_000)
    assert len(raised.value.what) < 200


def test_segments() -> None:
    assert RepositoryName("prod/payments/api").segments == ("prod", "payments", "api")
    assert RepositoryName("api").segments == ("api",)


def test_it_survives_copying_and_pickling_as_itself() -> None:
    name = RepositoryName("prod/api")
    for twin in (copy.deepcopy(name), pickle.loads(pickle.dumps(name))):
        assert type(twin) is RepositoryName
        assert twin == "prod/api"


@pytest.mark.parametrize(
    "text", ["a" * 200 + "!", "a-" * 100 + "!", "-" * 255, "a/" * 120 + "_", "a__" * 80 + "_"]
)
def test_no_text_makes_the_check_slow(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidValueError):
        RepositoryName(text)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    ("text", "expected"), [("api", True), ("a", True), ("a/b", False), ("", False), ("-a", False)]
)
def test_name_part(text: str, expected: bool) -> None:
    assert is_name_part(text) is expected
