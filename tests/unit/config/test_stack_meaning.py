"""A stack that would hold more than CloudFormation takes is refused, with the key for new repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
"""


def load(folder: Path, teams: str) -> Blueprint:
    path = folder / "blueprint.yaml"
    path.write_text(f"{BLUEPRINT}teams:\n{teams}")
    return load_blueprint(path)


def team(
    count: int, *, name: str = "payments", stack: str = "payments", push: str = "", state: str = "active"
) -> str:
    lines = [f"  - team: {name}", f"    push: {{{push}}}", "    repositories:"]
    entry = f"{{stages: [dev], stack: {stack}, state: {state}}}"
    return "\n".join([*lines, *(f"      a{number}: {entry}" for number in range(count))]) + "\n"


def refusal(folder: Path, teams: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(folder, teams)
    return caught.value


def test_repositories_and_the_cdks_own_resource_count(tmp_path: Path) -> None:
    load(tmp_path, team(499))
    error = refusal(tmp_path, team(501))
    assert error.what == (
        "the stack 'payments' would hold 502 resources: "
        "501 repositories, 0 for the roles of pipelines and 1 of the CDK"
    )
    assert error.fix is not None
    assert "write `stack: payments-2` at the repositories that are new" in error.fix
    assert "keeps its stack for life" in error.fix
    assert error.where is not None
    assert error.where.endswith("teams[0].repositories.a499")


def test_the_roles_of_pipelines_count(tmp_path: Path) -> None:
    push = "github: acme/payments, gitlab: acme/payments, gitlab_branch: main"
    load(tmp_path, team(495, push=push))
    assert "496 repositories, 4 for the roles" in refusal(tmp_path, team(496, push=push)).what


def test_what_is_frozen_has_no_pipelines_and_what_is_retired_is_not_there(tmp_path: Path) -> None:
    push = "github: acme/payments"
    load(tmp_path, team(499, push=push, state="frozen"))
    load(tmp_path, team(600, push=push, state="retired"))


def test_teams_of_one_stack_count_together_and_a_key_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    others = team(1, name="search", stack="payments-2") + team(1, name="billing")
    error = refusal(tmp_path, team(499) + others)
    assert error.fix is not None
    assert "`stack: payments-3`" in error.fix
    load(tmp_path, team(498) + others)
