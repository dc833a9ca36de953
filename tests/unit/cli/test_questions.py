from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.cli.questions import (
    NobodyToAskError,
    ask,
    ask_number,
    ask_yes_or_no,
    can_ask,
    read_number,
    read_yes_or_no,
)
from ecr_blueprints.errors import InvalidValueError

Answer = Callable[..., None]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    def give(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return give


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("1,200", 1200),
        ("1 200", 1200),
        ("1'200'000", 1_200_000),
        ("about 40", 40),
        ("~40", 40),
        ("30+", 30),
        ("30 accounts", 30),
        ("Twelve", 12),
        ("one team", 1),
        ("  7  ", 7),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "lots", "1.5", "12k", "-3", "3 or 4", "10-20", "0x10", "1,2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        read_number(text)
    assert refused.value.allowed == "a whole number; roughly is good enough"


@given(st.integers(min_value=0, max_value=10**9))
def test_every_whole_number_is_read_with_and_without_separators(number: int) -> None:
    assert read_number(str(number)) == read_number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("y", True),
        ("Yes.", True),
        ("YEP", True),
        ("sure!", True),
        ("n", False),
        ("No", False),
        ("nope", False),
    ],
)
def test_yes_and_no_are_read_as_people_write_them(text: str, yes: bool) -> None:
    assert read_yes_or_no(text) is yes


@given(st.text(max_size=12))
def test_any_answer_is_read_or_refused(text: str) -> None:
    for read in (read_number, read_yes_or_no):
        with contextlib.suppress(InvalidValueError):
            assert read(text) >= 0


def test_what_is_not_understood_is_asked_again(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    answer("maybe", "y")

    assert ask_yes_or_no("Really?") is True
    assert capsys.readouterr().out == (
        "\nReally? [no]\n  > "  # typed here, and echoed by the terminal
        "  'maybe' is neither; allowed: yes or no\n  > "
    )


def test_an_empty_answer_is_the_default(answer: Answer) -> None:
    answer("")

    assert ask_yes_or_no("Really?") is False


def test_an_empty_answer_without_a_default_is_asked_again(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer("", "3")

    assert ask_number("How many?", check=bool) == 3
    assert "nothing was answered; allowed: a whole number" in capsys.readouterr().out


def test_a_number_that_cannot_be_is_asked_again(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    def check(number: int) -> None:
        if number > 9:
            raise InvalidValueError(f"{number} is too many", allowed="at most 9")

    answer("10", "9")

    assert ask_number("How many?", check=check) == 9
    assert "10 is too many; allowed: at most 9" in capsys.readouterr().out


def test_the_end_of_input_is_no_answer(answer: Answer) -> None:
    answer()

    with pytest.raises(NobodyToAskError, match="standard input ended"):
        ask("Which?", str)


def test_bytes_that_are_no_text_are_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\nyes\n"), encoding="utf-8"))

    with pytest.raises(NobodyToAskError):
        ask("Which?", read_yes_or_no)
    assert "is neither" in capsys.readouterr().out


def test_nobody_can_be_asked_without_a_terminal(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer("y")
    assert not can_ask()
    monkeypatch.setattr("sys.stdin", None)
    assert not can_ask()
