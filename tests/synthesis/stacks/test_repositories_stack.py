"""Repositories by their stack key: where each stays, what a state does, and what each costs."""

from __future__ import annotations

import itertools
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsii._kernel.providers.process as transport
import pytest
from aws_cdk import App

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.stacks import build_stacks, synthesize
from ecr_blueprints.stacks.repositories_stack import RepositoriesStack

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
CALLS_OF_A_REPOSITORY = 4
"""Made, lifecycle, policy; the statement of a pipeline's role."""


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


LIFE = """\
version: 1
model: centralized
convention: "{stage}/{team}/{app}"
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
scanning: {development: none}
consumers: {production: {accounts: ["222233334444"], pull: ["*"]}}
teams:
"""
PAYMENTS = (
    "  - team: payments\n    push: {roles: ['arn:aws:iam::111122223333:role/ci'], github: acme/payments}\n"
)
API = "      api: {}\n"
LEGACY = "      batch: {name: legacy/batch, exception: older than the convention, state: STATE}\n"
SEARCH = "  - team: search\n    repositories:\n      query: {}\n"


@pytest.fixture
def templates_of(tmp_path: Path) -> Callable[[str], dict[str, dict[str, Any]]]:
    """Builds the stacks of teams; gives each stack's template by its name."""
    runs = itertools.count()

    def build(teams: str) -> dict[str, dict[str, Any]]:
        folder = tmp_path / str(next(runs))
        folder.mkdir()
        path = folder / "blueprint.yaml"
        path.write_text(LIFE + teams)
        app = App(outdir=str(folder / "out"), analytics_reporting=False)
        build_stacks(app, load_blueprint(path))
        synthesize(app)
        return {
            one.name.removesuffix(".template.json"): json.loads(one.read_text())
            for one in (folder / "out").glob("*.template.json")
        }

    return build


def places(templates: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The name of each repository → its stack and logical id."""
    return {
        resource["Properties"]["RepositoryName"]: f"{stack}/{logical_id}"
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ECR::Repository"
    }


def test_no_other_repository_moves_whatever_comes_or_changes_hands(
    templates_of: Callable[[str], dict[str, dict[str, Any]]],
) -> None:
    payments = f"{PAYMENTS}    repositories:\n{API}"
    before = places(templates_of(payments + SEARCH))
    assert len(before) == 4
    # A team that stands before all others, and a repository beyond the number that one stack holds.
    added = "  - team: analytics\n    repositories:\n      lake: {}\n"
    more = f"{payments}      first: {{}}\n      one-more: {{stack: payments-2}}\n"
    after = places(templates_of(added + more + SEARCH))
    assert {name: after[name] for name in before} == before
    assert after["dev/payments/one-more"].startswith("ecr-repositories-payments-2-eu-west-1/")
    # Search takes the repositories over: the names and the stack stay, the owner and the pushers change.
    taken = "".join(
        f"      api-{stage}: {{name: {stage}/payments/api, stack: payments, exception: was of payments}}\n"
        for stage in ("dev", "prod")
    )
    templates = templates_of(SEARCH + taken)
    assert places(templates) == before
    held = templates["ecr-repositories-payments-eu-west-1"]["Resources"].values()
    (owner,) = {
        tag["Value"]
        for one in held
        for tag in one.get("Properties", {}).get("Tags", [])
        if tag["Key"] == "owner"
    }
    assert owner == "search"


def test_a_frozen_repository_is_pulled_and_nobody_pushes(
    templates_of: Callable[[str], dict[str, dict[str, Any]]],
) -> None:
    teams = f"{PAYMENTS}    repositories:\n{LEGACY.replace('STATE', 'frozen')}"
    resources = templates_of(teams)["ecr-repositories-payments-eu-west-1"]["Resources"].values()
    assert {one["Type"] for one in resources} == {"AWS::ECR::Repository"}
    (repository,) = resources
    denied, pulled = repository["Properties"]["RepositoryPolicyText"]["Statement"]
    assert denied["Sid"] == "NobodyPushes"
    assert denied["Effect"] == "Deny"
    assert denied["Principal"] == {"AWS": "*"}
    assert "ecr:PutImage" in denied["Action"]
    assert "Condition" not in denied
    assert pulled["Sid"] == "PullByAccounts"
    assert pulled["Effect"] == "Allow"


def test_a_retired_repository_leaves_the_template_and_no_hole_behind(
    templates_of: Callable[[str], dict[str, dict[str, Any]]],
) -> None:
    def teams(state: str) -> str:
        push = PAYMENTS.replace("github: acme/payments", "github: acme/payments, github_environment: live")
        return f"{push}    repositories:\n{LEGACY.replace('STATE', state)}"

    active, retired = templates_of(teams("active")), templates_of(teams("retired"))
    stack = "ecr-repositories-payments-eu-west-1"
    assert "legacy/batch" in places(active)
    assert places(retired) == {}
    assert [one["Type"] for one in retired[stack]["Resources"].values()] == [
        "AWS::CloudFormation::WaitConditionHandle"
    ]
    # Scanned as before, though no template holds it; the registry's settings are the same.
    assert retired["ecr-registry-eu-west-1"] == active["ecr-registry-eu-west-1"]
    assert "legacy/batch" in json.dumps(retired["ecr-registry-eu-west-1"])
    # What was released is kept: that is said by the template that is deployed when it goes.
    (repository,) = (
        one for one in active[stack]["Resources"].values() if one["Type"] == "AWS::ECR::Repository"
    )
    assert repository["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_stack_that_fills_up_is_warned_of(
    templates_of: Callable[[str], dict[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecr_blueprints.stacks.stack_limits.MAX_STACK_RESOURCES", 5)
    warned: list[str] = []
    monkeypatch.setattr(
        "ecr_blueprints.stacks.stack_limits.Validations",
        SimpleNamespace(
            of=lambda stack: SimpleNamespace(add_warning=lambda warning, text: warned.append(text))
        ),
    )
    templates_of(f"{PAYMENTS}    repositories:\n{API}{SEARCH}")
    # The stack of the registry is warned of by its name; see test_stack_limits.py.
    (text,) = (one for one in warned if "'ecr-registry-" not in one)
    assert text.startswith("the stack 'payments' has 7 of 5 resources; write `stack: payments-2`")


def test_the_warning_knows_about_how_large_a_template_becomes(tmp_path: Path) -> None:
    path = runpy.run_path(str(BENCHMARKS / "large_blueprint.py"))["write_large_blueprint"](
        tmp_path, repositories=60, teams=1, accounts=30
    )
    text = (tmp_path / "teams" / "team-000.yaml").read_text()
    (tmp_path / "teams" / "team-000.yaml").write_text(text.replace(", github: acme/team-000", ""))
    app = App(outdir=str(tmp_path / "out"))
    build_stacks(app, load_blueprint(path))
    synthesize(app)
    stack = app.node.find_child("ecr-repositories-team-000-eu-west-1")
    assert isinstance(stack, RepositoriesStack)
    written = (tmp_path / "out" / f"{stack.stack_name}.template.json").stat().st_size
    assert 0.8 <= stack.template_bytes / written <= 1.25
