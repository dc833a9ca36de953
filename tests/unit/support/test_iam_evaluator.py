"""The evaluator that other tests decide by, against the cases of IAM's own documentation."""

from __future__ import annotations

from typing import Any

import pytest
from iam_evaluator import ADMINISTRATOR, FULL_ACCESS, OrganizationPolicies, Principal, Request, decide

A, B = "111111111111", "222222222222"
REPOSITORY = f"arn:aws:ecr:eu-west-1:{A}:repository/api"
PULL = "ecr:BatchGetImage"


def policy(effect: str = "Allow", **members: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": PULL, **members}]}


def principal(account: str = A, *policies: Any, **arguments: Any) -> Principal:
    return Principal(arn=f"arn:aws:iam::{account}:role/node", account=account, policies=policies, **arguments)


def answer(
    who: Principal, *resource_policies: Any, organization: OrganizationPolicies | None = None, **context: Any
) -> bool:
    request = Request(
        principal=who,
        action=PULL,
        resource=REPOSITORY,
        account=A,
        resource_policies=resource_policies,
        context=context,
    )
    return decide(request, organization).allowed


IDENTITY = policy(Resource="*")
ACCOUNT = {"AWS": f"arn:aws:iam::{A}:root"}


def test_within_an_account_one_side_suffices() -> None:
    assert not answer(principal(A))
    assert answer(principal(A, IDENTITY))
    assert answer(principal(A), policy(Principal={"AWS": f"arn:aws:iam::{A}:role/node"}))
    assert not answer(principal(A), policy(Principal=ACCOUNT)), "the account leaves it to its policies"
    assert not answer(principal(A), policy(Principal={"AWS": f"arn:aws:iam::{A}:role/other"}))


@pytest.mark.parametrize("named", ["*", {"AWS": "*"}, {"AWS": B}, {"AWS": [f"arn:aws:iam::{B}:root"]}])
def test_across_accounts_both_sides_allow(named: Any) -> None:
    admitted = policy(Principal=named)
    assert answer(principal(B, IDENTITY), admitted)
    assert not answer(principal(B), admitted)
    assert not answer(principal(B, IDENTITY))
    assert not answer(principal(B, IDENTITY), policy(Principal=ACCOUNT))


def test_a_deny_wins_wherever_it_stands() -> None:
    everything = (IDENTITY, ADMINISTRATOR)
    assert not answer(principal(A, *everything, policy("Deny", Resource="*")))
    assert not answer(principal(A, *everything), policy("Deny", Principal="*"))
    for place in ("of_principals", "of_resources"):
        denied = policy("Deny", Principal="*", Resource="*")
        assert not answer(
            principal(A, *everything),
            organization=OrganizationPolicies(**{place: {A: [FULL_ACCESS, denied]}}),
        )


def test_a_control_policy_limits_and_grants_nothing() -> None:
    only = OrganizationPolicies(of_principals={A: [policy(Resource="*")]})
    assert answer(principal(A, ADMINISTRATOR), organization=only)
    assert not answer(principal(A), organization=only)
    other = OrganizationPolicies(of_principals={A: [{"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}]})
    assert not answer(principal(A, ADMINISTRATOR), organization=other)
    assert answer(principal(A, ADMINISTRATOR, is_service_linked=True), organization=other)
    assert answer(principal(B, IDENTITY), policy(Principal="*"), organization=other), "B has another one"


def test_a_service_is_admitted_by_the_resource_alone() -> None:
    service = Principal(service="lambda.amazonaws.com")
    assert answer(service, policy(Principal={"Service": "lambda.amazonaws.com"}))
    assert not answer(service, policy(Principal={"Service": "ecs.amazonaws.com"}))
    assert not answer(service)
    conditioned = policy(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": B}})
    assert answer(service, conditioned, **{"aws:SourceAccount": B})
    assert not answer(service, conditioned)


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    [
        ("StringEquals", "o-a", "o-a", True),
        ("StringEquals", ["o-b", "o-a"], "o-a", True),
        ("StringEquals", "o-a", None, False),
        ("StringEqualsIfExists", "o-a", None, True),
        ("StringNotEquals", "o-a", None, True),
        ("StringNotEqualsIfExists", ["o-a", "o-b"], "o-b", False),
        ("StringLike", "o-*/r-?/*", "o-a/r-1/ou/", True),
        ("StringNotLike", "o-*", "o-a", False),
        ("Bool", "false", "false", True),
        ("BoolIfExists", "false", None, True),
        ("ArnLike", "arn:*:iam::*:role/x-*", "arn:aws:iam::1:role/x-y", True),
        ("ArnLike", "arn:*:role/x-*", "arn:aws:iam::1:role/x-y", False),
        ("ArnNotLike", ["arn:*:iam::*:role/x", "arn:*:iam::*:role/y"], "arn:aws:iam::1:role/y", False),
        ("ForAnyValue:StringLike", ["a/*", "b/*"], ["c/", "b/x"], True),
        ("ForAnyValue:StringLike", "a/*", ["c/"], False),
        ("ForAnyValue:StringLike", "a/*", None, False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", "a", ["a", "b"], False),
        ("ForAllValues:StringEquals", "a", None, True),
    ],
)
def test_conditions(operator: str, value: Any, actual: Any, expected: bool) -> None:
    conditioned = policy(Resource="*", Condition={operator: {"x:Key": value}})
    context = {} if actual is None else {"X:key": actual}
    assert answer(principal(A, conditioned), **context) is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"Action": "*"}, True),
        ({"Action": "ECR:batchget*"}, True),
        ({"Action": "ecr:Put*"}, False),
        ({"NotAction": "ecr:Put*", "Action": None}, True),
        ({"NotAction": "ecr:*", "Action": None}, False),
        ({"Resource": f"arn:aws:ecr:*:{A}:repository/*"}, True),
        ({"Resource": [f"arn:aws:ecr:*:{B}:repository/*"]}, False),
        ({"NotResource": REPOSITORY, "Resource": None}, False),
    ],
)
def test_actions_and_resources(members: dict[str, Any], expected: bool) -> None:
    whole = {"Effect": "Allow", "Action": PULL, "Resource": "*", **members}
    statement = {key: value for key, value in whole.items() if value is not None}
    assert answer(principal(A, {"Statement": statement})) is expected


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(AssertionError, match="DateLessThan is not known"):
        answer(principal(A, policy(Resource="*", Condition={"DateLessThan": {"x": "2026"}})))
    with pytest.raises(AssertionError, match="NotPrincipal is not known"):
        answer(principal(A), policy(NotPrincipal="*"))
    with pytest.raises(AssertionError, match="has no quantifier"):
        answer(principal(A, policy(Resource="*", Condition={"StringEquals": {"k": "a"}})), k=["a", "b"])
