from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecr_blueprints._version import __version__
from ecr_blueprints.reporters.json_report import JsonReporter
from ecr_blueprints.review.finding import SCHEMA_VERSION
from ecr_blueprints.review.report import Report
from ecr_blueprints.review.verdict import Severity

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
SCHEMA: dict[str, Any] = json.loads((REFERENCE / "finding-schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(report: Report, *, show_open: bool = False) -> dict[str, Any]:
    stream = io.StringIO()
    JsonReporter(show_open=show_open).write(report, stream)
    document: dict[str, Any] = json.loads(stream.getvalue())
    return document


def test_a_finding_holds_every_member(report: Report) -> None:
    document = written(report)

    assert document["findings"][0] == {
        "ruleId": "ECR301",
        "granularId": "ECR301[tagSelection]",
        "name": "lifecycle-policy-grammar",
        "severity": "error",
        "verdict": "fail",
        "message": report.failures[0].message,
        "resource": {
            "logicalId": "PaymentsApiC5D7E3A1",
            "constructPath": "Prod/Payments/PaymentsApi/Resource",
            "template": "cdk.out/assembly-Prod/RegistryApplicationStackPayments1234567890.template.json",
            "property": "LifecyclePolicy.LifecyclePolicyText",
            "type": "AWS::ECR::Repository",
        },
        "witness": report.failures[0].witness,
        "fix": "add tagPatternList, or select untagged images",
        "practices": ["LC-02", "LC-03"],
        "crosswalk": [],
        "fingerprint": report.failures[0].fingerprint,
    }


def test_only_failures_are_findings_worst_first(report: Report) -> None:
    findings = written(report)["findings"]

    assert [finding["verdict"] for finding in findings] == ["fail"] * 3
    assert [finding["severity"] for finding in findings] == ["error", "warning", "note"]


def test_the_document_has_exactly_the_members_of_the_contract(report: Report) -> None:
    document = written(report)

    assert list(document) == ["schemaVersion", "tool", "findings", "open", "summary"]
    assert document["schemaVersion"] == SCHEMA_VERSION
    assert document["tool"] == {"name": "ecr-blueprints", "version": __version__}


def test_open_questions_are_counted(report: Report) -> None:
    assert written(report)["open"] == [{"missing": "which repositories are production", "checks": 2}]


def test_show_open_lists_their_checks(report: Report) -> None:
    (question,) = written(report, show_open=True)["open"]

    assert [(one["verdict"], one["resource"]["logicalId"]) for one in question["findings"]] == [
        ("open", "Worker1F2E3D4C"),
        ("open", "Indexer"),
    ]


def test_the_summary_counts(report: Report) -> None:
    assert written(report)["summary"] == {
        "sources": list(report.sources),
        "registries": ["111122223333/eu-west-1"],
        "repositories": 3,
        "verdicts": {"fail": 3, "open": 2, "pass": 1, "notApplicable": 1},
        "severities": {"error": 1, "warning": 1, "note": 1},
    }


def test_one_finding_is_one_line_of_ascii(report: Report) -> None:
    foreign = replace(report.findings[0], message="größe \ud800")
    stream = io.StringIO()

    JsonReporter().write(replace(report, findings=(*report.findings, foreign)), stream)

    assert stream.getvalue().isascii()
    assert sum('"ruleId"' in line for line in stream.getvalue().splitlines()) == 4
    assert json.loads(stream.getvalue())["findings"][2]["message"] == "größe \ud800"


class TestSchema:
    def test_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("show_open", [False, True])
    def test_holds_of_a_report(self, report: Report, show_open: bool) -> None:
        assert list(VALIDATOR.iter_errors(written(report, show_open=show_open))) == []

    def test_holds_of_an_empty_report(self) -> None:
        assert list(VALIDATOR.iter_errors(written(Report(findings=())))) == []

    def test_is_of_this_version(self) -> None:
        assert SCHEMA["properties"]["schemaVersion"] == {"const": SCHEMA_VERSION}

    def test_knows_every_severity(self) -> None:
        assert set(SCHEMA["$defs"]["finding"]["properties"]["severity"]["enum"]) == set(Severity)

    @pytest.mark.parametrize("part", ["finding", "resource", "openQuestion", "summary"])
    def test_allows_no_member_that_it_does_not_describe(self, part: str) -> None:
        described = SCHEMA["$defs"][part]

        assert described["additionalProperties"] is False
        assert all(member.get("description") for member in described["properties"].values())

    def test_a_member_too_many_is_refused(self, report: Report) -> None:
        document = written(report)
        document["findings"][0]["surprise"] = 1

        assert [error.validator for error in VALIDATOR.iter_errors(document)] == ["additionalProperties"]

    def test_a_member_too_few_is_refused(self, report: Report) -> None:
        document = written(report)
        del document["findings"][0]["fingerprint"]

        assert [error.validator for error in VALIDATOR.iter_errors(document)] == ["required"]

    def test_a_finding_that_did_not_fail_is_refused(self, report: Report) -> None:
        document = written(report, show_open=True)
        document["findings"].append(document["open"][0]["findings"][0])

        assert not VALIDATOR.is_valid(document)

    def test_the_page_describes_every_member(self) -> None:
        page = (REFERENCE / "finding-contract.md").read_text(encoding="utf-8")

        members = {
            member for part in (SCHEMA, *SCHEMA["$defs"].values()) for member in part.get("properties", {})
        }
        assert [member for member in sorted(members) if f"`{member}`" not in page] == []
