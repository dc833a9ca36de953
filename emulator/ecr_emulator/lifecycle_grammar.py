"""Whether ECR would accept a lifecycle policy text.

Only the grammar and the constraints between rules are checked; policies are
never evaluated. Sources: the ECR user guide, pages
`lifecycle_policy_parameters` and `LifecyclePolicies`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ecr_emulator.errors import EcrError, invalid_parameter

_RULE_MEMBERS = {"rulePriority", "description", "selection", "action"}
_SELECTION_MEMBERS = {
    "tagStatus",
    "tagPatternList",
    "tagPrefixList",
    "storageClass",
    "countType",
    "countUnit",
    "countNumber",
}
_ACTION_MEMBERS = {"type", "targetStorageClass"}
_ACTIONS_OF_COUNT_TYPE = {
    "imageCountMoreThan": {"expire", "transition"},
    "sinceImagePushed": {"expire", "transition"},
    "sinceImagePulled": {"transition"},
    "sinceImageTransitioned": {"expire"},
}


def check_lifecycle_policy(text: str, member: str) -> None:
    """Raise `InvalidParameterException` at `member` for the first thing ECR refuses in the text."""
    problem = next(_policy_problems(text), None)
    if problem is not None:
        raise _refusal(member, problem)


def _refusal(member: str, problem: str) -> EcrError:
    return invalid_parameter(member, f"Lifecycle policy validation failure: {problem}")


def _policy_problems(text: str) -> Iterator[str]:
    try:
        policy = json.loads(text)
    except ValueError as error:
        yield f"the text is not JSON ({error})"
        return
    if not isinstance(policy, dict) or set(policy) != {"rules"} or not isinstance(policy.get("rules"), list):
        yield 'the text must be an object with the one member "rules", a list'
        return
    rules = policy["rules"]
    if not 1 <= len(rules) <= 50:
        yield f"a policy has 1 to 50 rules, this one has {len(rules)}"
    for number, rule in enumerate(rules, 1):
        yield from (f"rule {number}: {problem}" for problem in _rule_problems(rule))
    yield from _cross_rule_problems(rules)


def _rule_problems(rule: Any) -> Iterator[str]:
    yield from _member_problems(rule, _RULE_MEMBERS, {"rulePriority", "selection", "action"}, "rule")
    yield from _member_problems(
        rule["selection"], _SELECTION_MEMBERS, {"tagStatus", "countType", "countNumber"}, "selection"
    )
    yield from _member_problems(rule["action"], _ACTION_MEMBERS, {"type"}, "action")
    if not _is_positive_integer(rule["rulePriority"]):
        yield "rulePriority must be an integer of at least 1"
    if not isinstance(rule.get("description", ""), str):
        yield "description must be a string"
    yield from _tag_problems(rule["selection"])
    yield from _count_problems(rule["selection"], rule["action"])


def _member_problems(value: Any, known: set[str], required: set[str], name: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{name} must be an object"
        return
    for member in sorted(set(value) - known):
        yield f"unknown member '{member}' of {name}"
    for member in sorted(known & set(value)):
        if value[member] is None:
            yield f"member '{member}' of {name} is null"
    for member in sorted(required - set(value)):
        yield f"member '{member}' of {name} is missing"


def _tag_problems(selection: dict[str, Any]) -> Iterator[str]:
    status = selection["tagStatus"]
    lists = [name for name in ("tagPatternList", "tagPrefixList") if name in selection]
    if status not in ("tagged", "untagged", "any"):
        yield f"tagStatus '{status}' is none of tagged, untagged, any"
    elif status == "tagged" and not lists:
        yield "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED."
    elif status != "tagged" and lists:
        yield f"{lists[0]} is only allowed with tagStatus tagged"
    if len(lists) == 2:
        yield "tagPatternList and tagPrefixList exclude each other"
    for name in lists:
        entries = selection[name]
        if not isinstance(entries, list) or not entries:
            yield f"{name} must be a list of at least one string"
        elif not all(isinstance(entry, str) and entry for entry in entries):
            yield f"{name} holds something that is not a string"
        elif name == "tagPatternList" and any(entry.count("*") > 4 for entry in entries):
            yield "a tag pattern may have at most 4 wildcards"


def _count_problems(selection: dict[str, Any], action: dict[str, Any]) -> Iterator[str]:
    count_type, kind = selection["countType"], action["type"]
    allowed = _ACTIONS_OF_COUNT_TYPE.get(count_type) if isinstance(count_type, str) else None
    if allowed is None:
        yield f"countType '{count_type}' is none of {', '.join(_ACTIONS_OF_COUNT_TYPE)}"
        return
    if kind not in ("expire", "transition"):
        yield f"action type '{kind}' is none of expire, transition"
    elif kind not in allowed:
        yield f"countType {count_type} does not go with action {kind}"
    if kind == "transition" and action.get("targetStorageClass") != "archive":
        yield "a transition needs targetStorageClass archive"
    if kind == "expire" and "targetStorageClass" in action:
        yield "targetStorageClass is not allowed with expire"
    if not _is_positive_integer(selection["countNumber"]):
        yield "countNumber must be an integer of at least 1"
    elif count_type == "sinceImageTransitioned" and selection["countNumber"] < 90:
        yield "countNumber must be at least 90 with sinceImageTransitioned"
    if count_type == "imageCountMoreThan":
        if "countUnit" in selection:
            yield "countUnit is not allowed with imageCountMoreThan"
    elif selection.get("countUnit") != "days":
        yield f"countUnit must be days with {count_type}"
    expected = "archive" if count_type == "sinceImageTransitioned" else "standard"
    if selection.get("storageClass", "standard") != expected:
        yield f"storageClass must be {expected} with {count_type}"


def _cross_rule_problems(rules: list[dict[str, Any]]) -> Iterator[str]:
    priorities = [rule["rulePriority"] for rule in rules]
    if len(set(priorities)) != len(priorities):
        yield "rulePriority must be unique"
    for storage_class in ("standard", "archive"):
        selections = [
            rule["selection"]
            for rule in sorted(rules, key=lambda rule: int(rule["rulePriority"]))
            if rule["selection"].get("storageClass", "standard") == storage_class
        ]
        statuses = [selection["tagStatus"] for selection in selections]
        if "any" in statuses[:-1]:
            yield "Rule for tagStatus=ANY must have the lowest priority per storage class"
        if statuses.count("untagged") > 1:
            yield "Only one rule can select Untagged images per storage class"
        tag_lists = [
            tuple(sorted(selection.get("tagPatternList") or selection.get("tagPrefixList") or ()))
            for selection in selections
            if selection["tagStatus"] == "tagged"
        ]
        if len(set(tag_lists)) != len(tag_lists):
            yield "the rules must contain a unique set of prefixes or patterns"


def _is_positive_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
