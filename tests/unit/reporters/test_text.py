from __future__ import annotations

import io
from dataclasses import replace

import pytest

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.reporters.terminal_text import display_width
from ecr_blueprints.reporters.text import TextReporter, counts
from ecr_blueprints.review.report import Report
from ecr_blueprints.review.verdict import Verdict


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(report: Report, reporter: TextReporter | None = None) -> str:
    stream = io.StringIO()
    (TextReporter() if reporter is None else reporter).write(report, stream)
    return stream.getvalue()


def test_a_finding_shows_everything_that_it_holds(report: Report) -> None:
    text = written(report)

    assert (
        "  Prod/Payments/PaymentsApi (AWS::ECR::Repository, PaymentsApiC5D7E3A1)\n"
        "\n"
        "    error ECR301[tagSelection] lifecycle-policy-grammar\n"
        "      rule 2 selects tagged images and names neither tagPrefixList nor\n"
        "      tagPatternList, so that CloudFormation refuses the whole template at\n"
        "      deploy\n"
        "      at: LifecyclePolicy.LifecyclePolicyText\n"
        "      witness: the image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/prod/\n"
        "        payments/payments-api:v1.2.3\n"
        "      fix: add tagPatternList, or select untagged images\n"
    ) in text


def test_the_worst_comes_first_and_templates_stay_together(report: Report) -> None:
    lines = written(report).splitlines()

    templates = [line for line in lines if ".template.json" in line and not line.startswith(" ")]
    severities = [line.split()[0] for line in lines if line.startswith(("    error", "    warn", "    note"))]
    assert templates == [
        "cdk.out/assembly-Prod/RegistryApplicationStackPayments1234567890.template.json",
        "cdk.out/Search.template.json",
    ]
    assert severities == ["error", "note", "warning"]


def test_no_line_is_wider_than_80_columns(report: Report) -> None:
    deep = "/".join(["ApplicationStackOfTheTeam"] * 6)
    foreign = replace(
        report.findings[0],
        resource=SourceLocation(
            template=f"cdk.out/{deep}.json", logical_id="x" * 200, property_path=f"A.{deep}"
        ),
        message="容器" * 90,
    )
    reporter = TextReporter(show_open=True)

    lines = written(replace(report, findings=(*report.findings, foreign)), reporter).splitlines()

    assert max(display_width(line) for line in lines) <= 80


def test_an_open_question_is_one_line(report: Report) -> None:
    lines = [line for line in written(report).splitlines() if "open:" in line]

    assert lines == ["open: which repositories are production (2 checks); --show-open lists them"]


def test_show_open_lists_the_checks(report: Report) -> None:
    text = written(report, TextReporter(show_open=True))

    assert (
        "open: which repositories are production (2 checks)\n"
        "  ECR201 mutable-production-tags: Prod/Payments/Worker\n"
        "  ECR201 mutable-production-tags: Indexer in cdk.out/Search.template.json\n"
    ) in text
    assert "--show-open" not in text


def test_the_hint_at_show_open_is_given_once(report: Report) -> None:
    other = replace(report.findings[2], missing="the parameter Name")

    text = written(replace(report, findings=(*report.findings, other)))

    assert text.count("--show-open") == 1
    assert "open: which repositories are production (2 checks)\n" in text
    assert "open: the parameter Name (1 check); --show-open lists them\n" in text


def test_the_last_line_counts(report: Report) -> None:
    assert written(report).endswith(
        "\n\n3 repositories in 1 registry, 2 templates: 1 error, 1 warning, 1 note; 2 open, 1\n  passed\n"
    )


def test_counts_leave_out_severities_without_a_finding(report: Report) -> None:
    only = replace(report, findings=report.findings[:2])

    assert counts(only) == "3 repositories in 1 registry, 2 templates: 1 warning; 1 passed"


def test_nothing_found_says_what_passed(clean_report: Report) -> None:
    assert written(clean_report) == (
        "1 repository in 1 registry, 1 template: no findings; 2 checks of 2 rules passed\n"
    )


def test_nothing_found_is_not_said_of_nothing_looked_at() -> None:
    empty = Report(findings=(), sources=("vpc.json",))

    assert written(empty) == "0 repositories in 0 registries, 1 template: nothing that a rule looks at\n"


def test_only_open_checks_are_no_success(report: Report) -> None:
    only_open = replace(
        report, findings=tuple(one for one in report.findings if one.verdict is Verdict.OPEN), repositories=2
    )

    assert counts(only_open) == (
        "2 repositories in 1 registry, 2 templates: no findings; 0 checks of 0 rules passed, 2 open"
    )


class TestColour:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")

    def on(self, stream: io.StringIO, report: Report) -> bool:
        TextReporter().write(report, stream)
        return "\033[" in stream.getvalue()

    def test_on_a_terminal(self, report: Report) -> None:
        assert self.on(Terminal(), report)

    def test_not_in_a_file(self, report: Report) -> None:
        assert not self.on(io.StringIO(), report)

    def test_not_with_no_color(self, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")

        assert not self.on(Terminal(), report)

    def test_an_empty_no_color_does_not_count(self, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "")

        assert self.on(Terminal(), report)

    def test_not_on_a_dumb_terminal(self, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "dumb")

        assert not self.on(Terminal(), report)

    def test_without_its_colours_the_text_is_the_same(self, report: Report) -> None:
        coloured = written(report, TextReporter(colour=True))
        for code in ("\033[0m", "\033[1m", "\033[31m", "\033[33m", "\033[36m"):
            coloured = coloured.replace(code, "")

        assert coloured == written(report, TextReporter(colour=False))


def test_an_ascii_stream_gets_ascii(report: Report) -> None:
    foreign = replace(report.findings[0], message="das Repository “größe” …")
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    TextReporter().write(replace(report, findings=(foreign,)), stream)
    stream.flush()

    assert 'das Repository "gr\\xf6\\xdfe" ...' in raw.getvalue().decode("ascii")


def test_a_template_cannot_send_control_sequences(report: Report) -> None:
    hostile = replace(report.findings[0], message="\x1b]0;owned\x07 name")

    text = written(replace(report, findings=(hostile,)))

    assert "\x1b" not in text
    assert "\\x1b]0;owned\\x07 name" in text


def test_a_live_resource_is_named_by_its_arn(report: Report) -> None:
    arn = "arn:aws:ecr:eu-west-1:111122223333:repository/prod/api"
    live = replace(report.findings[0], resource=SourceLocation(arn=arn))

    text = written(replace(report, findings=(live,)))

    assert f"  {arn}\n" in text
    assert "None" not in text
