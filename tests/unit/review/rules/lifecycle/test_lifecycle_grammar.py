from __future__ import annotations

import json

import pytest

from ecr_blueprints.lifecycle.violation import CONSTRAINTS
from ecr_blueprints.review.rules.lifecycle.lifecycle_grammar import LifecycleGrammarRule
from ecr_blueprints.review.verdict import Severity, Verdict

GOOD = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 1,
    },
    "action": {"type": "expire"},
}


def template(text: object, template_text: object = None) -> str:
    resources: dict[str, object] = {
        "Api": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"LifecyclePolicy": {"LifecyclePolicyText": text}},
        }
    }
    if template_text is not None:
        resources["Template"] = {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {"Prefix": "prod", "AppliedFor": ["REPLICATION"], "LifecyclePolicy": template_text},
        }
    return json.dumps({"Parameters": {"Text": {"Type": "String"}}, "Resources": resources})


def test_a_good_policy_passes_in_both_places(judge):
    text = json.dumps({"rules": [GOOD]})
    judged = judge(LifecycleGrammarRule, template(text, text))
    assert judged.passed == {"Api", "Template"}
    assert judged.failed == {}


def test_a_violation_is_found_in_both_places(judge):
    text = json.dumps({"rules": [{**GOOD, "action": {"type": "archive"}}]})
    judged = judge(LifecycleGrammarRule, template(text, text))
    assert judged.failed == {"Api": ["action"], "Template": ["action"]}
    assert judged.only("Api").resource.property_path == "LifecyclePolicy.LifecyclePolicyText"
    assert judged.only("Template").resource.property_path == "LifecyclePolicy"
    assert judged.only("Template").message == "creation template 'prod': rule 1: there is no action archive"


def test_every_violation_of_a_policy_has_a_finding_and_a_fingerprint_of_its_own(judge):
    broken = {"rulePriority": 1, "selection": {"tagStatus": "tagged"}, "action": {"type": "delete"}}
    judged = judge(LifecycleGrammarRule, template(json.dumps({"rules": [broken, broken, GOOD]})))
    assert {"action", "countType", "tag-list-required", "duplicate-priority"} <= set(judged.failed["Api"])
    fingerprints = [one.fingerprint for one in judged.findings]
    assert len(set(fingerprints)) == len(fingerprints)


def test_a_fingerprint_outlives_a_rule_before_it(judge):
    broken = {**GOOD, "rulePriority": 7, "action": {"type": "delete"}}
    first = judge(LifecycleGrammarRule, template(json.dumps({"rules": [broken]})))
    second = judge(
        LifecycleGrammarRule, template(json.dumps({"rules": [{**GOOD, "rulePriority": 2}, broken]}))
    )
    (alone,) = [one.fingerprint for one in first.findings if one.granular == "action"]
    assert alone in [one.fingerprint for one in second.findings if one.granular == "action"]


def test_a_doubtful_constraint_is_a_warning(judge):
    twice = {
        **GOOD,
        "selection": {**GOOD["selection"], "tagStatus": "tagged", "tagPatternList": ["v*", "v*"]},
    }
    judged = judge(LifecycleGrammarRule, template(json.dumps({"rules": [twice]})))
    assert judged.only("Api").granular == "tag-list-entry-twice"
    assert judged.only("Api").severity is Severity.WARNING


@pytest.mark.parametrize("text", ["", "nonsense", "[" * 5000, "null", '{"rules": NaN}', "{}"])
def test_what_is_no_policy_fails(judge, text):
    judged = judge(LifecycleGrammarRule, template(text))
    assert set(judged.failed["Api"]) <= {"json", "text-length", "rules"}
    assert {one.severity for one in judged.findings} == {Severity.ERROR}


def test_a_structure_in_place_of_a_text_fails(judge):
    assert judge(LifecycleGrammarRule, template({"rules": [GOOD]})).failed == {"Api": ["json"]}


def test_a_text_that_deployment_determines_is_open(judge):
    judged = judge(LifecycleGrammarRule, template({"Ref": "Text"}))
    assert judged.only("Api", Verdict.OPEN).missing == "the value of parameter Text"


def test_without_a_policy_there_is_nothing_to_judge(judge):
    judged = judge(LifecycleGrammarRule, "Resources: {Api: {Type: AWS::ECR::Repository}}")
    assert judged.not_applicable == {"Api"}


def test_the_granular_ids_are_the_constraints():
    assert set(LifecycleGrammarRule.granular) == set(CONSTRAINTS)
