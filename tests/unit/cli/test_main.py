from __future__ import annotations

from argparse import Namespace

import pytest

from ecr_blueprints._version import __version__
from ecr_blueprints.cli import main as program
from ecr_blueprints.cli import rules
from ecr_blueprints.errors import UnusableInputError


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Namespace) -> int:
        raise error

    monkeypatch.setattr(rules, "_run", run)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--version"]) == 0
    assert capsys.readouterr().out == f"ecr-blueprints {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["review", "--help"], ["rules", "--help"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(arguments) == 0

    captured = capsys.readouterr()
    assert captured.out.startswith("usage: ecr-blueprints")
    assert captured.err == ""


def test_help_of_the_review_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    program.main(["review", "--help"])

    assert "  2  unusable input or usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND; see 'ecr-blueprints --help'"),
        (["revew"], "invalid choice: 'revew'"),
        (["review"], "the following arguments are required: PATH; see 'ecr-blueprints review --help'"),
        (["review", "--format", "sarif", "x"], "invalid choice: 'sarif'"),
        (["review", "--fail-on", "info", "x"], "invalid choice: 'info'"),
        (["review", "--show", "x"], "unrecognized arguments: --show"),
        (["rules", "ECR101", "ECR102"], "unrecognized arguments: ECR102"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(arguments) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("ecr-blueprints: ")
    assert message in captured.err


def test_an_expected_error_says_what_where_and_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(UnusableInputError("is empty", where="t.json", fix="synthesize it again"), monkeypatch)

    assert program.main(["rules"]) == 2
    assert capsys.readouterr().err == "ecr-blueprints: t.json: is empty; fix: synthesize it again\n"


def test_an_unexpected_error_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ECR_BLUEPRINTS_DEBUG", raising=False)
    fail_with(KeyError("Resour\nces\x1b"), monkeypatch)

    assert program.main(["rules"]) == 2

    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "unexpected KeyError: 'Resour\\nces\\x1b'" in captured.err
    assert "please report it" in captured.err
    assert "Traceback" not in captured.err


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECR_BLUEPRINTS_DEBUG", "1")
    fail_with(KeyError("Resources"), monkeypatch)

    assert program.main(["rules"]) == 2
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):\n")


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["ecr-blueprints", "rules"])
    fail_with(KeyboardInterrupt(), monkeypatch)

    assert program.run() == 130
    assert capsys.readouterr() == ("", "")
