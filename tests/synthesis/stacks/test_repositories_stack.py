"""What repositories cost in calls into Node.js, whatever their number."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii._kernel.providers.process as transport
import pytest
from aws_cdk import App

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.stacks import build_stacks

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
CALLS_OF_A_REPOSITORY = 8
"""Made, looked up, lifecycle, policy; tags with two values; the statement of a pipeline's role."""


@pytest.fixture
def calls_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Builds the stacks of a blueprint of that size; gives the number of requests to Node.js."""
    write = runpy.run_path(str(BENCHMARKS / "large_blueprint.py"))["write_large_blueprint"]
    sent: list[str] = []
    send = transport._NodeProcess.send

    def counted(self: Any, request: Any, response: Any) -> Any:
        sent.append(type(request).__name__)
        return send(self, request, response)

    def count(repositories: int, *, teams: int = 2, accounts: int = 4) -> int:
        folder = tmp_path / f"{repositories}-{teams}-{accounts}"
        blueprint = load_blueprint(write(folder, repositories=repositories, teams=teams, accounts=accounts))
        app = App(outdir=str(folder / "out"))
        monkeypatch.setattr(transport._NodeProcess, "send", counted)
        sent.clear()
        build_stacks(app, blueprint)
        monkeypatch.setattr(transport._NodeProcess, "send", send)
        return len(sent)

    return count


def test_every_further_repository_costs_as_much_as_the_one_before(calls_for: Callable[..., int]) -> None:
    calls_for(12)  # What is made once for a process.
    small, middle, large = calls_for(12), calls_for(60), calls_for(156)
    assert (large - middle) / 96 == (middle - small) / 48
    assert (large - middle) / 96 <= CALLS_OF_A_REPOSITORY


def test_accounts_that_pull_cost_a_repository_nothing(calls_for: Callable[..., int]) -> None:
    calls_for(12)
    of_an_account = (calls_for(12, accounts=30) - calls_for(12, accounts=10)) / 20
    with_more_repositories = (calls_for(60, accounts=30) - calls_for(60, accounts=10)) / 20
    assert with_more_repositories == of_an_account
