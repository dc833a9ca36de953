"""Who loses and who gains when one policy takes the place of another."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.policy_change import PolicyChange, compare_policies
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT, OTHER = "111122223333", "222233334444"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci"
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def policy(*statements: dict[str, Any]) -> AccessPolicy:
    read = read_policy_document({"Version": "2012-10-17", "Statement": list(statements)})
    assert isinstance(read, AccessPolicy)
    return read


def allow(principal: Any, actions: Any = PULL, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": actions, **more}


def told(statements: tuple[Statement, ...]) -> list[tuple[list[str], list[str]]]:
    return [
        ([str(one.value) for one in statement.principals], list(map(str, statement.actions)))  # type: ignore
        for statement in statements
    ]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        pytest.param(
            allow({"AWS": OTHER}),
            allow({"AWS": f"arn:aws:iam::{OTHER}:root"}),
            id="an account by either name",
        ),
        pytest.param(allow({"AWS": OTHER}), allow("*"), id="everybody holds an account"),
        pytest.param(
            allow({"AWS": OTHER}), allow({"AWS": OTHER}, "ecr:*"), id="a wildcard holds the actions"
        ),
        pytest.param(
            allow({"AWS": OTHER}, Sid="Old"), allow({"AWS": OTHER}, Sid="New"), id="the Sid is a name"
        ),
        pytest.param(
            allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}),
            allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:principalorgid": ["o-1", "o-2"]}}),
            id="more values let more in",
        ),
        pytest.param(
            allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            allow({"AWS": OTHER}),
            id="without its condition it is wider",
        ),
        pytest.param(
            allow({"AWS": OTHER}, Resource="arn:aws:ecr:eu-west-1:111122223333:repository/k8s/*"),
            allow({"AWS": OTHER}, Resource="arn:aws:ecr:eu-west-1:111122223333:repository/*"),
            id="a wider resource",
        ),
    ],
)
def test_what_stays_allowed_is_not_lost(now: dict[str, Any], then: dict[str, Any]) -> None:
    assert compare_policies(policy(now), policy(then)).lost == ()


def test_the_lost_piece_is_told_and_not_the_whole_statement() -> None:
    now = policy(allow({"AWS": [ACCOUNT, OTHER]}, [*PULL, "ecr:PutImage"], Sid="All"))
    then = policy(allow({"AWS": [ACCOUNT, OTHER]}), allow({"AWS": ACCOUNT}, "ecr:PutImage"))

    (lost,) = compare_policies(now, then).lost

    assert told((lost,)) == [([OTHER], ["ecr:PutImage"])]
    assert lost.sid == "All"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"StringNotEquals": {"aws:PrincipalAccount": [OTHER, ACCOUNT]}},
    ],
)
def test_a_new_condition_loses(condition: dict[str, Any]) -> None:
    now = policy(allow("*"))

    assert len(compare_policies(now, policy(allow("*", Condition=condition))).lost) == 1


def test_more_values_of_a_negative_condition_lose() -> None:
    def without(*accounts: str) -> AccessPolicy:
        condition = {"StringNotEquals": {"aws:PrincipalAccount": list(accounts)}}
        return policy(allow("*", Condition=condition))

    assert len(compare_policies(without(OTHER), without(OTHER, ACCOUNT)).lost) == 1


def test_a_policy_that_goes_loses_everything_and_one_that_comes_loses_nothing() -> None:
    some = policy(allow({"Service": "lambda.amazonaws.com"}))

    assert told(compare_policies(some, None).lost) == [(["lambda.amazonaws.com"], PULL)]
    assert compare_policies(None, some) == PolicyChange(gained=some.statements)  # type: ignore[arg-type]


def test_refusals_are_told_in_both_directions() -> None:
    refusal = {"Sid": "Outside", "Effect": "Deny", "Principal": "*", "Action": "ecr:*"}

    assert [one.sid for one in compare_policies(policy(refusal), None).refusals_gone] == ["Outside"]
    assert [one.sid for one in compare_policies(None, policy(refusal)).refusals_new] == ["Outside"]
    same = compare_policies(policy(refusal), policy({**refusal, "Sid": "Renamed"}))
    assert same == PolicyChange()


class TestPrincipalsByArn:
    """An account with the condition that its principal is a role."""

    now = policy(allow({"AWS": ROLE}))
    then = policy(
        allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})
    )

    def test_in_the_own_account_the_role_needs_a_policy_of_its_own(self) -> None:
        change = compare_policies(self.now, self.then, account=ACCOUNT)

        assert (change.lost, change.gained) == ((), ())
        assert told(change.delegated) == [([ROLE], PULL)]

    def test_from_another_account_nothing_changes(self) -> None:
        assert compare_policies(self.now, self.then, account=OTHER) == PolicyChange()

    def test_another_role_is_another_role(self) -> None:
        other = policy(allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}))

        change = compare_policies(other, self.then, account=ACCOUNT)

        assert told(change.lost) == [([f"arn:aws:iam::{ACCOUNT}:role/other"], PULL)]
        assert change.delegated == ()


def test_what_excludes_stays_only_as_it_is() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": PULL}

    assert len(compare_policies(policy(statement), policy(allow("*"))).lost) == 1
    assert compare_policies(policy(statement), policy(statement)) == PolicyChange()


def test_what_is_known_at_deployment_only_is_told_as_that() -> None:
    unknown = Unresolved("Fn::GetAtt: Role.Arn", depends_on="Role")
    declared = AccessPolicy(statements=(unknown,))

    change = compare_policies(policy(allow({"AWS": OTHER})), declared)

    assert change.unknown == (unknown,)
    assert len(change.lost) == 1
