from __future__ import annotations

import json

import pytest

from ecr_blueprints.review.rules.scanning.registry_scanning_configuration import (
    RegistryScanningConfigurationRule,
)
from ecr_blueprints.review.verdict import Severity


def rule(frequency: object = "CONTINUOUS_SCAN", *filters: object) -> dict[str, object]:
    return {
        "ScanFrequency": frequency,
        "RepositoryFilters": [{"FilterType": "WILDCARD", "Filter": one} for one in filters],
    }


def template(scan_type: object, *rules: object) -> str:
    properties = {"ScanType": scan_type, "Rules": list(rules)}
    return json.dumps(
        {
            "Parameters": {"Given": {"Type": "String"}},
            "Resources": {
                "Scanning": {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": properties}
            },
        }
    )


@pytest.mark.parametrize(
    "text",
    [
        template("ENHANCED", rule("CONTINUOUS_SCAN", "prod/*", "base/*"), rule("SCAN_ON_PUSH", "*")),
        template("BASIC", rule("SCAN_ON_PUSH", "*")),
        template("ENHANCED", rule("CONTINUOUS_SCAN", *(f"team-{number}/*" for number in range(100)))),
    ],
)
def test_what_ecr_accepts_passes(judge, text):
    judged = judge(RegistryScanningConfigurationRule, text)
    assert judged.passed == {"Scanning"}
    assert judged.failed == {}


@pytest.mark.parametrize(
    ("text", "granular"),
    [
        (template("BASIC", rule("CONTINUOUS_SCAN", "*")), ["frequency"]),
        (template("ENHANCED", rule("MANUAL", "*")), ["frequency"]),
        (template("ENHANCED", rule("DAILY", "*")), ["frequency"]),
        (template("FULL", rule("SCAN_ON_PUSH", "*")), ["scan-type"]),
        (template("ENHANCED", rule("SCAN_ON_PUSH", "a"), rule("SCAN_ON_PUSH", "b")), ["frequency-twice"]),
        (
            template(
                "ENHANCED", rule("SCAN_ON_PUSH", "a"), rule("CONTINUOUS_SCAN", "b"), rule("SCAN_ON_PUSH", "c")
            ),
            ["rules", "frequency-twice"],
        ),
        (template("ENHANCED"), ["rules-empty"]),
        (template("BASIC"), ["rules-empty"]),
        (template("ENHANCED", rule("CONTINUOUS_SCAN")), ["filters-empty"]),
        (
            template("ENHANCED", rule("CONTINUOUS_SCAN", *(f"x{number}" for number in range(101)))),
            ["filters"],
        ),
        (template("ENHANCED", rule("CONTINUOUS_SCAN", "prod/", "Prod*", "ok")), ["filter", "filter"]),
    ],
)
def test_each_mistake_fails_for_itself(judge, text, granular):
    assert judge(RegistryScanningConfigurationRule, text).failed == {"Scanning": granular}


def test_a_filter_of_another_grammar_is_told_how_to_be_spelled(judge):
    judged = judge(RegistryScanningConfigurationRule, template("ENHANCED", rule("CONTINUOUS_SCAN", "prod/")))
    finding = judged.only("Scanning")
    assert "replication filter" in finding.message
    assert finding.fix == "write 'prod/*' for every repository under prod/"


def test_rules_that_cover_nothing_are_a_warning(judge):
    assert (
        judge(RegistryScanningConfigurationRule, template("ENHANCED")).only("Scanning").severity
        is Severity.WARNING
    )


def test_what_deployment_determines_is_open(judge):
    given = {"Ref": "Given"}
    judged = judge(RegistryScanningConfigurationRule, template(given, rule(given, given)))
    assert len(judged.findings) == 3
    assert judged.open == {"Scanning"}
    assert judged.failed == {}
