from __future__ import annotations

import pytest

from ecr_blueprints.cloudformation.partial_text import MAX_TEXT, PartialText, join_text, load_json
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT = Unresolved("Ref: AWS::AccountId", depends_on="AWS::AccountId")


def test_known_parts_are_one_text() -> None:
    assert join_text(["a", "", "b"]) == "ab"
    assert join_text([]) == ""


def test_a_single_unknown_part_stays_what_it_is() -> None:
    assert join_text(["", ACCOUNT]) is ACCOUNT


def test_holes_in_holes_are_flat() -> None:
    inner = join_text(["x-", ACCOUNT])

    assert join_text([inner, "-y"]) == PartialText(
        "x-${AWS::AccountId}-y", "AWS::AccountId", ("x-", ACCOUNT, "-y")
    )


def test_text_without_bounds_is_given_up() -> None:
    assert isinstance(join_text(["a" * MAX_TEXT, "b"]), Unresolved)


def test_json_with_a_hole_in_a_string_is_parsed_around_it() -> None:
    text = join_text(['{"a": ["arn:', ACCOUNT, ':root", 1], "b": "', ACCOUNT, '"}'])

    assert load_json(text) == {
        "a": [PartialText("arn:${AWS::AccountId}:root", "AWS::AccountId", ("arn:", ACCOUNT, ":root")), 1],
        "b": ACCOUNT,
    }


@pytest.mark.parametrize(
    "parts",
    [
        ['{"a": ', ACCOUNT, "}"],
        ['{"', ACCOUNT, '": 1}'],
        ['{"\ue000": "', ACCOUNT, '"}'],
        ["[" * 100_000, ACCOUNT],
    ],
)
def test_json_with_a_hole_elsewhere_is_unresolved(parts: list[str | Unresolved]) -> None:
    assert isinstance(load_json(join_text(parts)), Unresolved)


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_text_that_is_no_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_json(text)


def test_a_value_that_is_wholly_unknown_stays_so() -> None:
    assert load_json(ACCOUNT) is ACCOUNT
