"""Templates of other teams: every mistake is found, and nothing that is right is flagged."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.cli.main import main
from ecr_blueprints.review.ruleset import RULES

CORPUS = Path(__file__).parent / "corpus"
ROOT = CORPUS.parents[2]
EXPECTATIONS: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "expectations.toml").read_text("utf-8"))
TEMPLATES = sorted(
    path.relative_to(CORPUS).as_posix()
    for folder in ("right", "wrong")
    for path in (CORPUS / folder).iterdir()
)
WRONG = [name for name in TEMPLATES if name.startswith("wrong/")]
BOOTSTRAP = ROOT / "node_modules" / "aws-cdk" / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml"


def review(path: Path, capsys: pytest.CaptureFixture[str], registry: str | None = None) -> dict[str, Any]:
    contract = [] if registry is None else ["--registry", str(CORPUS / "registries" / registry)]
    code = main(["review", str(path), "--format", "json", "--show-open", "--fail-on", "note", *contract])
    output = capsys.readouterr()
    assert output.err == ""
    report: dict[str, Any] = json.loads(output.out)
    assert code == (1 if report["findings"] else 0)
    return report


def answers(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(f"{one['resource']['logicalId']} {one['granularId']}" for one in findings)


def test_every_template_has_its_expectations() -> None:
    assert sorted(EXPECTATIONS) == TEMPLATES


def test_the_corpus_covers_the_field() -> None:
    wrong = {answer for name in WRONG for answer in EXPECTATIONS[name]["fails"]}
    assert len({answer.rpartition(" ")[2] for answer in wrong}) >= 60
    assert len(TEMPLATES) - len(WRONG) >= 15


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_review_answers_what_is_expected(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = EXPECTATIONS[name]
    report = review(CORPUS / name, capsys, expected.get("registry"))

    open_checks = [finding for question in report["open"] for finding in question["findings"]]
    assert answers(report["findings"]) == sorted(expected.get("fails", []))
    assert answers(open_checks) == sorted(expected.get("open", []))
    assert ("fails" in expected) is name.startswith("wrong/")


@pytest.mark.parametrize("name", WRONG)
def test_a_fingerprint_outlives_a_move_of_the_template(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path / Path(name).name
    shutil.copy(CORPUS / name, moved)

    here, there = (
        [one["fingerprint"] for one in review(path, capsys)["findings"]] for path in (CORPUS / name, moved)
    )
    assert here == there
    assert len(set(here)) == len(here)


def test_no_two_findings_of_one_report_share_a_fingerprint(capsys: pytest.CaptureFixture[str]) -> None:
    findings = review(CORPUS, capsys)["findings"]
    assert len(findings) > 60
    assert len({one["fingerprint"] for one in findings}) == len(findings)


def test_the_rules_say_every_severity_that_they_emit(capsys: pytest.CaptureFixture[str]) -> None:
    declared = {rule.id: {rule.severity, *rule.other_severities} for rule in RULES}
    emitted: dict[str, set[str]] = {}
    for name in TEMPLATES:
        for finding in review(CORPUS / name, capsys, EXPECTATIONS[name].get("registry"))["findings"]:
            emitted.setdefault(finding["ruleId"], set()).add(finding["severity"])

    assert all(said <= declared[rule] for rule, said in emitted.items())
    # A naming convention comes from a contract, the grammar's two warnings from what AWS leaves open: the
    # tests of these rules show them.
    not_in_the_corpus = {rule: said - emitted.get(rule, set()) for rule, said in declared.items()}
    assert {rule: said for rule, said in not_in_the_corpus.items() if said} == {
        "ECR101": {"warning"},
        "ECR301": {"warning"},
    }


@pytest.mark.parametrize("name", WRONG)
def test_a_finding_says_what_where_and_how_to_fix_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for finding in review(CORPUS / name, capsys)["findings"]:
        assert re.fullmatch(r".*[^.]", finding["message"], re.DOTALL)
        assert re.fullmatch(r".*[^.]", finding["fix"], re.DOTALL)
        assert str(CORPUS) not in finding["message"] + str(finding["witness"]) + finding["fix"]
        assert finding["resource"]["template"] == str(CORPUS / name)
        assert finding["resource"]["logicalId"]


@pytest.mark.skipif(not BOOTSTRAP.is_file(), reason="the CDK's command line is not installed")
def test_the_bootstrap_template_of_the_cdk_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    report = review(BOOTSTRAP, capsys)

    assert report["findings"] == []
    assert report["summary"]["repositories"] == 1
    assert [question["missing"] for question in report["open"]] == [
        "the value of condition HasCustomContainerAssetsRepositoryName"
    ]
