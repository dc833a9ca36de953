"""The bearer of a token: one issuer, one exact subject."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.token_subject import TokenSubject
from ecr_blueprints.errors import InvalidValueError

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
SUBJECT = "system:serviceaccount:harbor:harbor-replication"


def test_it_says_who_it_is() -> None:
    identity = TokenSubject(ISSUER, SUBJECT)
    assert (identity.token_issuer, identity.token_subject, identity.token_audience) == (ISSUER, SUBJECT, None)
    assert identity.title == f"{SUBJECT} of {ISSUER}"
    assert not identity.has_wildcard
    assert TokenSubject(ISSUER, SUBJECT, audience="bridge").token_audience == "bridge"


def test_another_subject_is_somebody_else() -> None:
    assert TokenSubject(ISSUER, SUBJECT).identifier != TokenSubject(ISSUER, f"{SUBJECT}2").identifier


@pytest.mark.parametrize(
    ("issuer", "subject", "audience"),
    [
        (f"https://{ISSUER}", SUBJECT, None),
        (ISSUER, "system:serviceaccount:harbor:*", None),
        (ISSUER, "system:serviceaccount:harbor:harbor?", None),
        (ISSUER, "", None),
        (ISSUER, "two words", None),
        (ISSUER, SUBJECT, "*"),
    ],
)
def test_nothing_wider_is_taken(issuer: str, subject: str, audience: str | None) -> None:
    with pytest.raises(InvalidValueError):
        TokenSubject(issuer, subject, audience=audience)


def test_the_scheme_is_no_part_of_the_issuer() -> None:
    with pytest.raises(InvalidValueError) as caught:
        TokenSubject(f"https://{ISSUER}/", SUBJECT)
    assert caught.value.fix == f"write {ISSUER!r}"
