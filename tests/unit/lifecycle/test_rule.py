from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.rule import (
    ActionType,
    CountType,
    CountUnit,
    LifecycleRule,
    StorageClass,
    TagStatus,
    TargetStorageClass,
)


def rule(**changed: Any) -> LifecycleRule:
    fields: dict[str, Any] = {
        "priority": 1,
        "tag_status": "tagged",
        "tag_patterns": ["v*"],
        "count_type": "imageCountMoreThan",
        "count_number": 5,
        "action": "expire",
    }
    return LifecycleRule(**(fields | changed))


def test_texts_become_members_and_lists_become_tuples() -> None:
    made = rule(
        action="transition", target_storage_class="archive", storage_class="standard", tag_prefixes=["a"]
    )
    assert made.tag_status is TagStatus.TAGGED
    assert made.count_type is CountType.IMAGE_COUNT_MORE_THAN
    assert made.action is ActionType.TRANSITION
    assert made.target_storage_class is TargetStorageClass.ARCHIVE
    assert made.storage_class is StorageClass.STANDARD
    assert made.tag_patterns == ("v*",)
    assert made.tag_prefixes == ("a",)
    assert hash(made) == hash(rule(**{name: getattr(made, name) for name in made.__slots__}))


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("priority", "1"),
        ("priority", True),
        ("count_number", 1.5),
        ("count_number", None),
        ("tag_status", "Tagged"),
        ("count_type", "sinceForever"),
        ("action", "archive"),
        ("storage_class", "glacier"),
        ("target_storage_class", "standard"),
        ("tag_patterns", "v*"),
        ("tag_prefixes", [1]),
    ],
)
def test_a_wrong_type_or_word_is_refused_by_the_name_of_its_argument(argument: str, value: object) -> None:
    with pytest.raises(InvalidValueError) as refused:
        rule(**{argument: value})
    assert argument in str(refused.value)
    assert refused.value.allowed
    assert refused.value.fix


def test_an_empty_description_is_none() -> None:
    assert rule(description="").description is None
    assert rule(description="x").description == "x"


def test_storage_class_is_standard_unless_it_is_given() -> None:
    assert rule().storage_class is None
    assert rule().effective_storage_class is StorageClass.STANDARD
    assert rule(storage_class="archive").effective_storage_class is StorageClass.ARCHIVE


@pytest.mark.parametrize("count_type", list(CountType))
def test_count_unit_is_days_for_every_clock_and_none_for_a_count(count_type: CountType) -> None:
    expected = None if count_type is CountType.IMAGE_COUNT_MORE_THAN else CountUnit.DAYS
    assert rule(count_type=count_type).count_unit is expected


@pytest.mark.parametrize(
    ("patterns", "tags", "matched"),
    [
        (["v*"], ["v1"], True),
        (["v*"], ["dev1"], False),
        (["v*"], [], False),
        (["*v*"], ["dev1"], True),
        (["alpha*", "beta*"], ["alpha-1"], False),
        (["alpha*", "beta*"], ["alpha-1", "beta-1"], True),
        (["a*", "*b"], ["ab"], True),
    ],
)
def test_every_pattern_must_be_matched_by_some_tag(
    patterns: list[str], tags: list[str], matched: bool
) -> None:
    assert rule(tag_patterns=patterns).matches_tags(tags) is matched


@pytest.mark.parametrize(
    ("prefixes", "tags", "matched"),
    [
        (["v"], ["v1"], True),
        (["v"], ["dev"], False),
        (["v*"], ["v1"], False),
        (["v", "prod"], ["v1"], False),
        (["v", "prod"], ["v1", "production"], True),
    ],
)
def test_every_prefix_must_begin_some_tag(prefixes: list[str], tags: list[str], matched: bool) -> None:
    assert rule(tag_patterns=[], tag_prefixes=prefixes).matches_tags(tags) is matched


def test_untagged_matches_no_tag_and_any_matches_all() -> None:
    untagged = LifecycleRule.expire_untagged(after_days=1)
    assert untagged.matches_tags(()) is True
    assert untagged.matches_tags(("v1",)) is False
    everything = LifecycleRule.expire_pushed(after_days=1)
    assert everything.matches_tags(()) is True
    assert everything.matches_tags(("v1",)) is True


@pytest.mark.parametrize(
    ("count_type", "number", "shield"),
    [
        ("imageCountMoreThan", 999, False),
        ("imageCountMoreThan", 1_000, True),
        ("sinceImagePushed", 3_649, False),
        ("sinceImagePushed", 3_650, True),
    ],
)
def test_a_shield_is_a_rule_whose_condition_is_too_far_away_to_act(
    count_type: str, number: int, shield: bool
) -> None:
    assert rule(count_type=count_type, count_number=number).is_shield is shield


def test_the_shield_of_the_archive_counts_in_the_archive() -> None:
    assert LifecycleRule.shield("x").storage_class is None
    archived = LifecycleRule.shield("x", storage_class=StorageClass.ARCHIVE)
    assert archived.storage_class is StorageClass.ARCHIVE
    assert archived.count_type is CountType.SINCE_IMAGE_TRANSITIONED
    assert archived.is_shield
