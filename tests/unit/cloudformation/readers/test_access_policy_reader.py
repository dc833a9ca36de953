from __future__ import annotations

import json
from typing import Any

import pytest

from ecr_blueprints.cloudformation.partial_text import join_text
from ecr_blueprints.cloudformation.readers.access_policy import read_access_policy
from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

UNKNOWN = Unresolved("Ref: P", "parameter P")


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", **elements}


def without(element: str, **elements: Any) -> dict[str, Any]:
    return {key: value for key, value in statement(**elements).items() if key != element}


def read(*statements: Any, **elements: Any) -> Any:
    return read_access_policy(
        {"Version": "2012-10-17", "Statement": list(statements), **elements}, "PolicyText"
    )


FULL = {
    "Sid": "Pull",
    "Effect": "Deny",
    "Principal": {
        "AWS": ["arn:aws:iam::111122223333:root", 222233334444],
        "Service": "codebuild.amazonaws.com",
    },
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    "Resource": "*",
    "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["a/*", "b/*"]},
        "BoolIfExists": {"aws:SecureTransport": False},
    },
}
PARSED = Statement(
    sid="Pull",
    effect=Effect.DENY,
    principals=(
        Principal(kind="AWS", value="arn:aws:iam::111122223333:root"),
        Principal(kind="AWS", value="222233334444"),
        Principal(kind="Service", value="codebuild.amazonaws.com"),
    ),
    actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    resources=("*",),
    conditions=(
        Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-abcdefghij",)),
        Condition(operator="ForAnyValue:StringLike", key="aws:PrincipalOrgPaths", values=("a/*", "b/*")),
        Condition(operator="BoolIfExists", key="aws:SecureTransport", values=("false",)),
    ),
)


def test_a_document_and_its_text_are_the_same_policy() -> None:
    document = {"Version": "2012-10-17", "Id": "x", "Statement": [FULL]}
    policy = AccessPolicy(statements=(PARSED,), version="2012-10-17")

    assert read_access_policy(document, "PolicyText") == policy
    assert read_access_policy(json.dumps(document), "PolicyText") == policy


def test_a_single_statement_needs_no_list_and_a_version_no_mention() -> None:
    assert read_access_policy({"Statement": FULL}, "PolicyText") == AccessPolicy(statements=(PARSED,))


def test_the_negated_elements_are_read_as_such() -> None:
    found = read(
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": "a"},
            "NotAction": "ecr:BatchGetImage",
            "NotResource": ["r"],
        }
    )

    assert found.statements == (
        Statement(
            effect=Effect.DENY,
            not_principals=(Principal(kind="AWS", value="a"),),
            not_actions=("ecr:BatchGetImage",),
            not_resources=("r",),
        ),
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "no policy document"),
        ("{", "not JSON"),
        ("", "not JSON"),
        ('"text"', "no policy document"),
        ({}, "no Statement"),
        ({"Statement": "x"}, "neither a statement nor a list"),
        ({"Statement": [], "Version": "2012-10-18"}, "Version is neither 2012-10-17"),
        ({"Statement": [], "Version": 2012}, "Version is no text"),
        ({"Statements": []}, "does not know: 'Statements'"),
        ({"Statement": [1]}, "statement 1 is no mapping"),
        ({"Statement": [statement(), without("Effect", Sid="Two")]}, "statement 2 (Two): there is no Effect"),
        ({"Statement": statement(Effect="allow")}, "neither Allow nor Deny"),
        ({"Statement": statement(Effect=None)}, "neither Allow nor Deny"),
        ({"Statement": statement(Sid=[])}, "Sid is no text"),
        ({"Statement": statement(Pricipal="*")}, "does not know: 'Pricipal'"),
        ({"Statement": without("Principal")}, "is neither Principal nor NotPrincipal"),
        ({"Statement": statement(NotPrincipal="*")}, "are both Principal and NotPrincipal"),
        ({"Statement": without("Action")}, "is neither Action nor NotAction"),
        ({"Statement": statement(NotAction="x")}, "are both Action and NotAction"),
        ({"Statement": statement(Resource="*", NotResource="x")}, "both Resource and NotResource"),
        ({"Statement": statement(Principal="arn:aws:iam::111122223333:root")}, "Principal is neither"),
        ({"Statement": statement(Principal={})}, "Principal is neither"),
        ({"Statement": statement(Principal=["*"])}, "Principal is neither"),
        ({"Statement": statement(Principal={"aws": "*"})}, "'aws'"),
        ({"Statement": statement(Principal={"AWS": []})}, "Principal.AWS is empty"),
        ({"Statement": statement(Principal={"AWS": [{}]})}, "no text"),
        ({"Statement": statement(Action=[])}, "Action is empty"),
        ({"Statement": statement(Action={"a": 1})}, "no text"),
        ({"Statement": statement(Action=None)}, "no text"),
        ({"Statement": statement(Condition=[])}, "Condition is no mapping"),
        ({"Statement": statement(Condition={"StringEquals": "x"})}, "does not map keys"),
        (
            {"Statement": statement(Condition={"StringEqual": {"a": "b"}})},
            "'StringEqual' is no condition operator",
        ),
        ({"Statement": statement(Condition={"NullIfExists": {"a": "b"}})}, "no condition operator"),
        ({"Statement": statement(Condition={"Bool": {"a": [{}]}})}, "no text"),
    ],
)
def test_what_iam_does_not_take_is_malformed(value: Any, reason: str) -> None:
    found = read_access_policy(value, "PolicyText")

    assert isinstance(found, Malformed)
    assert reason in found.reason


def test_a_mapping_where_only_text_is_taken_is_malformed() -> None:
    document = {"Statement": [FULL]}

    assert isinstance(read_access_policy(document, "RepositoryPolicy", must_be_text=True), Malformed)
    assert isinstance(
        read_access_policy(json.dumps(document), "RepositoryPolicy", must_be_text=True), AccessPolicy
    )


def test_what_is_not_known_is_unresolved_at_its_place() -> None:
    assert read_access_policy(UNKNOWN, "PolicyText") is UNKNOWN
    assert read_access_policy({"Statement": UNKNOWN}, "PolicyText") is UNKNOWN
    assert read(UNKNOWN, statement(Effect=UNKNOWN)).statements == (UNKNOWN, UNKNOWN)
    assert read(statement(Principal=UNKNOWN)).statements[0].principals is UNKNOWN
    assert read(statement(Principal={"AWS": [UNKNOWN, "a"]})).statements[0].principals == (
        Principal(kind="AWS", value=UNKNOWN),
        Principal(kind="AWS", value="a"),
    )
    assert read(statement(Action=UNKNOWN)).statements[0].actions is UNKNOWN
    assert read(statement(Action=["a", UNKNOWN])).statements[0].actions == ("a", UNKNOWN)
    assert read(statement(Condition=UNKNOWN)).statements[0].conditions is UNKNOWN
    assert read(statement(Condition={"Bool": UNKNOWN})).statements[0].conditions is UNKNOWN
    assert read(statement(Condition={"Bool": {"a": UNKNOWN}})).statements[0].conditions == (
        Condition(operator="Bool", key="a", values=(UNKNOWN,)),
    )


def test_text_with_a_hole_is_read_around_it() -> None:
    text = json.dumps({"Statement": [statement(Principal={"AWS": "@"})]})
    before, _, after = text.partition("@")

    found = read_access_policy(join_text([before, UNKNOWN, after]), "RepositoryPolicy", must_be_text=True)

    assert found.statements[0].principals == (Principal(kind="AWS", value=UNKNOWN),)


def test_none_is_none() -> None:
    assert read_access_policy(None, "PolicyText") is None
