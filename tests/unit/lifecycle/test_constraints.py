"""Every constraint has a text that breaks it, and the message names the rule and the fix."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.constraints import violations_of
from ecr_blueprints.lifecycle.document import find_violations, parse_lifecycle_policy
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import CONSTRAINTS, SeverityHint

Document = dict[str, Any]


def selection(**members: Any) -> Document:
    """A selection without the members that are given as ``...``."""
    return {name: value for name, value in members.items() if value is not ...}


def tagged(*patterns: str) -> Document:
    return {
        "tagStatus": "tagged",
        "tagPatternList": list(patterns),
        "countType": "imageCountMoreThan",
        "countNumber": 5,
    }


def rule(priority: Any = 1, select: Any = None, action: Any = None, **members: Any) -> Document:
    return {
        "rulePriority": priority,
        "selection": tagged("v*") if select is None else select,
        "action": {"type": "expire"} if action is None else action,
    } | members


TRANSITION = {"type": "transition", "targetStorageClass": "archive"}
DAYS = {"countUnit": "days"}


def text(*rules: Any) -> str:
    return json.dumps({"rules": list(rules)})


def selecting(**members: Any) -> str:
    """One rule on ``v*`` with members of its selection changed; ``...`` removes one."""
    chosen: Document = {
        "tagStatus": "tagged",
        "tagPatternList": ["v*"],
        "countType": "imageCountMoreThan",
        "countNumber": 5,
    } | members
    return text(rule(select=selection(**chosen)))


ARCHIVED = {
    "storageClass": "archive",
    "countType": "sinceImageTransitioned",
    "countUnit": "days",
    "countNumber": 90,
}
UNTAGGED = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}
ANY = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5}

BROKEN: list[tuple[str, str, str]] = [
    # constraint, path, text
    ("json", "", "{" * 120),
    ("json", "", json.dumps(["x" * 120])),
    ("text-length", "", text(rule(description="x" * 30_720))),
    ("unknown-member", "rules[0].rulepriority", text(rule() | {"rulepriority": 1})),
    ("unknown-member", "Version", json.dumps({"Version": "2012-10-17", "rules": [rule()]})),
    ("unknown-member", "rules[0].selection.tagList", selecting(tagList=["v*"])),
    ("unknown-member", "rules[0].action.target", text(rule(action={"type": "expire", "target": "archive"}))),
    (
        "duplicate-member",
        "rules[0].rulePriority",
        text(rule()).replace('{"rulePriority"', '{"rulePriority":1,"rulePriority"'),
    ),
    (
        "null-member",
        "rules[0].action.targetStorageClass",
        text(rule(action={"type": "expire", "targetStorageClass": None})),
    ),
    ("null-member", "rules[0].selection.countUnit", selecting(countType="sinceImagePushed", countUnit=None)),
    ("null-member", "rules[0].description", text(rule(description=None))),
    ("rules", "rules", json.dumps({"rules": []}) + " " * 100),
    ("rules", "rules", json.dumps({"rules": {"a": "x" * 100}})),
    ("rules", "rules", json.dumps({}) + " " * 100),
    ("rules", "rules[1]", text(rule(), "a rule")),
    ("rules", "rules", text(*(rule(number, tagged(f"v{number}*")) for number in range(1, 52)))),
    ("rulePriority", "rules[0].rulePriority", text(rule(0))),
    ("rulePriority", "rules[0].rulePriority", text(rule("1"))),
    ("rulePriority", "rules[0].rulePriority", text(rule(1.5))),
    ("rulePriority", "rules[0].rulePriority", text(rule(True))),
    ("rulePriority", "rules[0].rulePriority", text(rule(2**31))),
    ("description", "rules[0].description", text(rule(description=["x"]))),
    (
        "selection",
        "rules[0].selection",
        text({"rulePriority": 1, "action": {"type": "expire"}, "description": "x" * 50}),
    ),
    ("selection", "rules[0].selection", text(rule(select=["x" * 60]))),
    ("tagStatus", "rules[0].selection.tagStatus", selecting(tagStatus="TAGGED")),
    ("tagStatus", "rules[0].selection.tagStatus", selecting(tagStatus=...)),
    ("countType", "rules[0].selection.countType", selecting(countType="sinceImageCreated")),
    ("countType", "rules[0].selection.countType", selecting(countType=1)),
    ("countUnit", "rules[0].selection.countUnit", selecting(countType="sinceImagePushed")),
    ("countUnit", "rules[0].selection.countUnit", selecting(countUnit="days")),
    ("countUnit", "rules[0].selection.countUnit", selecting(countType="sinceImagePushed", countUnit="weeks")),
    ("countNumber", "rules[0].selection.countNumber", selecting(countNumber=0)),
    ("countNumber", "rules[0].selection.countNumber", selecting(countNumber="5")),
    ("countNumber", "rules[0].selection.countNumber", selecting(countNumber=...)),
    ("storageClass", "rules[0].selection.storageClass", selecting(storageClass="archive")),
    ("storageClass", "rules[0].selection.storageClass", selecting(**(ARCHIVED | {"storageClass": ...}))),
    (
        "storageClass",
        "rules[0].selection.storageClass",
        selecting(**(ARCHIVED | {"storageClass": "standard"})),
    ),
    ("storageClass", "rules[0].selection.storageClass", selecting(storageClass="glacier")),
    (
        "action",
        "rules[0].action",
        text({"rulePriority": 1, "selection": tagged("v*"), "description": "x" * 50}),
    ),
    ("action", "rules[0].action.type", text(rule(action={"type": "archive"}))),
    ("action", "rules[0].action.type", text(rule(action={"type": "delete"}))),
    ("action", "rules[0].action.type", text(rule(action={}))),
    ("targetStorageClass", "rules[0].action.targetStorageClass", text(rule(action={"type": "transition"}))),
    (
        "targetStorageClass",
        "rules[0].action.targetStorageClass",
        text(rule(action={"type": "expire", "targetStorageClass": "archive"})),
    ),
    (
        "targetStorageClass",
        "rules[0].action.targetStorageClass",
        text(rule(action={"type": "transition", "targetStorageClass": "standard"})),
    ),
    ("pulled-expire", "rules[0].action.type", selecting(countType="sinceImagePulled", **DAYS)),
    (
        "transitioned-transition",
        "rules[0].action.type",
        text(rule(select=tagged("v*") | ARCHIVED, action=TRANSITION)),
    ),
    ("transitioned-90", "rules[0].selection.countNumber", selecting(**(ARCHIVED | {"countNumber": 89}))),
    ("tag-list-required", "rules[0].selection", selecting(tagPatternList=...)),
    ("tag-list-required", "rules[0].selection.tagPatternList", selecting(tagPatternList=[])),
    ("tag-list-forbidden", "rules[0].selection.tagPatternList", selecting(tagStatus="any")),
    (
        "tag-list-forbidden",
        "rules[0].selection.tagPatternList",
        selecting(tagStatus="untagged", tagPatternList=[]),
    ),
    ("tag-list-both", "rules[0].selection.tagPrefixList", selecting(tagPrefixList=["v"])),
    ("tag-list-entry", "rules[0].selection.tagPatternList[0]", selecting(tagPatternList=["a*b*c*d*e*f"])),
    ("tag-list-entry", "rules[0].selection.tagPatternList[1]", selecting(tagPatternList=["a", ""])),
    ("tag-list-entry", "rules[0].selection.tagPatternList[1]", selecting(tagPatternList=["a", 1])),
    ("tag-list-entry", "rules[0].selection.tagPatternList", selecting(tagPatternList="v*")),
    (
        "tag-list-entry",
        "rules[0].selection.tagPrefixList[0]",
        selecting(tagPatternList=..., tagPrefixList=[""]),
    ),
    ("tag-list-entry-twice", "rules[0].selection.tagPatternList[1]", selecting(tagPatternList=["v*", "v*"])),
    ("tag-list-no-tag", "rules[0].selection.tagPatternList[0]", selecting(tagPatternList=["prod/*"])),
    ("tag-list-no-tag", "rules[0].selection.tagPatternList[0]", selecting(tagPatternList=["-rc*"])),
    ("tag-list-no-tag", "rules[0].selection.tagPatternList[0]", selecting(tagPatternList=["x" * 129])),
    (
        "tag-list-no-tag",
        "rules[0].selection.tagPrefixList[0]",
        selecting(tagPatternList=..., tagPrefixList=["v*"]),
    ),
    ("duplicate-priority", "rules[1].rulePriority", text(rule(1), rule(1, tagged("w*")))),
    ("any-last", "rules[0].rulePriority", text(rule(1, ANY), rule(2))),
    ("any-last", "rules[0].rulePriority", text(rule(1, ANY), rule(2, ANY))),
    (
        "untagged-once",
        "rules[1].selection.tagStatus",
        text(rule(1, UNTAGGED), rule(2, UNTAGGED | {"countNumber": 6})),
    ),
    ("tag-list-duplicate", "rules[1].selection.tagPatternList", text(rule(1), rule(2))),
    (
        "tag-list-duplicate",
        "rules[1].selection.tagPatternList",
        text(rule(1, tagged("a", "b")), rule(2, tagged("b", "a"))),
    ),
    (
        "tag-list-shared",
        "rules[1].selection.tagPatternList",
        text(rule(1, tagged("a", "b")), rule(2, tagged("b", "c"))),
    ),
]


@pytest.mark.parametrize(
    ("constraint", "path", "broken"), BROKEN, ids=[f"{c}-{i}" for i, (c, _, _) in enumerate(BROKEN)]
)
def test_one_broken_constraint_is_found_alone_with_its_place_and_a_fix(
    constraint: str, path: str, broken: str
) -> None:
    violations = find_violations(broken)
    assert [(one.constraint, one.path) for one in violations] == [(constraint, path)]
    violation = violations[0]
    assert violation.message
    assert violation.fix
    if violation.rule_index is not None:
        assert "rule" in violation.message


def test_every_constraint_of_the_table_is_broken_above() -> None:
    assert {constraint for constraint, _, _ in BROKEN} == set(CONSTRAINTS)


@pytest.mark.parametrize(("constraint", "path", "broken"), BROKEN)
def test_errors_refuse_the_text_and_warnings_do_not(constraint: str, path: str, broken: str) -> None:
    if CONSTRAINTS[constraint].severity_hint is SeverityHint.WARNING:
        assert parse_lifecycle_policy(broken).rules
    else:
        with pytest.raises(LifecyclePolicyError, match=rf"\[{constraint}\]"):
            parse_lifecycle_policy(broken)


def test_the_classes_have_rules_of_their_own() -> None:
    archived = {"tagStatus": "any"} | ARCHIVED
    of_each = [
        rule(1, ANY | {"countType": "sinceImagePushed", "countUnit": "days"}, TRANSITION),
        rule(2, archived),
    ]
    assert find_violations(text(*of_each)) == ()
    same_list = [rule(1, tagged("v*"), TRANSITION), rule(2, tagged("v*") | ARCHIVED)]
    assert find_violations(text(*same_list)) == ()
    both_untagged = [rule(1, UNTAGGED), rule(2, {"tagStatus": "untagged"} | ARCHIVED)]
    assert find_violations(text(*both_untagged)) == ()


def test_a_prefix_list_and_a_pattern_list_are_different_lists() -> None:
    prefixes = {
        "tagStatus": "tagged",
        "tagPrefixList": ["v"],
        "countType": "imageCountMoreThan",
        "countNumber": 5,
    }
    assert find_violations(text(rule(1, tagged("v")), rule(2, prefixes))) == ()


def test_all_violations_are_reported_together() -> None:
    broken = text(
        rule(1, ANY | {"countNumber": 0}),
        rule(1, tagged("a*") | {"countUnit": "days"}, {"type": "archive"}),
        rule(3, UNTAGGED, {"type": "transition"}),
    )
    assert [one.constraint for one in find_violations(broken)] == [
        "action",
        "countNumber",
        "countUnit",
        "targetStorageClass",
        "duplicate-priority",
        "any-last",
    ]


def test_what_is_broken_in_one_member_does_not_hide_the_others() -> None:
    broken = rule("first", tagged("v*") | {"countType": "sinceImagePulled"})
    later = copy.deepcopy(rule(1)) | {"selection": tagged("v*")}
    found = {one.constraint for one in find_violations(text(broken, later))}
    assert found == {"rulePriority", "countUnit", "pulled-expire", "tag-list-duplicate"}


def test_typed_rules_are_judged_by_the_same_constraints() -> None:
    rules = [
        LifecycleRule.expire_pushed(after_days=0, priority=1),
        LifecycleRule.keep_newest("v*", images=5, priority=1),
        LifecycleRule.expire_archived("v*", after_days=30, priority=3),
    ]
    assert [one.constraint for one in violations_of(rules)] == [
        "countNumber",
        "transitioned-90",
        "duplicate-priority",
    ]
    assert [one.rule_priority for one in violations_of(rules)] == [1, 3, 1]


def test_the_message_names_the_rule_by_priority_or_by_position() -> None:
    by_priority = find_violations(text(rule(7, tagged("v*") | {"countNumber": 0})))
    assert by_priority[0].message.startswith("rule 7 ")
    assert by_priority[0].rule_priority == 7
    by_position = find_violations(text(rule(1), rule("x", tagged("w*"))))
    assert by_position[0].message.startswith("the 2nd rule")
    assert by_position[0].rule_index == 1
    assert by_position[0].rule_priority is None
