"""Invariants of the recommendation: everybody gets one, the same each time, that more of a fact confirms."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.domain.operating_model import (
    CONSIDERATIONS,
    OperatingModel,
    OrganizationFacts,
    recommend_operating_model,
)

COUNTS = st.integers(min_value=1, max_value=400)
FACTS = st.builds(
    OrganizationFacts,
    accounts=COUNTS,
    teams=COUNTS,
    isolated_teams=st.booleans(),
    outside_aws=st.booleans(),
    enterprise_registry=st.booleans(),
    air_gapped=st.booleans(),
)
TURNED = {
    "isolated_teams": "isolated teams",
    "enterprise_registry": "governed in Harbor or Artifactory",
    "outside_aws": "outside AWS ran the same images",
    "air_gapped": "a route to the internet",
}


def model_of(facts: OrganizationFacts) -> OperatingModel:
    return recommend_operating_model(facts).model


@given(FACTS)
def test_everybody_gets_one_answer_with_a_reason_and_a_runner_up(facts: OrganizationFacts) -> None:
    answer = recommend_operating_model(facts)

    assert answer == recommend_operating_model(facts)
    assert answer.reasons[0] == next(one for one in CONSIDERATIONS if one.holds(facts))
    assert {one.model for one in answer.reasons} == {answer.model}
    assert all(one.holds(facts) for one in answer.reasons)
    assert answer.runner_up is not answer.model
    assert answer.runner_up_because


@given(FACTS)
def test_a_duty_to_isolate_decides_whatever_else_is_so(facts: OrganizationFacts) -> None:
    assert model_of(replace(facts, isolated_teams=True)) is OperatingModel.TENANT_MANAGED


@given(FACTS, st.sampled_from(["enterprise_registry", "outside_aws"]))
def test_another_registry_or_other_clouds_never_speak_against_the_enterprise_model(
    facts: OrganizationFacts, fact: str
) -> None:
    more = model_of(replace(facts, **{fact: True}))

    assert more is (OperatingModel.TENANT_MANAGED if facts.isolated_teams else OperatingModel.ENTERPRISE)
    if model_of(facts) is OperatingModel.ENTERPRISE:
        assert more is OperatingModel.ENTERPRISE


@given(FACTS, COUNTS)
def test_more_accounts_never_lead_away_from_the_tenants(facts: OrganizationFacts, more: int) -> None:
    if model_of(facts) is OperatingModel.TENANT_MANAGED:
        assert model_of(replace(facts, accounts=facts.accounts + more)) is OperatingModel.TENANT_MANAGED


@given(FACTS, COUNTS, COUNTS)
def test_numbers_alone_never_lead_to_or_away_from_the_enterprise_model(
    facts: OrganizationFacts, accounts: int, teams: int
) -> None:
    other = model_of(replace(facts, accounts=accounts, teams=teams))

    assert (model_of(facts) is OperatingModel.ENTERPRISE) is (other is OperatingModel.ENTERPRISE)


@given(FACTS, st.sampled_from(sorted(TURNED)))
def test_a_change_is_named_exactly_if_it_changes_the_answer(facts: OrganizationFacts, fact: str) -> None:
    answer = recommend_operating_model(facts)
    other = model_of(replace(facts, **{fact: not getattr(facts, fact)}))

    named = [one.model for one in answer.changes if TURNED[fact] in one.what or _is_route(fact, one.what)]
    assert named == ([] if other is answer.model else [other])


def _is_route(fact: str, what: str) -> bool:
    return fact == "air_gapped" and "no route to the internet" in what
