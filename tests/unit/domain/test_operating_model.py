from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.config.operating_model import BLUEPRINTS
from ecr_blueprints.domain.operating_model import (
    CONSIDERATIONS,
    OperatingModel,
    OrganizationFacts,
    recommend_operating_model,
)
from ecr_blueprints.errors import InvalidValueError

CENTRALIZED, TENANTS, ENTERPRISE = OperatingModel


@pytest.mark.parametrize(
    ("facts", "model", "runner_up"),
    [
        ({"accounts": 1, "teams": 9}, CENTRALIZED, TENANTS),
        ({"accounts": 12, "teams": 8}, CENTRALIZED, TENANTS),
        ({"accounts": 30, "teams": 150}, CENTRALIZED, TENANTS),
        ({"accounts": 150, "teams": 150}, TENANTS, CENTRALIZED),
        ({"accounts": 12, "teams": 8, "isolated_teams": True}, TENANTS, CENTRALIZED),
        ({"accounts": 12, "teams": 8, "enterprise_registry": True}, ENTERPRISE, CENTRALIZED),
        ({"accounts": 12, "teams": 8, "outside_aws": True}, ENTERPRISE, CENTRALIZED),
        ({"accounts": 2, "teams": 2, "isolated_teams": True, "outside_aws": True}, TENANTS, ENTERPRISE),
        ({"accounts": 12, "teams": 8, "air_gapped": True}, CENTRALIZED, TENANTS),
        ({"accounts": 150, "teams": 150, "air_gapped": True}, CENTRALIZED, TENANTS),
        (
            {"accounts": 3, "teams": 2, "air_gapped": True, "enterprise_registry": True},
            ENTERPRISE,
            CENTRALIZED,
        ),
    ],
)
def test_the_practice(facts: dict[str, Any], model: OperatingModel, runner_up: OperatingModel) -> None:
    answer = recommend_operating_model(OrganizationFacts(**facts))

    assert (answer.model, answer.runner_up) == (model, runner_up)


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"accounts": 3, "teams": 8, "isolated_teams": True}, "fewer accounts than teams"),
        ({"accounts": 3, "teams": 8, "outside_aws": True}, "Harbor or Artifactory has to be there first"),
        ({"accounts": 1, "teams": 10}, "let each push under its own prefix only"),
        ({"accounts": 3, "teams": 10, "air_gapped": True}, "`air_gapped: true`"),
        ({"accounts": 30, "teams": 10}, "`units` rather than `accounts`"),
        (
            {"accounts": 30, "teams": 10, "isolated_teams": True, "air_gapped": True},
            "seed each registry by digest",
        ),
    ],
)
def test_what_to_mind_is_said(facts: dict[str, Any], note: str) -> None:
    answer = recommend_operating_model(OrganizationFacts(**facts))

    assert any(note in one for one in answer.notes)


def test_nothing_is_minded_where_nothing_is_the_matter() -> None:
    assert recommend_operating_model(OrganizationFacts(accounts=3, teams=9)).notes == ()


def test_every_model_can_be_recommended_and_is_one_of_the_blueprints() -> None:
    assert {one.model for one in CONSIDERATIONS} == set(OperatingModel)
    assert set(OperatingModel) == set(BLUEPRINTS)


@pytest.mark.parametrize("model", OperatingModel)
def test_a_model_says_what_it_is(model: OperatingModel) -> None:
    assert not model.in_words.endswith(".")
    assert " " in model.in_words


@pytest.mark.parametrize("field", ["accounts", "teams"])
@pytest.mark.parametrize("number", [0, -1, 100_001, True, 1.5, "3"])
def test_a_number_that_no_organization_has_is_refused(field: str, number: Any) -> None:
    with pytest.raises(InvalidValueError, match=f"{number!r} is no number of {field}") as refused:
        OrganizationFacts(**{"accounts": 1, "teams": 1, field: number})

    assert refused.value.where == field
    assert refused.value.allowed == "whole numbers from 1 to 100,000"
