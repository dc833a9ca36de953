from __future__ import annotations

import pytest

from ecr_blueprints.errors import InvalidValueError, LifecyclePolicyError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule


def test_a_policy_without_rules_is_refused() -> None:
    with pytest.raises(LifecyclePolicyError, match=r"\[rules\]"):
        LifecyclePolicy(())


def test_every_violation_is_in_the_error_and_names_its_rule() -> None:
    with pytest.raises(LifecyclePolicyError) as refused:
        LifecyclePolicy(
            (
                LifecycleRule.expire_pushed(after_days=1, priority=4),
                LifecycleRule.keep_newest("v*", images=0, priority=5),
            )
        )
    assert "[any-last]" in str(refused.value)
    assert "rule 4 has tagStatus any and comes before rule 5" in str(refused.value)
    assert "[countNumber]" in str(refused.value)
    assert "rule 5 has countNumber 0" in str(refused.value)


def test_a_single_violation_is_the_whole_message() -> None:
    with pytest.raises(LifecyclePolicyError) as refused:
        LifecyclePolicy((LifecycleRule.expire_archived("v*", after_days=89),))
    assert refused.value.what.startswith("[transitioned-90] rule 1 deletes images 89 days after")
    assert refused.value.fix == "write 90 or more"


def test_a_policy_that_renders_too_long_is_refused() -> None:
    rules = [
        LifecycleRule.keep_newest(f"v{n}*", images=1, priority=n, description="x" * 700) for n in range(1, 51)
    ]
    with pytest.raises(LifecyclePolicyError, match=r"\[text-length\].*30,720"):
        LifecyclePolicy(tuple(rules))


def test_in_order_numbers_rules_and_groups_from_one() -> None:
    policy = LifecyclePolicy.in_order(
        [LifecycleRule.shield("a", priority=70), LifecycleRule.shield("b", priority=70)],
        LifecycleRule.expire_untagged(after_days=2, priority=3),
    )
    assert [(rule.priority, rule.tag_patterns) for rule in policy.rules] == [
        (1, ("a",)),
        (2, ("b",)),
        (3, ()),
    ]
    assert policy.rule(3) == policy.rules[2]
    assert policy.rule(4) is None


def test_the_canonical_form_does_not_depend_on_the_order_of_writing() -> None:
    first = LifecycleRule.keep_newest("v*", images=5, priority=1)
    second = LifecycleRule.expire_untagged(after_days=1, priority=2)
    assert LifecyclePolicy((first, second)) != LifecyclePolicy((second, first))
    assert LifecyclePolicy((first, second)).canonical == LifecyclePolicy((second, first)).canonical
    assert LifecyclePolicy((second, first)).in_priority_order == (first, second)


def test_a_list_is_stored_as_a_tuple() -> None:
    policy = LifecyclePolicy([LifecycleRule.expire_untagged(after_days=1)])  # type: ignore[arg-type]
    assert policy.rules == (LifecycleRule.expire_untagged(after_days=1),)
    assert hash(policy) == hash(LifecyclePolicy(policy.rules))


def test_a_set_has_no_order() -> None:
    rules = [LifecycleRule.shield(f"r{number}-*", priority=number) for number in range(1, 20)]
    assert LifecyclePolicy(frozenset(rules)).rules == tuple(rules)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="a set, which has no order"):
        LifecyclePolicy.in_order(set(rules))
