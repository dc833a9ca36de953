"""Invariants of comparing two access policies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.policy_change import PolicyChange, compare_policies

PRINCIPALS = st.sampled_from(
    [
        Principal(kind="AWS", value="111122223333"),
        Principal(kind="AWS", value="arn:aws:iam::111122223333:root"),
        Principal(kind="AWS", value="arn:aws:iam::222233334444:role/ci"),
        Principal(kind="AWS", value="*"),
        Principal(kind="Service", value="lambda.amazonaws.com"),
    ]
)
CONDITIONS = st.sampled_from(
    [
        Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1",)),
        Condition(operator="StringNotEquals", key="aws:PrincipalAccount", values=("111122223333",)),
        Condition(
            operator="ArnEquals", key="aws:PrincipalArn", values=("arn:aws:iam::222233334444:role/ci",)
        ),
    ]
)
STATEMENTS = st.builds(
    Statement,
    sid=st.sampled_from([None, "A", "B"]),
    effect=st.sampled_from(Effect),
    principals=st.lists(PRINCIPALS, min_size=1, max_size=2, unique=True).map(tuple),
    actions=st.lists(
        st.sampled_from(["ecr:BatchGetImage", "ecr:PutImage", "ecr:*"]), min_size=1, max_size=2, unique=True
    ).map(tuple),
    conditions=st.lists(CONDITIONS, max_size=2, unique=True).map(tuple),
)
POLICIES = st.lists(STATEMENTS, max_size=4).map(lambda found: AccessPolicy(statements=tuple(found)))


@given(POLICIES)
def test_a_policy_in_its_own_place_changes_nothing(policy: AccessPolicy) -> None:
    assert compare_policies(policy, policy, account="222233334444") == PolicyChange()


@given(POLICIES, POLICIES)
def test_what_one_direction_loses_the_other_gains(one: AccessPolicy, other: AccessPolicy) -> None:
    there, back = compare_policies(one, other), compare_policies(other, one)

    assert there.lost == back.gained
    assert there.refusals_gone == back.refusals_new


@given(POLICIES, POLICIES)
def test_adding_statements_loses_no_allowance(policy: AccessPolicy, more: AccessPolicy) -> None:
    both = replace(policy, statements=(*policy.statements, *more.statements))

    change = compare_policies(policy, both)

    assert change.lost == ()
    assert change.refusals_gone == ()
