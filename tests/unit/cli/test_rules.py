from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from ecr_blueprints.cli.main import main
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review import ruleset
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.ruleset import RULES
from ecr_blueprints.review.verdict import Severity


class GreenRepositoryRule(Rule):
    """A repository is as green as the page of this rule says that it should be, with no exception.

    ## What it does

    Looks at `Green` and at what
    is around it: größe … and words that fill a line until it has to be broken somewhere near the end.

    ## Example

    ```yaml
    Resources:
      Api: {Type: AWS::ECR::Repository}   # größe

      Other: null
    ```

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/a-page-whose-address-is-longer-than-a-line.html
    - Another reference, which is prose and long enough to be continued on a line that is indented.
    """

    id = "ECR950"
    name = "green-repository"
    severity = Severity.NOTE
    practices = ("GREEN-1", "GREEN-2")
    crosswalk = ("CKV_1",)

    def check(self, registry: Registry) -> Iterator[Finding]:
        yield from ()


class UndocumentedRule(GreenRepositoryRule):
    id = "ECR951"
    name = "undocumented"


@pytest.fixture
def green(monkeypatch: pytest.MonkeyPatch) -> None:
    UndocumentedRule.__doc__ = None
    monkeypatch.setattr(ruleset, "RULES", (GreenRepositoryRule, UndocumentedRule))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["rules", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


@pytest.mark.usefixtures("green")
class TestPage:
    def test_is_the_docstring_for_a_terminal(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert printed(capsys, "ECR950") == (
            "ECR950  note  green-repository\n"
            "practices: GREEN-1, GREEN-2\n"
            "same as:   CKV_1\n"
            "\n"
            "A repository is as green as the page of this rule says that it should be, with\n"
            "no exception.\n"
            "\n"
            "WHAT IT DOES\n"
            "\n"
            "Looks at `Green` and at what is around it: größe … and words that fill a line\n"
            "until it has to be broken somewhere near the end.\n"
            "\n"
            "EXAMPLE\n"
            "\n"
            "  Resources:\n"
            "    Api: {Type: AWS::ECR::Repository}   # größe\n"
            "\n"
            "    Other: null\n"
            "\n"
            "REFERENCES\n"
            "\n"
            "- https://docs.aws.amazon.com/AmazonECR/latest/userguide/"
            "a-page-whose-address-is-longer-than-a-line.html\n"
            "- Another reference, which is prose and long enough to be continued on a line\n"
            "  that is indented.\n"
        )

    @pytest.mark.parametrize("wanted", ["ecr950", "green-repository", "Green-Repository", "ECR950[some]"])
    def test_is_found_by_id_and_name_however_written(
        self, wanted: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert printed(capsys, wanted).startswith("ECR950  note  green-repository\n")

    def test_in_ascii_where_that_is_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))

        assert main(["rules", "ECR950"]) == 0

        text = raw.getvalue().decode("ascii")
        assert "gr\\xf6\\xdfe ... and words" in text
        assert "# gr\\xf6\\xdfe\n" in text

    def test_without_a_docstring_it_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "Python runs without docstrings" in printed(capsys, "ECR951")

    @pytest.mark.parametrize(
        ("wanted", "fix"),
        [
            ("ECR9500", "did you mean ECR950 or ECR951?"),
            ("geen-repository", "did you mean green-repository?"),
            ("xyz", "see the list: ecr-blueprints rules"),
        ],
    )
    def test_an_unknown_rule_is_refused_with_the_nearest(
        self, wanted: str, fix: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["rules", wanted]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == f"ecr-blueprints: there is no rule {wanted!r}; fix: {fix}\n"


@pytest.mark.usefixtures("green")
def test_the_list_has_id_severity_name_and_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys).startswith(
        "ECR950  note     green-repository\n"
        "        A repository is as green as the page of this rule says that it should\n"
        "        be, with no exception.\n"
        "ECR951  note     undocumented\n"
    )


def test_every_severity_of_a_rule_is_listed_and_is_on_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ECR303  warning, error  lifecycle-trap\n" in printed(capsys)
    assert printed(capsys, "ECR303").startswith("ECR303  warning, error  lifecycle-trap\n")
    assert printed(capsys, "ECR302").startswith("ECR302  warning  lifecycle-missing\n")


def test_the_library_s_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys).splitlines()

    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [rule.id for rule in RULES]
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_library_s_page_has_every_section_and_fits(
    rule: type[Rule], capsys: pytest.CaptureFixture[str]
) -> None:
    page = printed(capsys, rule.id)

    sections = ["WHAT IT DOES", "WHY IS THIS BAD?", "EXAMPLE", "USE INSTEAD", "KNOWN LIMITS", "REFERENCES"]
    lines = page.splitlines()
    assert [line for line in lines if line in sections] == sections
    assert "```" not in page
    assert [
        line for line in lines if len(line) > 80 and "://" not in line and not line.startswith("  ")
    ] == []
