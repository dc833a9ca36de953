from __future__ import annotations

import json

from ecr_blueprints.lifecycle.trap import TrapKind
from ecr_blueprints.review.rules.lifecycle.lifecycle_trap import LifecycleTrapRule
from ecr_blueprints.review.verdict import Severity


def rule(
    priority: int, *tags: str, status: str = "tagged", keep: int | None = None, days: int = 0, **action: str
):
    selection: dict[str, object] = {"tagStatus": status}
    if tags:
        selection["tagPatternList"] = list(tags)
    if keep is not None:
        selection |= {"countType": "imageCountMoreThan", "countNumber": keep}
    else:
        selection |= {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    return {"rulePriority": priority, "selection": selection, "action": action or {"type": "expire"}}


def template(*rules: object) -> str:
    text = json.dumps({"rules": rules})
    return json.dumps(
        {
            "Resources": {
                "Api": {
                    "Type": "AWS::ECR::Repository",
                    "Properties": {"RepositoryName": "api", "LifecyclePolicy": {"LifecyclePolicyText": text}},
                }
            }
        }
    )


def test_a_keep_rule_that_keeps_nothing_is_an_error_with_the_lost_image(judge):
    judged = judge(
        LifecycleTrapRule, template(rule(1, "v*", "release-*", keep=30), rule(2, status="any", days=90))
    )
    finding = judged.only("Api")
    assert finding.granular == "keep-rule-does-nothing"
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("repository 'api': rule 1 ")
    assert finding.witness is not None
    assert finding.witness.startswith("an image tagged ")
    assert finding.witness.endswith(", 91 days old: deleted by rule 2")


def test_a_rule_that_another_leaves_nothing_to_is_a_warning(judge):
    judged = judge(LifecycleTrapRule, template(rule(1, "v*", keep=30), rule(2, "v1*", days=90)))
    finding = judged.only("Api")
    assert (finding.granular, finding.severity) == ("shadowed", Severity.WARNING)
    assert (
        finding.fingerprint
        == judge(LifecycleTrapRule, template(rule(1, "v*", keep=40), rule(2, "v1*", days=90)))
        .only("Api")
        .fingerprint
    )


def test_an_archive_rule_behind_one_that_deletes_is_never_reached(judge):
    archive = rule(2, "v1*", days=180, type="transition", targetStorageClass="archive")
    judged = judge(LifecycleTrapRule, template(rule(1, "v*", days=90), archive))
    assert judged.failed == {"Api": ["never-reached"]}


def test_a_shield_is_no_trap(judge):
    judged = judge(
        LifecycleTrapRule, template(rule(1, "deployed-*", keep=9999), rule(2, status="any", days=90))
    )
    assert judged.passed == {"Api"}
    assert judged.failed == {}


def test_a_policy_that_ecr_refuses_is_left_to_the_grammar(judge):
    judged = judge(LifecycleTrapRule, template(rule(1, "v*", "x*", keep=0), rule(2, status="any", days=90)))
    assert judged.not_applicable == {"Api"}


def test_the_granular_ids_are_the_kinds_of_traps():
    assert set(LifecycleTrapRule.granular) == {kind.value for kind in TrapKind}
