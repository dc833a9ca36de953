"""Stages and production."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stage, Stages
from ecr_blueprints.errors import InvalidValueError

STAGES = Stages.of({"dev": False, "prod": True})


def test_stages() -> None:
    assert STAGES.stages == (Stage(name="dev"), Stage(name="prod", production=True))
    assert STAGES.names == ("dev", "prod")
    assert STAGES.get("prod") == Stage(name="prod", production=True)
    assert STAGES.get("qa") is None


@pytest.mark.parametrize(
    ("name", "expected"), [("prod", True), ("dev", False), ("qa", None), ("production", None)]
)
def test_a_stage_that_is_not_declared_is_not_guessed(name: str, expected: bool | None) -> None:
    assert STAGES.is_production(name) is expected


@pytest.mark.parametrize("name", ["", "Prod", "a/b", "-x"])
def test_a_stage_has_to_be_a_part_of_a_name(name: str) -> None:
    with pytest.raises(InvalidValueError, match="cannot be the name of a stage"):
        Stage(name=name)


def test_stages_are_declared_once_and_at_all() -> None:
    with pytest.raises(InvalidValueError, match="'dev' is declared twice"):
        Stages((Stage(name="dev"), Stage(name="dev", production=True)))
    with pytest.raises(InvalidValueError, match="no stage is declared"):
        Stages(())


@pytest.mark.parametrize(
    ("convention", "stages", "whole_registry", "name", "expected", "reason"),
    [
        ("{stage}/{app}", STAGES, None, "prod/api", True, "the stage 'prod' is declared production"),
        ("{stage}/{app}", STAGES, None, "dev/api", False, "the stage 'dev' is declared not production"),
        ("{stage}/{app}", STAGES, None, "qa/api", None, "the stage 'qa' is not declared"),
        (
            "{stage}/{app}",
            STAGES,
            None,
            "prod/web/api",
            None,
            "does not follow the convention '{stage}/{app}'",
        ),
        ("{team}/{app}", STAGES, None, "prod/api", None, "has no segment {stage}"),
        ("{stage}/{app}", None, None, "prod/api", None, "no stages are declared"),
        (None, STAGES, None, "prod/api", None, "no naming convention is declared"),
        (None, None, None, "prod/api", None, "no naming convention is declared"),
        ("{stage}/{app}", STAGES, False, "prod/api", False, "the whole registry is declared not production"),
        ("{stage}/{app}", STAGES, True, "dev/api", True, "the whole registry is declared production"),
        (None, None, True, "anything", True, "the whole registry is declared production"),
        (None, None, False, "anything", False, "the whole registry is declared not production"),
    ],
)
def test_production_is_declared_never_guessed(
    convention: str | None,
    stages: Stages | None,
    whole_registry: bool | None,
    name: str,
    expected: bool | None,
    reason: str,
) -> None:
    scope = ProductionScope(
        convention=None if convention is None else NamingConvention(convention),
        stages=stages,
        whole_registry=whole_registry,
    )
    assert scope.is_production(name) is expected
    assert reason in scope.judge(name)[1]


def test_nothing_declared_is_nothing_known() -> None:
    assert ProductionScope().is_production("prod/api") is None
