"""Policies as a whole: text and model, the evaluator against a naive one, traps and their witnesses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import find_violations, parse_lifecycle_policy, render_lifecycle_policy
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import (
    ActionType,
    CountType,
    LifecycleRule,
    StorageClass,
    TagStatus,
    TargetStorageClass,
)
from ecr_blueprints.lifecycle.trap import TrapKind, find_traps
from ecr_blueprints.lifecycle.violation import SeverityHint

NOW = datetime(2026, 1, 1, tzinfo=UTC)

PATTERN = st.text(alphabet="ab1*", min_size=1, max_size=4).filter(lambda text: text.count("*") <= 4)
TAG = st.text(alphabet="ab1", min_size=1, max_size=4)


@st.composite
def _rule(draw: st.DrawFn, priority: int) -> LifecycleRule:
    status = draw(st.sampled_from((TagStatus.TAGGED, TagStatus.TAGGED, TagStatus.UNTAGGED, TagStatus.ANY)))
    as_prefixes = draw(st.booleans())
    listed = draw(st.lists(TAG if as_prefixes else PATTERN, min_size=1, max_size=3, unique=True))
    count_type = draw(st.sampled_from(CountType))
    archived = count_type is CountType.SINCE_IMAGE_TRANSITIONED
    if archived:
        action = ActionType.EXPIRE
    elif count_type is CountType.SINCE_IMAGE_PULLED:
        action = ActionType.TRANSITION
    else:
        action = draw(st.sampled_from(ActionType))
    tagged = status is TagStatus.TAGGED
    return LifecycleRule(
        priority=priority,
        description=draw(st.none() | st.text(max_size=10)),
        tag_status=status,
        tag_patterns=tuple(listed) if tagged and not as_prefixes else (),
        tag_prefixes=tuple(listed) if tagged and as_prefixes else (),
        storage_class=StorageClass.ARCHIVE
        if archived
        else draw(st.sampled_from((None, StorageClass.STANDARD))),
        count_type=count_type,
        count_number=draw(st.integers(90, 120) if archived else st.integers(1, 8)),
        action=action,
        target_storage_class=TargetStorageClass.ARCHIVE if action is ActionType.TRANSITION else None,
    )


@st.composite
def policies(draw: st.DrawFn) -> LifecyclePolicy:
    """Valid policies: rules that ECR would not take beside the others are left out, `any` goes last."""
    rules = [draw(_rule(priority)) for priority in range(1, draw(st.integers(1, 6)) + 1)]
    rules.sort(key=lambda rule: rule.tag_status is TagStatus.ANY)
    kept: list[LifecycleRule] = []
    for rule in rules:
        try:
            kept = list(LifecyclePolicy.in_order([*kept, rule]).rules)
        except LifecyclePolicyError:
            continue
    gap = draw(st.integers(1, 3))
    written = draw(st.permutations([replace(rule, priority=rule.priority * gap) for rule in kept]))
    return LifecyclePolicy(tuple(written))


@st.composite
def inventories(draw: st.DrawFn) -> list[InventoryImage]:
    number = draw(st.integers(0, 12))
    images = []
    for position in range(number):
        days = st.integers(0, 200).map(lambda day: NOW - timedelta(days=day))
        archived = draw(st.booleans())
        images.append(
            InventoryImage(
                digest=str(position),
                tags=tuple(draw(st.lists(TAG, max_size=3, unique=True))),
                pushed_at=draw(days),
                last_recorded_pull_time=draw(st.none() | days),
                storage_class=StorageClass.ARCHIVE if archived else StorageClass.STANDARD,
                last_archived_at=draw(days) if archived else draw(st.none() | days),
                last_activated_at=draw(st.none() | days),
                referenced_by=tuple(map(str, draw(st.lists(st.integers(0, 12), max_size=2)))),
            )
        )
    return images


# --- text and model ---------------------------------------------------------------------------------


@given(policy=policies())
def test_parsing_what_was_rendered_gives_the_policy_back(policy: LifecyclePolicy) -> None:
    text = render_lifecycle_policy(policy)
    assert parse_lifecycle_policy(text) == policy
    assert render_lifecycle_policy(parse_lifecycle_policy(text)) == text


def _values(value: object) -> list[object]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(deeper for one in inside for deeper in _values(one))]


@given(policy=policies())
def test_a_rendered_policy_is_valid_and_has_no_empty_member(policy: LifecyclePolicy) -> None:
    text = render_lifecycle_policy(policy)
    assert {one.severity_hint for one in find_violations(text)} <= {SeverityHint.WARNING}
    assert 100 <= len(text) <= 30_720
    assert text.isascii()
    assert not [value for value in _values(json.loads(text)) if value in (None, "", [], {})]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(("tagged", "untagged", "any", "expire", "transition", "archive", "days", *CountType)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    "rules",
                    "rulePriority",
                    "description",
                    "selection",
                    "action",
                    "tagStatus",
                    "tagPatternList",
                    "tagPrefixList",
                    "storageClass",
                    "countType",
                    "countUnit",
                    "countNumber",
                    "type",
                    "targetStorageClass",
                    "else",
                )
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(document=JSON | st.fixed_dictionaries({"rules": st.lists(JSON, max_size=3)}))
def test_any_json_is_judged_and_never_raises(document: object) -> None:
    text = json.dumps(document)
    refused = any(one.severity_hint is SeverityHint.ERROR for one in find_violations(text))
    try:
        parse_lifecycle_policy(text)
    except LifecyclePolicyError:
        assert refused
    else:
        assert not refused


@given(text=st.text(max_size=200))
def test_any_text_is_judged_and_never_raises(text: str) -> None:
    assert find_violations(text)


# --- the evaluator, against one written from AWS's sentences ----------------------------------------


def naive_outcome(
    policy: LifecyclePolicy, images: list[InventoryImage]
) -> dict[str, tuple[int | None, int | None]]:
    """Digest → (rule that matched it first, rule that acts on it), one image and one sentence at a time."""

    def clock(image: InventoryImage, count_type: CountType) -> datetime | None:
        if count_type is CountType.SINCE_IMAGE_TRANSITIONED:
            return image.last_archived_at
        if count_type is CountType.SINCE_IMAGE_PULLED:
            since_restore = [
                moment
                for moment in (image.last_recorded_pull_time,)
                if moment is not None
                and (image.last_activated_at is None or moment >= image.last_activated_at)
            ]
            if since_restore:
                return since_restore[0]
        return image.last_activated_at or image.pushed_at

    def matches(rule: LifecycleRule, image: InventoryImage) -> bool:
        return rule.effective_storage_class is image.storage_class and rule.matches_tags(image.tags)

    def condition(rule: LifecycleRule, image: InventoryImage) -> bool:
        own = clock(image, rule.count_type)
        if own is None:
            return False
        if rule.count_type is not CountType.IMAGE_COUNT_MORE_THAN:
            return (NOW - own) / timedelta(days=1) > rule.count_number
        position = images.index(image)
        newer = 0
        for other_position, other in enumerate(images):
            if matches(rule, other):
                moment = clock(other, rule.count_type)
                assert moment is not None
                newer += moment > own or (moment == own and other_position < position)
        return newer >= rule.count_number

    outcome: dict[str, tuple[int | None, int | None]] = {}
    for image in images:
        rules = sorted(
            (rule for rule in policy.rules if matches(rule, image)), key=lambda rule: rule.priority
        )
        first = rules[0] if rules else None
        acts = first is not None and condition(first, image)
        held = any(
            other.digest in image.referenced_by and other.storage_class is StorageClass.STANDARD
            for other in images
        )
        outcome[image.digest] = (
            None if first is None else first.priority,
            first.priority if first is not None and acts and not held else None,
        )
    return outcome


@given(policy=policies(), images=inventories())
def test_the_evaluator_agrees_with_a_naive_one(policy: LifecyclePolicy, images: list[InventoryImage]) -> None:
    evaluation = evaluate(policy, images, now=NOW)
    assert {
        one.image.digest: (None if one.matched_by is None else one.matched_by.priority, one.rule_priority)
        for one in evaluation.outcomes
    } == naive_outcome(policy, images)


@given(policy=policies(), images=inventories())
def test_the_order_of_writing_the_rules_does_not_matter(
    policy: LifecyclePolicy, images: list[InventoryImage]
) -> None:
    assert evaluate(policy, images, now=NOW).marks == evaluate(policy.canonical, images, now=NOW).marks


# --- traps ------------------------------------------------------------------------------------------


@given(policy=policies())
def test_every_trap_has_a_witness_that_the_evaluator_confirms(policy: LifecyclePolicy) -> None:
    for trap in find_traps(policy):
        rule = policy.rule(trap.rule_priority)
        assert rule is not None
        outcome = evaluate(policy, trap.inventory, now=trap.now).outcome_of(trap.witness.digest)
        assert outcome.rule_priority != rule.priority
        if trap.kind is TrapKind.KEEP_RULE_DOES_NOTHING:
            assert outcome.rule_priority == trap.other_priority
        elif trap.kind is TrapKind.AND_LIST:
            assert not rule.matches_tags(trap.witness.tags)
            one_of_the_list = [
                replace(rule, tag_patterns=(entry,), tag_prefixes=()) for entry in rule.tag_patterns
            ] + [replace(rule, tag_patterns=(), tag_prefixes=(entry,)) for entry in rule.tag_prefixes]
            assert any(one.matches_tags(trap.witness.tags) for one in one_of_the_list)
        else:
            assert rule.matches_tags(trap.witness.tags)
            alone = evaluate(LifecyclePolicy((rule,)), trap.inventory, now=trap.now)
            assert alone.outcome_of(trap.witness.digest).rule_priority == rule.priority


@given(policy=policies(), images=inventories())
def test_a_shadowed_rule_never_acts(policy: LifecyclePolicy, images: list[InventoryImage]) -> None:
    idle = {
        trap.rule_priority
        for trap in find_traps(policy)
        if trap.kind in (TrapKind.SHADOWED, TrapKind.NEVER_REACHED)
    }
    assert not idle.intersection(evaluate(policy, images, now=NOW).marks.values())
