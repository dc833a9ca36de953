from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.lifecycle.rule import CountType, LifecycleRule, StorageClass
from ecr_blueprints.lifecycle.trap import Trap, TrapKind, find_traps

Rule = LifecycleRule
in_order = LifecyclePolicy.in_order


def all_of(rule: LifecycleRule, *patterns: str) -> LifecycleRule:
    return replace(rule, tag_patterns=patterns)


def prefixes(rule: LifecycleRule, *listed: str) -> LifecycleRule:
    return replace(rule, tag_patterns=(), tag_prefixes=listed)


def only(policy: LifecyclePolicy) -> Trap:
    traps = find_traps(policy)
    assert len(traps) == 1
    return traps[0]


def test_the_preset_that_lost_production_images() -> None:
    """A keep rule over ``["v", "release", "prod"]``, then a rule that deletes everything after 90 days."""
    policy = in_order(
        Rule.expire_untagged(after_days=1),
        prefixes(Rule.keep_newest("x", images=100), "v", "release", "prod"),
        Rule.expire_pushed(after_days=90),
    )
    trap = only(policy)
    assert trap.kind is TrapKind.KEEP_RULE_DOES_NOTHING
    assert (trap.rule_priority, trap.other_priority) == (2, 3)
    assert trap.witness.tags == ("v1",)
    outcome = evaluate(policy, trap.inventory, now=trap.now).outcome_of(trap.witness.digest)
    assert outcome.rule_priority == 3
    assert "an image tagged v1 is deleted by rule 3" in trap.message
    assert "write 3 rules" in trap.fix


def test_one_rule_for_each_prefix_is_no_trap() -> None:
    policy = in_order(
        *(prefixes(Rule.keep_newest("x", images=100), one) for one in ("v", "release", "prod")),
        Rule.expire_pushed(after_days=90),
    )
    assert find_traps(policy) == ()


def test_a_keep_rule_of_a_list_that_a_count_empties() -> None:
    policy = in_order(all_of(Rule.keep_newest("x", images=9), "v*", "w*"), Rule.keep_newest(images=3))
    trap = only(policy)
    assert trap.kind is TrapKind.KEEP_RULE_DOES_NOTHING
    assert len(trap.inventory) == 4
    assert evaluate(policy, trap.inventory, now=trap.now).marks == {trap.witness.digest: 2}


def test_a_shield_of_a_list_protects_nothing_of_one_tag() -> None:
    policy = in_order(all_of(Rule.shield("x"), "deployed-*", "v*"), Rule.expire_pushed(after_days=30))
    assert only(policy).kind is TrapKind.KEEP_RULE_DOES_NOTHING


def test_a_list_that_misses_images_without_losing_any() -> None:
    policy = in_order(all_of(Rule.expire_pushed("x", after_days=90), "release-*", "v*"))
    trap = only(policy)
    assert trap.kind is TrapKind.AND_LIST
    assert trap.other_priority is None
    assert evaluate(policy, trap.inventory, now=trap.now).marks == {}
    as_meant = in_order(
        Rule.expire_pushed("release-*", after_days=90), Rule.expire_pushed("v*", after_days=90)
    )
    assert evaluate(as_meant, trap.inventory, now=trap.now).marks == {trap.witness.digest: 1}


def test_a_cleanup_list_before_a_slower_cleanup_of_everything_loses_nothing() -> None:
    policy = in_order(
        all_of(Rule.expire_pushed("x", after_days=7), "pr-*", "tmp-*"), Rule.expire_pushed(after_days=90)
    )
    assert only(policy).kind is TrapKind.AND_LIST


def test_a_list_of_exact_tags_is_one_too() -> None:
    trap = only(in_order(all_of(Rule.keep_newest("x", images=5), "latest", "stable")))
    assert trap.kind is TrapKind.AND_LIST
    assert trap.witness.tags == ("latest",)


@pytest.mark.parametrize("patterns", [("v*", "v1*"), ("v1*", "v*", "*1*"), ("*",), ("v1", "v*")])
def test_a_list_that_one_entry_implies_is_no_trap(patterns: tuple[str, ...]) -> None:
    assert find_traps(in_order(all_of(Rule.keep_newest("x", images=5), *patterns))) == ()


def test_a_rule_behind_one_that_takes_all_its_images() -> None:
    policy = in_order(Rule.keep_newest("v*", images=30), Rule.expire_pushed("v1*", after_days=90))
    trap = only(policy)
    assert trap.kind is TrapKind.SHADOWED
    assert (trap.rule_priority, trap.other_priority) == (2, 1)
    alone = LifecyclePolicy((policy.rules[1],))
    assert evaluate(alone, trap.inventory, now=trap.now).marks[trap.witness.digest] == 2
    assert evaluate(policy, trap.inventory, now=trap.now).outcome_of(trap.witness.digest).rule_priority != 2


def test_a_rule_that_others_shadow_together() -> None:
    policy = in_order(
        Rule.expire_untagged(after_days=1), Rule.expire_pushed("*", after_days=10), Rule.keep_newest(images=9)
    )
    trap = only(policy)
    assert trap.kind is TrapKind.SHADOWED
    assert trap.rule_priority == 3
    assert trap.fix.startswith("remove rule 3")


@pytest.mark.parametrize("expire_days", [90, 365])
def test_an_archive_rule_behind_one_that_deletes(expire_days: int) -> None:
    policy = in_order(
        Rule.expire_pushed("v*", after_days=expire_days),
        Rule.archive("v1*", after_days=180),
    )
    trap = only(policy)
    assert trap.kind is TrapKind.NEVER_REACHED
    assert (trap.rule_priority, trap.other_priority) == (2, 1)
    outcome = evaluate(policy, trap.inventory, now=trap.now).outcome_of(trap.witness.digest)
    assert outcome.rule_priority == 1


def test_the_archive_has_shadows_of_its_own() -> None:
    policy = in_order(Rule.expire_archived("v*", after_days=90), Rule.expire_archived("v1*", after_days=365))
    trap = only(policy)
    assert trap.kind is TrapKind.SHADOWED
    assert trap.witness.storage_class is StorageClass.ARCHIVE


def test_classes_do_not_shadow_each_other() -> None:
    assert (
        find_traps(in_order(Rule.archive("v*", after_days=9), Rule.expire_archived("v1*", after_days=90)))
        == ()
    )


def test_a_part_that_is_taken_is_no_trap() -> None:
    assert find_traps(in_order(Rule.keep_newest("v1*", images=3), Rule.keep_newest("v*", images=3))) == ()


def test_a_shield_neither_shadows_nor_idles() -> None:
    policy = in_order(
        Rule.shield("v*"), Rule.expire_pushed("v1*", after_days=30), Rule.expire_pushed(after_days=90)
    )
    assert find_traps(policy) == ()
    assert find_traps(in_order(Rule.shield("deployed-*"))) == ()
    assert find_traps(in_order(Rule.shield("a*"), Rule.shield("ab*"), Rule.expire_pushed(after_days=1))) == ()


def test_a_shield_behind_the_rule_that_deletes_its_images_keeps_nothing() -> None:
    policy = in_order(Rule.expire_pushed("v*", after_days=90), Rule.shield("v1-lts"))
    trap = only(policy)
    assert trap.kind is TrapKind.KEEP_RULE_DOES_NOTHING
    assert (trap.rule_priority, trap.other_priority) == (2, 1)
    assert evaluate(policy, trap.inventory, now=trap.now).marks == {trap.witness.digest: 1}
    assert find_traps(in_order(Rule.shield("v1-lts"), Rule.expire_pushed("v*", after_days=90))) == ()


def test_a_rule_that_no_tag_can_match_is_left_to_the_grammar() -> None:
    assert find_traps(in_order(Rule.keep_newest("v*", images=3), Rule.keep_newest("prod/*", images=3))) == ()


def test_a_policy_that_would_take_too_long_is_left_undecided() -> None:
    rules = [Rule.expire_pushed(f"*t{chr(97 + n % 26)}{n}*x", after_days=9) for n in range(48)]
    assert find_traps(in_order(*rules, Rule.expire_pushed("*t*x*", after_days=1))) == ()


def test_what_people_declare_as_retention_has_no_trap() -> None:
    retention = Retention(
        keep=["v*", "deployed-*"],
        rollback="release-*",
        builds=["sha-*", "pr-*"],
        builds_days=90,
        archive="audit-*",
        archive_since=CountType.SINCE_IMAGE_PULLED,
        archive_expire_days=365,
    )
    assert find_traps(retention.policy()) == ()
