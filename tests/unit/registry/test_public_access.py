from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.public_access import Exposure, exposure_of
from ecr_blueprints.registry.unresolved import Unresolved

EVERYBODY = (Principal(kind="AWS", value="*"),)
PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PARAMETER = Unresolved("Ref: Given", depends_on="parameter Given")
ORGANIZATION = "o-exampleorg"
ACCOUNT = "111122223333"


def allow(*conditions: tuple[str, str, object], **members: object) -> Statement:
    built = tuple(
        Condition(operator=operator, key=key, values=values if isinstance(values, tuple) else (values,))
        for operator, key, values in conditions
    )
    return Statement(**{"principals": EVERYBODY, "actions": PULL, "conditions": built, **members})  # type: ignore[arg-type]


NARROW = [
    ("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
    ("StringEquals", "aws:principalorgid", ORGANIZATION),
    ("StringLike", "aws:PrincipalOrgID", ORGANIZATION),
    ("StringEquals", "aws:PrincipalOrgID", ("o-exampleorg", "o-otherother")),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-exampleorg/r-ab12/ou-ab12-11111111/*"),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-exampleorg/*"),
    ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
    ("StringEquals", "aws:PrincipalAccount", ACCOUNT),
    ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
    ("StringEqualsIfExists", "aws:PrincipalAccount", ACCOUNT),
    ("StringEquals", "aws:SourceAccount", ACCOUNT),
    ("ArnLike", "aws:SourceArn", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*"),
    ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
    ("StringLike", "aws:userid", "AROAEXAMPLEEXAMPLE:*"),
    ("StringEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"),
    ("StringEquals", "aws:SourceVpc", "vpc-0123456789abcdef0"),
    ("IpAddress", "aws:SourceIp", ("203.0.113.0/24", "2001:db8::/32")),
    ("Bool", "aws:PrincipalIsAWSService", "true"),
    ("StringEquals", "aws:PrincipalServiceName", "lambda.amazonaws.com"),
    ("StringEquals", "aws:PrincipalOrgID", PARAMETER),
    ("StringEquals", "aws:PrincipalOrgID", "*"),
    (
        "StringLike",
        "aws:PrincipalOrgID",
        Unresolved("Fn::GetAtt: Organization.Id", depends_on="resource Organization"),
    ),
    ("ArnLike", "aws:PrincipalArn", Unresolved("arn:aws:iam::${AWS::AccountId}:role/${Name}")),
]

USELESS = [
    ("StringLike", "aws:PrincipalOrgID", "*"),
    ("StringLike", "aws:PrincipalOrgID", "o-*"),
    ("StringLike", "aws:PrincipalOrgID", (ORGANIZATION, "*")),
    ("StringNotEquals", "aws:PrincipalOrgID", "o-evilevilev"),
    ("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION),
    ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-exampleorg/*"),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*"),
    ("StringEquals", "aws:PrincipalOrgID", "${aws:PrincipalOrgID}"),
    ("StringLike", "aws:PrincipalArn", "*"),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
    ("ArnLike", "aws:PrincipalArn", Unresolved("arn:aws:iam::*:role/${Name}")),
    ("StringLike", "aws:PrincipalAccount", "*"),
    ("StringLike", "aws:SourceVpce", "vpce-*"),
    ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
    ("IpAddress", "aws:SourceIp", ("203.0.113.0/24", "0.0.0.0/1")),
    ("IpAddress", "aws:SourceIp", "::/0"),
    ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"),
    ("Bool", "aws:SecureTransport", "true"),
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("Bool", "aws:PrincipalIsAWSService", "false"),
    ("Null", "aws:PrincipalOrgID", "false"),
    ("StringEquals", "aws:PrincipalTag/team", "payments"),
    ("StringEquals", "aws:ResourceTag/team", "payments"),
    ("StringEquals", "aws:ResourceAccount", ACCOUNT),
    ("StringEquals", "aws:PrincipalType", "AssumedRole"),
    ("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"),
]

UNKNOWN = [
    ("StringEquals", "corp:Unheard", "x"),
    ("StringLike", "aws:PrincipalOrgID", PARAMETER),
    ("StringEquals", "aws:PrincipalOrgID", "${corp:unheard}"),
    (
        "ForAnyValue:StringLike",
        "aws:PrincipalOrgPaths",
        Unresolved("${Given}/*", depends_on="parameter Given"),
    ),
    ("ArnLike", "aws:PrincipalArn", Unresolved("arn:aws:iam::${Given}:role/x", depends_on="parameter Given")),
]


@pytest.mark.parametrize("condition", NARROW, ids=str)
def test_a_real_condition_keeps_strangers_out(condition):
    assert exposure_of(allow(condition)).exposure is Exposure.NARROW


@pytest.mark.parametrize("condition", USELESS, ids=str)
def test_a_condition_that_strangers_satisfy_does_not(condition):
    reach = exposure_of(allow(condition))
    assert reach.exposure is Exposure.PUBLIC
    assert reach.reason.startswith("the principal is *, and ")


@pytest.mark.parametrize("condition", UNKNOWN, ids=str)
def test_what_is_not_known_is_not_guessed(condition):
    reach = exposure_of(allow(condition))
    assert reach.exposure is Exposure.UNKNOWN
    assert reach.unknown is not None


def test_no_condition_at_all_is_public():
    assert exposure_of(allow()).reason == "the principal is *"


def test_one_real_condition_is_enough_among_useless_ones():
    assert exposure_of(allow(*USELESS, NARROW[0])).exposure is Exposure.NARROW


def test_if_exists_counts_where_the_key_is_demanded():
    demanded = allow(
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION), ("Null", "aws:PrincipalOrgID", "false")
    )
    assert exposure_of(demanded).exposure is Exposure.NARROW


@pytest.mark.parametrize(
    "members",
    [
        {"effect": Effect.DENY},
        {"principals": (Principal(kind="AWS", value=f"arn:aws:iam::{ACCOUNT}:root"),)},
        {"principals": (Principal(kind="Service", value="lambda.amazonaws.com"),)},
        {"principals": (Principal(kind="AWS", value=Unresolved("Fn::GetAtt: Role.Arn")),)},
        {"principals": (Principal(kind="AWS", value=Unresolved("arn:aws:iam::${Account}:root")),)},
        {"principals": ()},
        {"actions": ("ecr:GetAuthorizationToken",)},
    ],
)
def test_without_everybody_nothing_is_public(members):
    assert exposure_of(allow(**members)).exposure is Exposure.NARROW


def test_allowing_everybody_but_somebody_is_public():
    but = allow(principals=(), not_principals=(Principal(kind="AWS", value=ACCOUNT),))
    assert exposure_of(but).exposure is Exposure.PUBLIC


@pytest.mark.parametrize(
    "members",
    [
        {"principals": PARAMETER},
        {"conditions": PARAMETER},
        {"principals": (Principal(kind="AWS", value=PARAMETER),)},
    ],
)
def test_unresolved_parts_leave_it_unknown(members):
    assert exposure_of(allow(**members)).unknown == PARAMETER


def deny(*conditions: tuple[str, str, object], **members: object) -> Statement:
    return allow(*conditions, **{"effect": Effect.DENY, "actions": ("ecr:*",), **members})


@pytest.mark.parametrize(
    ("fence", "exposure"),
    [
        (deny(("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION)), Exposure.NARROW),
        (deny(("StringNotEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION)), Exposure.NARROW),
        (
            deny(
                ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION),
                ("Bool", "aws:PrincipalIsAWSService", "false"),
            ),
            Exposure.NARROW,
        ),
        (deny(("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION), actions=PULL), Exposure.NARROW),
        (
            deny(("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION), actions=("ecr:PutImage",)),
            Exposure.PUBLIC,
        ),
        (deny(("StringNotEquals", "aws:SecureTransport", "true")), Exposure.PUBLIC),
        (deny(("Bool", "aws:SecureTransport", "false")), Exposure.PUBLIC),
        (deny(("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", "o-exampleorg/*")), Exposure.PUBLIC),
        (deny(), Exposure.PUBLIC),
        (
            deny(("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION), resources=("arn:aws:ecr:x",)),
            Exposure.PUBLIC,
        ),
    ],
)
def test_a_deny_of_everybody_outside_keeps_them_out(fence, exposure):
    statement = allow()
    assert exposure_of(statement, AccessPolicy(statements=(statement, fence))).exposure is exposure


texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["*", "o-exampleorg", "arn:aws:iam::*:role/x", "${", "${aws:x}", "0.0.0.0/0", "true"]),
    st.builds(Unresolved, st.text(max_size=20)),
)
conditions = st.builds(
    Condition,
    operator=st.one_of(st.text(max_size=20), st.sampled_from([one[0] for one in (*NARROW, *USELESS)])),
    key=st.one_of(st.text(max_size=20), st.sampled_from([one[1] for one in (*NARROW, *USELESS)])),
    values=st.lists(texts, max_size=3).map(tuple),
)
unresolved = st.builds(Unresolved, st.text(max_size=20))
statements = st.builds(
    Statement,
    effect=st.sampled_from(Effect),
    principals=st.one_of(unresolved, st.just(EVERYBODY)),
    actions=st.one_of(unresolved, st.lists(texts, max_size=3).map(tuple)),
    resources=st.one_of(unresolved, st.lists(texts, max_size=2).map(tuple)),
    conditions=st.one_of(unresolved, st.lists(conditions, max_size=3).map(tuple)),
)


@given(statements, statements)
def test_any_statement_has_an_exposure_and_a_reason_for_it(statement, other):
    reach = exposure_of(statement, AccessPolicy(statements=(statement, other)))
    assert (reach.exposure is Exposure.UNKNOWN) == (reach.unknown is not None)
    assert (reach.exposure is not Exposure.PUBLIC) or reach.reason


@given(st.lists(conditions, max_size=3))
def test_a_further_condition_never_makes_a_statement_public(found):
    before = exposure_of(allow(conditions=tuple(found)))
    after = exposure_of(
        allow(conditions=(*found, Condition(operator="Bool", key="aws:SecureTransport", values=("true",))))
    )
    assert after.exposure is before.exposure
